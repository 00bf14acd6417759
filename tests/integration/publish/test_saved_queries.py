"""Readers' queries run before a publication is committed: a broken promise leaves everything as it was."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.publish import publish, saved_queries
from kpi_reporting.publish.saved_queries import run_saved_queries
from kpi_reporting.publish.saved_query import SavedQueryError
from kpi_reporting.registry import Registry
from kpi_reporting.settings import Settings
from kpi_reporting.warehouse import connect
from tests.integration.publish.figures import PROJECT, everything, shown, tonight

SCREEN = """-- purpose: What a screen of the reporting system shows.
-- columns: {{{columns}}}
-- one_per: [kpi_code]
-- as_many_as: {count}
-- limit_ms: {limit}
{select}
"""
SELECT = "select kpi_code, value from kpi_values where period_code = '2025-M07';"
ON_THIS_CONNECTION = """
select current_user, current_setting('search_path'), current_setting('statement_timeout')
"""


def save(
    folder: Path,
    select: str = SELECT,
    columns: str = "kpi_code: text, value: numeric",
    count: str = "select count(*) from kpi_values where period_code = '2025-M07'",
    limit: int = 5000,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = SCREEN.format(columns=columns, count=count, limit=limit, select=select)
    (folder / "screen.sql").write_text(text)


@pytest.fixture
def contracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of contracts that publications look at instead of the shipped one."""
    monkeypatch.setenv("KPI_PROJECT", str(tmp_path))
    save(tmp_path / "contracts/v1/queries")
    return tmp_path / "contracts"


@pytest.fixture
def changed(conn: psycopg.Connection) -> psycopg.Connection:
    """Something to publish."""
    conn.execute("update marts.mart_kpi_values set value = coalesce(value, 0) + 1 where kpi_code = 'A'")
    conn.commit()
    return conn


def test_a_kept_promise_is_published_and_the_connection_is_the_owners_again(
    changed: psycopg.Connection, registry: Registry, contracts: Path
) -> None:
    night = tonight(changed, registry)
    before = changed.execute(
        ON_THIS_CONNECTION
    ).fetchone()  # opens the transaction the publication is a part of
    assert publish(changed, night, registry) is not None
    assert changed.execute(ON_THIS_CONNECTION).fetchone() == before


