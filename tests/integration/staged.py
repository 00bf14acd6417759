"""Staging tables with submissions in them, for tests that start where the staging models end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg

from kpi_reporting.findings import cell_address
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import FieldRole

TABLES = """
create table staging.stg_submissions (
    submission_id bigint, sender_unit_id text, sender_code text, form_code text, form_version integer,
    calendar_code text, period_code text, state text, sha256 text, received_at timestamptz,
    file_name text, is_nil boolean, is_partial boolean default false
);
create view staging.stg_filings as
select submission_id, sender_unit_id, sender_code, form_code, form_version, calendar_code, period_code, received_at
from staging.stg_submissions where sender_unit_id is not null;
create table staging.stg_rows (
    submission_id bigint, sheet_name text, row_number integer, row_kind text, section_code text, unit_id text,
    breakdown_code text, note_meaning text, period_code text, problem text
);
create table staging.stg_cells (
    submission_id bigint, sheet_name text, row_number integer, column_number integer, cell text, role text,
    cell_text text, field_code text
);
create table staging.stg_figures (
    submission_id bigint, sheet_name text, row_number integer, column_number integer, cell text,
    field_code text, raw_text text, value numeric, problem text, indicator_code text, breakdown_code text,
    observation_kind text, unit_id text, calendar_code text, period_code text
);
create table staging.stg_observations (
    submission_id bigint, sheet_name text, row_number integer, column_number integer
);
create table staging.stg_named_again (
    submission_id bigint, sheet_name text, row_number integer, column_number integer, later_submission_id bigint
);
create table registry.forms (
    form_code text, form_version integer, layout text, winning_channel text, filing_policy text default 'replace'
);
create table registry.form_fields (
    form_code text, form_version integer, field_code text, role text, label text, item_code text,
    required boolean, indicator_code text
);
create table registry.indicators (indicator_code text, name_vi text);
create table registry.units (unit_id text, name_vi text);
create table registry.breakdowns (breakdown_code text, breakdown_group text, name_vi text);
create table registry.periods (
    calendar_code text, period_code text, period_kind text, first_day date, last_day date
);
create table registry.form_periods (
    form_code text, form_version integer, calendar_code text, period_code text, lock_at timestamptz,
    correction_lock_at timestamptz
);
create table registry.rule_overrides (
    rule_id text, unit_code text, severity text, valid_from date, valid_to date
);
create table registry.lock_exceptions (form_code text, unit_code text, period_code text, until_day date);
"""

SHEET = "Biểu"
PERIOD, PERIOD_BEFORE = "2025-M07", "2025-M06"
LOCK = "2025-08-18 23:59:59+07"
CORRECTION_LOCK = "2025-08-25 23:59:59+07"

Figures = Mapping[str, str | int | None]


@dataclass(frozen=True)
class TableRow:
    """A row of a table: its kind, its unit, its figures as typed, and what columns A and B name it by."""

    unit_id: str | None
    figures: Figures
    kind: str = "data"
    note: str | None = None
    problem: str | None = None
    named: tuple[str, ...] = ()
    breakdown: str = "total"


def make_tables(conn: psycopg.Connection, registry: Registry) -> None:
    """Create what the checks read, filled from the registry where it is the registry's."""
    conn.execute(TABLES.encode())
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into registry.forms values (%s, %s, %s)",
            [(form.form_code, form.form_version, form.layout) for form in registry.forms],
        )
        cursor.executemany(
            "insert into registry.form_fields values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    f.form_code, f.form_version, f.field_code, f.role, f.label, f.item_code, f.required,
                    f.indicator_code,
                )
                for f in registry.form_fields
            ],
        )  # fmt: skip
        cursor.executemany(
            "insert into registry.indicators values (%s, %s)",
            [(one.indicator_code, one.name_vi) for one in registry.indicators],
        )
        cursor.executemany(
            "insert into registry.units values (%s, %s)",
            [(one.unit_id, one.name_vi) for one in registry.units],
        )
        cursor.executemany(
            "insert into registry.form_periods values (%s, 1, 'administrative', %s, %s, %s)",
            [(form.form_code, PERIOD, LOCK, CORRECTION_LOCK) for form in registry.forms],
        )
        cursor.executemany(
            "insert into registry.breakdowns values (%s, %s, %s)",
            [(one.breakdown_code, one.breakdown_group, one.name_vi) for one in registry.breakdowns],
        )
    conn.execute(
        "insert into registry.periods values ('administrative', %s, 'month', '2025-06-15', '2025-07-14'), "
        "('administrative', %s, 'month', '2025-05-15', '2025-06-14')",
        (PERIOD, PERIOD_BEFORE),
    )


