"""Filings to be judged, and what was said of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import psycopg

from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.staged import fill_list, submit

PROJECT = Path(__file__).parents[3]
SUITES = PROJECT / "expectations"
IN_TIME = datetime(2025, 7, 16, 3, tzinfo=UTC)
FIRST_NIGHT = datetime(2025, 7, 16, 18, tzinfo=UTC)
AFTER_LOCK = datetime(2025, 8, 19, 3, tzinfo=UTC)
AFTER_CORRECTION_LOCK = datetime(2025, 8, 26, 3, tzinfo=UTC)
GOOD = {
    "received_total": 100, "received_online": 60, "received_direct": 25, "received_post": 5, "carried_over": 10,
    "completed_total": 80, "completed_early": 30, "completed_on_time": 45, "completed_late": 5,
    "pending_total": 20, "pending_in_time": 18, "pending_overdue": 2, "resolved_online": 50, "full_online": 40,
    "work_dossiers": 70, "work_dossiers_electronic": 66,
}  # fmt: skip


def state(conn: psycopg.Connection, submission_id: int) -> str:
    rows = conn.execute(
        "select state from raw.submission_states where submission_id = %s order by state_seq",
        (submission_id,),
    ).fetchall()
    return str(rows[-1][0])


def findings(conn: psycopg.Connection, submission_id: int) -> dict[str, dict[str, str]]:
    rows = conn.execute(
        "select rule_id, cell, found, severity, message_vi, message_en from quality.findings where submission_id = %s",
        (submission_id,),
    ).fetchall()
    names = ("cell", "found", "severity", "message_vi", "message_en")
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def list_of(
    conn: psycopg.Connection, night: Night, registry: Registry, sender: str, **changes: object
) -> int:
    submission_id = submit(
        conn,
        night.night_id,
        "HS-01",
        sender,
        changes.pop("received_at", IN_TIME),
        sequence=changes.pop("sequence", 1),
        channel=changes.pop("channel", "drop_folder"),
    )  # type: ignore[arg-type]
    fill_list(conn, submission_id, registry, "HS-01", {**GOOD, **changes})  # type: ignore[dict-item]
    return submission_id
