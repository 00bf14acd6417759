"""What a night reads of what was received in all the years before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kpi_reporting import transform
from kpi_reporting.checks.builtin import run_built_in
from kpi_reporting.checks.layout_history import tell_other_layouts
from kpi_reporting.checks.verdicts import give_verdicts
from kpi_reporting.readers.store import store_rows
from kpi_reporting.readers.submissions import KeptRows
from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.nights import Night
from tests.golden.chain import PROJECT, run_night, settings_for

FILINGS, ROWS_EACH = 2_000, 200
AS_OF = "2025-07-17T01:00:00+07:00"
LEDGER = """
with filed as (
    insert into raw.submissions (
        night_id, source_code, channel, origin, file_name, media_type, received_at, collected_at, byte_size, sha256,
        landing_uri
    )
    select
        (select night_id from raw.nights), 'communes', 'drop_folder', n::text, n || '.csv', 'text/csv', now(), now(), 0,
        md5(n::text), ''
    from generate_series(1, %s) as n
    returning submission_id
)
insert into raw.readings (
    submission_id, reader, sender_code, form_code, form_version, period_code, claimed_by, sheet_name, first_row, last_row
)
select f.submission_id, 'csv', '16645', 'HS-01', 1, '2025-M07', 'stamp', 'Biểu', 1, 1000 from filed as f
returning submission_id
"""
STATES = """
insert into raw.submission_states (submission_id, night_id, state)
select g.submission_id, n.night_id, 'read' from raw.readings as g cross join raw.nights as n
"""
# One filing for the month before by each of many senders, the first of them by the sender of the last.
STAGED = """
insert into staging.stg_filings (
    submission_id, sender_unit_id, sender_code, form_code, form_version, calendar_code, period_code, received_at, is_nil,
    is_partial
)
select
    g.submission_id, k.sender_unit_id || case when g.submission_id = %s then '' else g.submission_id::text end,
    k.sender_code, 'HS-01', 1, k.calendar_code, '2025-M06', now(), false, false
from raw.readings as g cross join staging.stg_submissions as k
where k.submission_id = %s and g.submission_id <> %s
"""
ACCEPTED = """
insert into raw.submission_states (submission_id, night_id, state)
select g.submission_id, n.night_id, 'accepted' from raw.readings as g cross join raw.nights as n
where g.submission_id <> %s
"""
HEADERS = """
insert into raw.layout_columns (submission_id, column_number, field_code, header)
select g.submission_id, case when g.submission_id = %s then 5 else 4 end, 'value', 'Số liệu' from raw.readings as g
"""
LAYOUT = """
insert into raw.layout_columns (submission_id, column_number, field_code)
select g.submission_id, c.place, c.field_code
from raw.readings as g cross join (values (1, 'item_code'), (4, 'value')) as c (place, field_code)
"""
NEW = """
insert into staging.stg_new_submissions (submission_id, form_code, form_version) values (%s, 'HS-01', 1)
"""
ROW = '["1.1", "Chỉ tiêu 1.1", "hồ sơ", 12, null, "Ghi chú"]'


@pytest.fixture(scope="module")
def new_cells(warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The query that stages the cells of a night which is not the first."""
    settings = settings_for(warehouse_dsn, tmp_path_factory.mktemp("dbt"))
    run_night(settings, PROJECT / "dbt_project/seeds/thanh_hoa", settings.inbox, AS_OF)
    transform.run_dbt(settings, "thanh_hoa", ("compile", "--select", "stg_cells"))
    compiled = Path(transform.dbt_environment(settings, "thanh_hoa")["DBT_TARGET_PATH"]) / "compiled"
    return next(compiled.rglob("stg_cells.sql")).read_text("utf-8")


@pytest.fixture
def conn(warehouse_dsn: str, new_cells: str) -> Iterator[psycopg.Connection]:
    with connect(warehouse_dsn) as connection, connection.transaction(force_rollback=True):
        yield connection


def test_rows_of_a_night_are_found_without_reading_those_before(
    conn: psycopg.Connection, new_cells: str
) -> None:
    numbers = [number for (number,) in conn.execute(LEDGER, (FILINGS,))]
    conn.execute(LAYOUT)
    store_rows(conn, ((number, KeptRows("Biểu", [ROW] * ROWS_EACH)) for number in numbers))
    conn.execute("truncate staging.stg_new_submissions")
    conn.execute(NEW, (numbers[-1],))
    conn.execute("analyze raw.readings, raw.layout_columns, raw.sheet_rows, staging.stg_new_submissions")
    plan = explained(conn, new_cells)
    assert plan["Actual Rows"] == ROWS_EACH * 2
    assert 0 < pages_read(plan, "sheet_rows") < pages_of(conn, "raw.sheet_rows") / 10


def test_one_filing_is_judged_without_reading_those_before(conn: psycopg.Connection) -> None:
    numbers = [number for (number,) in conn.execute(LEDGER, (FILINGS,))]
    conn.execute(STATES)
    conn.execute("analyze raw.submissions, raw.readings, raw.submission_states")
    night = Night(datetime.fromisoformat(AS_OF), PROJECT, PROJECT)
    before = rows_read(conn)
    run_built_in(conn, night, numbers[-1:])
    tell_other_layouts(conn, night, numbers[-1:])
    assert give_verdicts(conn, night, numbers[-1:]).rejected == 1
    for table, rows in rows_read(conn).items():
        assert 0 < rows - before[table] < FILINGS / 10, table


def test_one_table_is_held_against_one_filing_of_those_before(conn: psycopg.Connection) -> None:
    numbers = [number for (number,) in conn.execute(LEDGER, (FILINGS,))]
    own, new = numbers[0], numbers[-1]
    conn.execute(STATES)
    conn.execute(ACCEPTED, (new,))
    conn.execute(STAGED, (own, new, new))
    conn.execute(HEADERS, (new,))
    conn.execute(
        "analyze raw.submissions, raw.readings, raw.submission_states, raw.layout_columns, staging.stg_filings"
    )
    night = Night(datetime.fromisoformat(AS_OF), PROJECT, PROJECT)
    before = rows_read(conn, "layout_columns")
    tell_other_layouts(conn, night, [new])
    found = conn.execute(
        "select rule_id, found from quality.findings where submission_id = %s", (new,)
    ).fetchall()
    assert found == [("history.columns_moved", "D → E")]
    for table, rows in rows_read(conn, "layout_columns").items():
        assert 0 < rows - before[table] < FILINGS / 10, table


def rows_read(conn: psycopg.Connection, *others: str) -> dict[str, int]:
    """Rows of the ledger this transaction has read so far, by table."""
    return dict(
        conn.execute(
            "select relname, seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables "
            "where schemaname = 'raw' and relname = any(%s)",
            (["submissions", "readings", "submission_states", *others],),
        ).fetchall()
    )


def explained(conn: psycopg.Connection, query: str) -> dict[str, Any]:
    found = conn.execute(f"explain (analyze, buffers, format json) {query}".encode()).fetchone()
    assert found
    plan: dict[str, Any] = found[0][0]["Plan"]
    return plan


def pages_read(plan: dict[str, Any], table: str) -> int:
    """Pages of a table and its index that a plan touched."""
    here = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] if plan.get("Relation Name") == table else 0
    return int(here) + sum(pages_read(below, table) for below in plan.get("Plans", ()))


def pages_of(conn: psycopg.Connection, table: str) -> int:
    found = conn.execute("select pg_relation_size(%s::regclass) / 8192", (table,)).fetchone()
    assert found
    return int(found[0])
