"""Every column that can hold words is in the register, once, and says what it is and when it goes (D1)."""

import pytest
from django.apps import apps

from accounts import personal_data_register as register

MODELS = {
    model
    for model in apps.get_models(include_auto_created=True)
    if model._meta.managed and not model._meta.proxy and register.text_columns(model)
}


@pytest.mark.parametrize(
    "model", sorted(MODELS, key=lambda model: model._meta.label), ids=lambda m: m._meta.label
)
def test_each_text_column_is_declared_once(model):
    """Fails for a new column: declare it in the `personal_data` module of the model's app."""
    declared = register.tables().get(model, register.Table()).declared()
    assert sorted(declared) == sorted(register.text_columns(model))


def test_no_table_is_declared_that_is_gone():
    assert set(register.tables()) == MODELS


def test_what_goes_by_its_own_clock_says_when():
    assert [
        model._meta.label
        for model, table in register.tables().items()
        if bool(table.timed) != bool(table.when)
    ] == []


def test_path_leads_to_the_order():
    for model, table in register.of_buyers().items():
        assert list(model._default_manager.filter(**{table.of_order: 0}).query.where.children), model


def test_column_that_nobody_declared_is_noticed():
    """The twin: without one declaration the first test would fail for its model."""
    undeclared = dict(register.tables())
    model = undeclared.popitem()[0]
    assert register.text_columns(model)
    assert set(undeclared) != MODELS
