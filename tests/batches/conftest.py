import pytest

from batches import stints


@pytest.fixture(autouse=True)
def kinds_of_the_tests(settings):
    names = {"add": "ADD", "outside": "OUTSIDE", "owned": "OWNED"}
    kinds = {name: f"tests.batches.stock_kind.{kind}" for name, kind in names.items()}
    settings.BATCH_KINDS = {**settings.BATCH_KINDS, **kinds}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    """What breaks or has to wait is tried again at once."""
    monkeypatch.setattr(stints, "PAUSES", (0,) * len(stints.PAUSES))
    monkeypatch.setattr(stints, "WAITS", (0,) * len(stints.WAITS))
