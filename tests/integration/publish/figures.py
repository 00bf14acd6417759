"""Candidate figures of a test, what they were computed from, and what readers see of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg

from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night, open_night

PROJECT = Path(__file__).parents[3]
FIRST_NIGHT = datetime(2025, 7, 16, 18, tzinfo=UTC)
DAYS = count()
TABLES = (
    "kpi_values", "kpi_values_on_current_boundaries", "kpi_comparisons", "indicator_values", "obligations",
    "completeness", "units", "unit_crosswalk", "kpis", "targets", "target_progress", "periods",
)  # fmt: skip
DERIVED = ("kpi_values_on_current_boundaries", "kpi_comparisons", "target_progress")
UNIT = "38@2020-10-06"
COMMUNE = "14758@2025-07-01"
FIGURE = f"""
insert into marts.mart_kpi_values (
    kpi_code, formula_code, formula_version, unit_id, unit_code, calendar_code, period_code, period_kind, first_day,
    last_day, value, numerator, denominator, unit_of_measure, units_counted, units_owed, data_state, is_primary,
    confirmed, target_status
)
select
    %s, 'DT03-plan', 1, '{UNIT}', '38', 'administrative', %s, 'month', '2025-06-15', '2025-07-14',
    %s, 75, 100, '%%', 181, 181, 'complete', true, true, 'no_target'
"""
OBSERVATION = """
insert into marts.mart_indicator_values (
    indicator_code, breakdown_code, observation_kind, unit_id, unit_code, calendar_code, period_code, first_day,
    last_day, value, unit_of_measure, filed_by, submission_id
) values (%s, 'total', 'actual', %s, '14758', 'administrative', '2025-M07', '2025-06-15', '2025-07-14', %s, 'hồ sơ',
    '14758', %s)
on conflict (indicator_code, breakdown_code, observation_kind, unit_id, calendar_code, period_code)
do update set value = excluded.value, submission_id = excluded.submission_id
"""
SUBMISSION = """
insert into raw.submissions (
    night_id, source_code, channel, origin, file_name, media_type, received_at, collected_at, byte_size, sha256,
    landing_uri
) values (%(night)s, 's', 'drop_folder', %(name)s, %(name)s, 'text/csv', now(), now(), 1, %(name)s, 'file:///x')
returning submission_id
"""


def tonight(conn: psycopg.Connection, registry: Registry) -> Night:
    night = Night(FIRST_NIGHT + timedelta(days=next(DAYS)), registry.folder, PROJECT)
    open_night(conn, night, registry.code, registry.sha256)
    conn.commit()
    return night


def computed(conn: psycopg.Connection, night: Night, *, is_full: bool, kpis: tuple[str, ...] = ()) -> None:
    """Leave what a computation leaves: its row, and the keys it touched."""
    conn.execute(
        """
        insert into raw.computations (night_id, as_of, ledger_seq, state_sha256, is_full)
        values (%s, %s, (select coalesce(max(state_seq), 0) from raw.submission_states), '', %s)
        """,
        (night.night_id, night.as_of, is_full),
    )
    for name, source in (
        ("figures", "kpi_values"),
        ("cells", "indicator_values"),
        ("obligations", "obligations"),
    ):
        conn.execute(f"drop table if exists intermediate.int_touched_{name}".encode())
        keys = {"figures": "kpi_code, formula_code, unit_id, calendar_code, period_code",
                "cells": "indicator_code, breakdown_code, observation_kind, unit_id, calendar_code, period_code",
                "obligations": "unit_id, form_code, calendar_code, period_code"}[name]  # fmt: skip
        conn.execute(
            f"create table intermediate.int_touched_{name} as select {keys} from marts.mart_{source} limit 0".encode()
        )
    conn.execute(
        "insert into intermediate.int_touched_figures select k, 'DT03-plan', %s, 'administrative', '2025-M07' "
        "from unnest(%s::text[]) as t (k)",
        (UNIT, list(kpis)),
    )


def file(conn: psycopg.Connection, indicator: str, value: int, unit: str = COMMUNE) -> int:
    """Let a commune file an observation; return the submission."""
    row = conn.execute("select night_id from raw.nights order by as_of desc limit 1").fetchone()
    assert row is not None
    told = {"night": row[0], "name": f"file-{next(DAYS)}"}
    submission = conn.execute(SUBMISSION, told).fetchone()
    assert submission is not None
    conn.execute(
        "insert into raw.submission_states (submission_id, night_id, state) values (%s, %s, 'accepted')",
        (submission[0], row[0]),
    )
    conn.execute(OBSERVATION, (indicator, unit, value, submission[0]))
    return int(submission[0])


def with_changed(registry: Registry, *files: str) -> Registry:
    """Return the registry as if some of its files had another content."""
    edition = f"edition {next(DAYS)}"
    return replace(
        registry, sha256=edition, file_sha256={**registry.file_sha256, **dict.fromkeys(files, edition)}
    )


def change(conn: psycopg.Connection, kpi: str, assignment: str) -> None:
    """Change the candidate of a KPI."""
    conn.execute(f"update marts.mart_kpi_values set {assignment} where kpi_code = %s".encode(), (kpi,))


def block(conn: psycopg.Connection, night: Night, kpi: str) -> None:
    key = f"{kpi}/DT03-plan/{UNIT}/administrative/2025-M07"
    conn.execute("insert into quality.blocked_figures values (%s, %s, 'exit.test')", (night.night_id, key))


def shown(conn: psycopg.Connection, kpi: str) -> tuple[object, ...] | None:
    return conn.execute(
        "select value, is_stale from reporting.kpi_values where kpi_code = %s", (kpi,)
    ).fetchone()


def causes(conn: psycopg.Connection, kpi: str) -> list[str]:
    rows = conn.execute(
        "select cause from reporting.kpi_value_issues where kpi_code = %s order by revision", (kpi,)
    ).fetchall()
    return [cause for (cause,) in rows]


def rows_as_text(conn: psycopg.Connection, relation: str) -> list[str]:
    """Every row of a table or of a function's result, as PostgreSQL writes it."""
    found = conn.execute(f"select cast(r as text) from {relation} as r order by 1".encode()).fetchall()
    return [row for (row,) in found]


def everything(conn: psycopg.Connection) -> list[object]:
    tables = (
        *TABLES,
        "findings",
        "publications",
        "kpi_value_issues",
        "indicator_value_issues",
        "kpi_values_on_current_boundaries_issues",
        "kpi_comparison_issues",
        "target_progress_issues",
        "period_hashes",
        "restatements",
    )
    return [rows_as_text(conn, f"reporting.{name}") for name in tables]