BROKEN = {
    "a lost column": (
        {"select": "select kpi_code from kpi_values;"},
        "Expected: columns kpi_code text, value numeric. Found: kpi_code text.",
    ),
    "another type": (
        {"columns": "kpi_code: text, value: integer"},
        "Expected: columns kpi_code text, value integer. Found: kpi_code text, value numeric.",
    ),
    "doubled rows": (
        {"select": "select v.kpi_code, v.value from kpi_values as v cross join generate_series(1, 2);"},
        "Expected: one row per kpi_code. Found: more than one for ",
    ),
    "lost rows": (
        {
            "select": "select kpi_code, value from kpi_values inner join units using (unit_id) where kind = 'hamlet';"
        },
        "Expected: 3 rows, as counted by select count(*) from kpi_values where period_code = '2025-M07'. Found: 0 rows.",
    ),
    "an unknown table": (
        {"select": "select kpi_code, value from kpi_figures;"},
        'Expected: to run as reporting_reader. Found: relation "kpi_figures" does not exist.',
    ),
    "a figure that cannot be computed": (
        {"select": "select kpi_code, value / 0 as value from kpi_values;"},
        "Found: division by zero.",
    ),
    "a table that is not for readers": (
        {"select": "select kpi_code, value from marts.mart_kpi_values;"},
        "Found: permission denied for schema marts.",
    ),
    "another publication": (
        {
            "select": "select kpi_code, 0::bigint as read_publication_id from kpi_values;",
            "columns": "kpi_code: text, read_publication_id: bigint",
        },
        "alone. Found: rows of 0.",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_promise_publishes_nothing(
    changed: psycopg.Connection, registry: Registry, contracts: Path, name: str
) -> None:
    query, message = BROKEN[name]
    save(contracts / "v1/queries", **query)  # type: ignore[arg-type]
    before = everything(changed)
    with pytest.raises(SavedQueryError) as refusal:
        publish(changed, tonight(changed, registry), registry)
    said = str(refusal.value)
    assert said.startswith(
        "Saved query v1/queries/screen.sql (What a screen of the reporting system shows.) would break"
    )
    assert message in said
    assert "Nothing was published." in said
    assert everything(changed) == before


def test_a_lost_grant_publishes_nothing(changed: psycopg.Connection, registry: Registry) -> None:
    night = tonight(changed, registry)
    changed.execute("revoke select on reporting.targets from reporting_reader")
    before = everything(changed)
    with pytest.raises(SavedQueryError, match="targets_behind.sql.*permission denied for table targets"):
        publish(changed, night, registry)
    assert everything(changed) == before
    changed.execute("grant select on reporting.targets to reporting_reader")
    assert publish(changed, night, registry) is not None


def test_a_query_without_an_end_publishes_nothing(
    changed: psycopg.Connection, registry: Registry, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(contracts / "v1/queries", select="select kpi_code, value from kpi_values, pg_sleep(30);")
    monkeypatch.setattr(saved_queries, "_PATIENCE_MS", 200)
    before = shown(changed, "A")
    with pytest.raises(SavedQueryError, match="Found: canceling statement due to statement timeout"):
        publish(changed, tonight(changed, registry), registry)
    assert shown(changed, "A") == before


def test_a_long_answer_is_given_the_time_its_rows_take(
    changed: psycopg.Connection, registry: Registry, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_queries, "_PATIENCE_MS", 200)
    many = "select 'k' || n as kpi_code, 0.0 as value from generate_series(1, 2000) as n"
    save(contracts / "v1/queries", select=f"{many}, pg_sleep(0.5);", count="select 2000")
    assert publish(changed, tonight(changed, registry), registry) is not None


def test_a_slow_query_is_said_and_published(
    changed: psycopg.Connection, registry: Registry, contracts: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save(contracts / "v1/queries", select="select kpi_code, value from kpi_values, pg_sleep(0.1);", limit=50)
    assert publish(changed, tonight(changed, registry), registry) is not None
    assert "screen.sql took 1" in caplog.text
    assert "count on 50 ms" in caplog.text


def test_an_answer_of_any_size_stays_with_the_server(
    changed: psycopg.Connection, registry: Registry, contracts: Path
) -> None:
    many = "select kpi_code || '-' || n as kpi_code, value from kpi_values cross join generate_series(1, 100000) as n"
    save(contracts / "v1/queries", select=many, count="select count(*) * 100000 from kpi_values")
    night = tonight(changed, registry)
    tracemalloc.start()
    try:
        assert publish(changed, night, registry) is not None
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


def test_an_older_version_is_asked_of_its_views(
    changed: psycopg.Connection, registry: Registry, contracts: Path
) -> None:
    old = "select kpi_code, figure as value from kpi_values where period_code = '2025-M07';"
    save(contracts / "v1/queries", select=old)
    save(contracts / "v2/queries")
    night = tonight(changed, registry)
    with pytest.raises(SavedQueryError, match=r'v1/queries/screen.sql.*relation "kpi_values" does not exist'):
        publish(changed, night, registry)
    changed.execute("create schema reporting_v1")
    changed.execute(
        "create view reporting_v1.kpi_values as select kpi_code, period_code, value as figure from reporting.kpi_values"
    )
    changed.execute("grant usage on schema reporting_v1 to reporting_reader")
    changed.execute("grant select on all tables in schema reporting_v1 to reporting_reader")
    assert publish(changed, night, registry) is not None
    changed.rollback()


def test_an_installation_without_queries_publishes_nothing(
    changed: psycopg.Connection, registry: Registry, contracts: Path
) -> None:
    night = tonight(changed, registry)
    (contracts / "v1/queries/screen.sql").unlink()
    with pytest.raises(SavedQueryError, match="v1/queries holds no saved query"):
        publish(changed, night, registry)
    contracts.rename(contracts.with_name("elsewhere"))
    with pytest.raises(SavedQueryError, match="contracts holds no version of the contract"):
        publish(changed, night, registry)


def test_an_owner_who_may_not_read_as_readers_do_is_told_what_to_grant(
    changed: psycopg.Connection, settings: Settings, warehouse: str
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(warehouse)["dbname"]
    for statement in (
        "create role plain_owner login password 'plain'",
        f"grant connect on database {name} to plain_owner",
        "grant usage on schema reporting to plain_owner",
        "grant select on reporting.publications to plain_owner",
    ):
        changed.execute(statement.encode())
    changed.commit()
    try:
        with connect(
            psycopg.conninfo.make_conninfo(warehouse, user="plain_owner", password="plain")
        ) as plain:
            with pytest.raises(SavedQueryError, match="run: grant reporting_reader to plain_owner"):
                run_saved_queries(plain, PROJECT / "contracts")
    finally:
        changed.execute("drop owned by plain_owner")
        changed.execute("drop role plain_owner")
        changed.commit()
