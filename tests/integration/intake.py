"""A night with an inbox, a landing and an empty warehouse: what tests of collecting and reading start from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.nights import Night, open_night
from tests.integration.sender_server import Server
from tests.workbooks import THANH_HOA

AS_OF = datetime.fromisoformat("2025-07-17T01:00:00+07:00")
EVENING = datetime.fromisoformat("2025-07-16T20:00:00+07:00")


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Thanh Hóa with impatient sources, so that a silent sender costs a test little."""
    found = load_registry(THANH_HOA)
    impatient = [
        row.model_copy(update={"timeout_seconds": 1, "retries": 1, "page_size": 2}) for row in found.sources
    ]
    return replace(found, sources=tuple(impatient))


@pytest.fixture
def conn(warehouse_dsn: str) -> Iterator[psycopg.Connection]:
    with connect(warehouse_dsn) as connection:
        connection.execute(
            "truncate raw.nights, raw.current_night, raw.submissions, raw.submission_states, raw.readings, "
            "raw.layout_columns, raw.sheet_rows, quality.findings, quality.check_runs, quality.blocked_figures cascade"
        )
        connection.commit()
        yield connection


@pytest.fixture
def night(conn: psycopg.Connection, registry: Registry, tmp_path: Path) -> Night:
    for folder in ("communes", "departments", "districts"):
        (tmp_path / "inbox" / folder).mkdir(parents=True)
    opened = Night(AS_OF, THANH_HOA, tmp_path / "inbox")
    open_night(conn, opened, registry.code, registry.sha256)
    return opened


@pytest.fixture
def landing(tmp_path: Path) -> str:
    return f"file://{tmp_path}/landing"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def drop(night: Night, name: str, data: bytes, at: datetime = EVENING) -> Path:
    path = night.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def rows(conn: psycopg.Connection, query: str) -> list[tuple[Any, ...]]:
    with conn.transaction():
        return conn.execute(query.encode()).fetchall()


def states(conn: psycopg.Connection) -> list[tuple[Any, ...]]:
    """Origin and states of each submission, in the order they happened."""
    return rows(
        conn,
        "select origin, array_agg(state order by state_seq) from raw.submissions "
        "join raw.submission_states using (submission_id) group by submission_id, origin order by origin",
    )
