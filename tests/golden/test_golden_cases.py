"""Golden cases: the real chain over small, hand-written filings, compared cell by cell."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from kpi_reporting.warehouse import connect
from tests.golden.cases import Case, all_cases, enter_acts, found, lay_out, wanted
from tests.golden.chain import run_night, settings_for

pytestmark = pytest.mark.integration

CASES = all_cases()

_REBUILT = ("staging", "intermediate", "marts")
_KEPT = ("raw", "quality", "reporting", "national")
_TABLES_OF = "select format('%%I.%%I', schemaname, tablename) from pg_tables where schemaname = any(%s)"


@pytest.fixture
def empty_warehouse(warehouse_dsn: str) -> str:
    """The module's warehouse without a trace of the case before; the registry stays loaded."""
    with connect(warehouse_dsn) as conn:
        for schema in _REBUILT:
            conn.execute(f"drop schema if exists {schema} cascade")
            conn.execute(f"create schema {schema}")
        tables = [name for (name,) in conn.execute(_TABLES_OF, (list(_KEPT),)).fetchall()]
        conn.execute(f"truncate {', '.join(tables)} restart identity cascade")
    return warehouse_dsn


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: Case, empty_warehouse: str, tmp_path: Path) -> None:
    registry, inbox = lay_out(case, tmp_path)
    for as_of in case.nights:
        with connect(empty_warehouse) as conn:
            enter_acts(conn, case, as_of)
        said = run_night(settings_for(empty_warehouse, tmp_path), registry, inbox, as_of)
        assert said["failed_sources"] == []
    with connect(empty_warehouse) as conn:
        assert_as_expected(conn, case)


def assert_as_expected(conn: psycopg.Connection, case: Case) -> None:
    for table in case.expected:
        assert found(conn, case, table) == wanted(case, table), f"{case.name}: {table}. {case.why}"


def test_there_are_cases_and_each_says_why() -> None:
    assert len(CASES) >= 10
    assert [case.name for case in CASES if len(case.why) < 40] == []
