import pytest


@pytest.fixture(autouse=True)
def kinds_of_the_tests(settings):
    kinds = {"add": "tests.batches.stock_kind.ADD", "outside": "tests.batches.stock_kind.OUTSIDE"}
    settings.BATCH_KINDS = {**settings.BATCH_KINDS, **kinds}
