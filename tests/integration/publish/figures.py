"""Candidate figures of a test, and what readers see of them."""

from __future__ import annotations

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
    "kpi_values", "indicator_values", "obligations", "completeness", "units", "unit_crosswalk", "kpis",
    "targets", "target_progress", "periods",
)  # fmt: skip
FIGURE = """
insert into marts.mart_kpi_values
select
    %s, 'DT03-plan', 1, '38@2025-07-01', '38', 'administrative', %s, 'month', '2025-06-15', '2025-07-14',
    %s, 75, 100, '%%', 181, 181, 'complete', null, true, true, null, null, null, null, null, 'no_target'
"""


def tonight(conn: psycopg.Connection, registry: Registry) -> Night:
    night = Night(FIRST_NIGHT + timedelta(days=next(DAYS)), registry.folder, PROJECT)
    open_night(conn, night, registry.code, registry.sha256)
    conn.commit()
    return night


def block(conn: psycopg.Connection, night: Night, kpi: str) -> None:
    key = f"{kpi}/DT03-plan/38@2025-07-01/administrative/2025-M07"
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


def everything(conn: psycopg.Connection) -> list[object]:
    tables = (*TABLES, "findings", "publications", "kpi_value_issues")
    return [
        conn.execute(f"select * from reporting.{name} order by 1, 2, 3, 4, 5".encode()).fetchall()
        for name in tables
    ]