def submit(
    conn: psycopg.Connection,
    night_id: str,
    form_code: str,
    sender: str,
    received_at: datetime,
    *,
    sequence: int = 1,
    is_nil: bool = False,
    channel: str = "drop_folder",
    period: str = PERIOD,
) -> int:
    """Put a read submission into the ledger and into staging; return its id.

    ``sequence`` settles the order of submissions received at the same instant, as the hash of their bytes does.
    """
    row = conn.execute(
        """
        insert into raw.submissions (
            night_id, source_code, channel, origin, file_name, media_type, received_at, collected_at, byte_size,
            sha256, landing_uri
        )
        values (%s, 'test', %s, gen_random_uuid()::text, %s, 'xlsx', %s, %s, 1, md5(random()::text), 'x')
        returning submission_id
        """,
        (night_id, channel, f"{form_code}_{sender}.xlsx", received_at, received_at),
    ).fetchone()
    assert row is not None
    conn.execute(
        "insert into raw.submission_states (submission_id, night_id, state) values (%s, %s, 'read')",
        (row[0], night_id),
    )
    conn.execute(
        "insert into staging.stg_submissions values (%s,%s,%s,%s,1,'administrative',%s,'read',%s,%s,%s,%s)",
        (row[0], f"{sender}@2025-07-01", sender, form_code, period, str(sequence), received_at,
         f"{form_code}_{sender}.xlsx", is_nil),
    )  # fmt: skip
    return int(row[0])


def fill_list(
    conn: psycopg.Connection,
    submission_id: int,
    registry: Registry,
    form: str,
    figures: Figures,
    first_row: int = 10,
) -> None:
    """Stage a list: one row per figure, in column D, each of the sender."""
    found = conn.execute(
        "select sender_unit_id from staging.stg_submissions where submission_id = %s", (submission_id,)
    ).fetchone()
    assert found is not None
    for row, (field, typed) in enumerate(figures.items(), first_row):
        _row(conn, submission_id, row, TableRow(found[0], {}))
        _figure(conn, submission_id, row, 4, field, typed)


def lay_out(
    conn: psycopg.Connection,
    submission_id: int,
    columns: Mapping[str, Mapping[str, str]],
    measure: str | None = None,
) -> None:
    """Say where a submission's table stands: by the letter of a column its field, or "unknown", and its header."""
    conn.execute(
        "insert into raw.readings (submission_id, reader, claimed_by, sheet_name, header_row, measure) "
        "values (%s, 'xlsx', 'stamp', %s, 6, %s)",
        (submission_id, SHEET, measure),
    )
    for letter, named in columns.items():
        for field_code, header in named.items():
            conn.execute(
                "insert into raw.layout_columns values (%s, %s, nullif(%s, 'unknown'), %s)",
                (submission_id, ord(letter) - ord("A") + 1, field_code, header),
            )


def fill_table(conn: psycopg.Connection, submission_id: int, rows: Sequence[TableRow]) -> None:
    """Stage a table: one row per unit, figures from column C on."""
    for place, row in enumerate(rows):
        _row(conn, submission_id, 10 + place, row)
        for column, text in enumerate(row.named, 1):
            _name(conn, submission_id, 10 + place, column, text)
        for column, (field, typed) in enumerate(row.figures.items(), 3):
            _figure(conn, submission_id, 10 + place, column, field, typed)


def figures_of(registry: Registry, form_code: str) -> list[str]:
    """Codes of a form's figures."""
    return [
        field.field_code
        for field in registry.form_fields
        if field.form_code == form_code and field.role is FieldRole.INDICATOR
    ]


def _row(conn: psycopg.Connection, submission_id: int, number: int, row: TableRow) -> None:
    conn.execute(
        "insert into staging.stg_rows values (%s,%s,%s,%s,null,%s,%s,%s,%s,%s)",
        (submission_id, SHEET, number, row.kind, row.unit_id, row.breakdown, row.note, PERIOD, row.problem),
    )


def _name(conn: psycopg.Connection, submission_id: int, number: int, column: int, text: str) -> None:
    conn.execute(
        "insert into staging.stg_cells values (%s,%s,%s,%s,%s,%s,%s)",
        (submission_id, SHEET, number, column, cell_address(number, column), ("unit_code", "unit_name")[column - 1], text),
    )  # fmt: skip


def _figure(
    conn: psycopg.Connection,
    submission_id: int,
    number: int,
    column: int,
    field: str,
    typed: str | int | None,
) -> None:
    problem = "not_a_number" if isinstance(typed, str) else None
    conn.execute(
        """
        insert into staging.stg_figures (
            submission_id, sheet_name, row_number, column_number, cell, field_code, raw_text, value, problem
        )
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (submission_id, SHEET, number, column, cell_address(number, column), field,
         None if typed is None else str(typed), None if problem else typed, problem),
    )  # fmt: skip
