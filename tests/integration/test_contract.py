"""The contract for readers and the database it speaks of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from kpi_reporting.contract import read_tables
from kpi_reporting.contract.document import tables_of
from kpi_reporting.contract.tables import MARTS, Table
from kpi_reporting.warehouse import connect

CONTRACT = Path(__file__).parents[2] / "contracts/v1/reporting.odcs.yaml"


@pytest.fixture(scope="module")
def promised() -> dict[str, Table]:
    return {table.name: table for table in tables_of(yaml.safe_load(CONTRACT.read_text("utf-8")))}


@pytest.fixture(scope="module")
def served(warehouse_dsn: str) -> dict[str, Table]:
    with connect(warehouse_dsn) as conn:
        return {table.name: table for table in read_tables(conn)}


def test_every_table_of_readers_is_promised(promised: dict[str, Table], served: dict[str, Table]) -> None:
    assert promised.keys() == served.keys() > MARTS.keys()


def test_tables_without_a_model_are_promised_as_they_are(
    promised: dict[str, Table], served: dict[str, Table]
) -> None:
    others = promised.keys() - MARTS.keys()
    assert {name: as_served(promised[name], served[name]) for name in others} == {
        name: served[name] for name in others
    }


def as_served(promised: Table, served: Table) -> Table:
    """Without the words that a table gets with its first publication."""
    bare = {one.name for one in served.columns if not one.description}
    columns = (replace(one, description="") if one.name in bare else one for one in promised.columns)
    return replace(promised, columns=tuple(columns))


def test_columns_of_tables_with_a_model_have_the_promised_types(
    promised: dict[str, Table], served: dict[str, Table]
) -> None:
    for name in MARTS:
        of_contract, of_database = (
            {(column.name, column.type, column.required) for column in tables[name].columns}
            for tables in (promised, served)
        )
        assert of_contract == of_database, name
        assert set(promised[name].key) == set(served[name].key), name


def test_every_promise_is_described(promised: dict[str, Table]) -> None:
    described = [table.description for table in promised.values()]
    described += [column.description for table in promised.values() for column in table.columns]
    assert all(described)


def test_lists_of_values_come_from_models_and_from_checks(promised: dict[str, Table]) -> None:
    values = {
        f"{table.name}.{column.name}": column.values
        for table in promised.values()
        for column in table.columns
    }
    assert values["kpi_values.data_state"] == ("complete", "partial", "absent")
    assert values["findings.severity"] == ("error", "warning", "info")
    assert values["kpi_values.kpi_code"] == ()
