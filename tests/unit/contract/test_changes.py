"""Which changes of the published tables take something from readers, and which number they ask for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kpi_reporting.contract.changes import find_changes, next_version
from kpi_reporting.contract.tables import Column, Table

CODE = Column("kpi_code", "text", "KPI.", required=True)
VALUE = Column("value", "numeric", "Figure.")
STATE = Column("data_state", "text", "How complete.", required=True, values=("complete", "partial"))
FIGURES = Table("kpi_values", "One row per KPI.", ("kpi_code",), (CODE, VALUE, STATE))
PERIODS = Table(
    "periods", "One row per period.", ("period_code",), (Column("period_code", "text", "Period."),)
)


def with_columns(*columns: Column) -> tuple[Table, Table]:
    return (replace(FIGURES, columns=columns), PERIODS)


BREAKING = {
    "a removed table": ((FIGURES,), "periods: the table was removed or renamed"),
    "a renamed table": (
        (FIGURES, replace(PERIODS, name="spans")),
        "periods: the table was removed or renamed",
    ),
    "a removed column": (with_columns(CODE, STATE), "kpi_values.value: the column was removed or renamed"),
    "a renamed column": (
        with_columns(CODE, replace(VALUE, name="figure"), STATE),
        "kpi_values.value: the column was removed or renamed",
    ),
    "another type": (
        with_columns(CODE, replace(VALUE, type="text"), STATE),
        "kpi_values.value: the type was numeric and is text now",
    ),
    "a wider key": (
        (replace(FIGURES, key=("kpi_code", "data_state")), PERIODS),
        "kpi_values: the key was kpi_code and is kpi_code, data_state now",
    ),
    "a column that may be null": (
        with_columns(replace(CODE, required=False), VALUE, STATE),
        "kpi_values.kpi_code: was never null and may be now",
    ),
    "a lost value": (
        with_columns(CODE, VALUE, replace(STATE, values=("complete",))),
        "kpi_values.data_state: the values partial were lost",
    ),
    "an opened list of values": (
        with_columns(CODE, VALUE, replace(STATE, values=())),
        "kpi_values.data_state: only complete, partial were promised and any text may come now",
    ),
}
ALLOWED = {
    "a new table": (
        (FIGURES, PERIODS, replace(PERIODS, name="holidays")),
        "holidays: the table was added",
    ),
    "a new column": (
        with_columns(CODE, VALUE, STATE, Column("rank", "integer", "Place.")),
        "kpi_values.rank: the column was added",
    ),
    "a column that is never null now": (
        with_columns(CODE, replace(VALUE, required=True), STATE),
        "kpi_values.value: is never null now",
    ),
    "a new value": (
        with_columns(CODE, VALUE, replace(STATE, values=("partial", "complete", "absent"))),
        "kpi_values.data_state: the values absent were added",
    ),
    "a list of values where there was none": (
        with_columns(replace(CODE, values=("DT03",)), VALUE, STATE),
        "kpi_values.kpi_code: the values DT03 were added",
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_takes_something_from_readers_is_breaking(name: str) -> None:
    new, expected = BREAKING[name]
    found = find_changes((FIGURES, PERIODS), new)
    assert [str(change) for change in found if change.is_breaking] == [expected]


@pytest.mark.parametrize("name", ALLOWED)
def test_what_adds_something_is_allowed_and_a_minor_version(name: str) -> None:
    new, expected = ALLOWED[name]
    found = find_changes((FIGURES, PERIODS), new)
    assert [(str(change), change.is_breaking) for change in found] == [(expected, False)]
    assert next_version("1.4.2", found, is_reworded=True) == "1.5.0"


def test_order_and_words_are_no_promise_but_words_are_a_patch() -> None:
    reworded = replace(FIGURES, columns=(STATE, replace(VALUE, description="Other words."), CODE))
    found = find_changes((FIGURES, PERIODS), (PERIODS, reworded))
    assert found == []
    assert next_version("1.4.2", found, is_reworded=True) == "1.4.3"
    assert next_version("1.4.2", found, is_reworded=False) == "1.4.2"


def test_the_order_of_a_key_is_no_promise() -> None:
    pair = replace(FIGURES, key=("kpi_code", "data_state"))
    assert find_changes((pair,), (replace(pair, key=("data_state", "kpi_code")),)) == []
