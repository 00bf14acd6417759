"""When a computation may go on from the last published one, and when everything has to be computed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.computations import open_computation
from kpi_reporting.warehouse.nights import Night, open_night

FIRST = datetime.fromisoformat("2025-07-17T01:00:00+07:00")


@pytest.fixture
def conn(warehouse_dsn: str) -> Iterator[psycopg.Connection]:
    """A warehouse with marts and one full, published computation."""
    with connect(warehouse_dsn) as conn:
        conn.execute("truncate raw.computations, quality.rebuilds restart identity cascade")
        conn.execute("create table if not exists marts.mart_kpi_values ()")
        assert computed(conn, 0, "state") is True
        conn.execute("update raw.computations set is_published = true")
        conn.commit()
        yield conn


def computed(conn: psycopg.Connection, days: int, state: str) -> bool:
    """Open a computation that is not published; return whether it computes everything."""
    night = Night(FIRST + timedelta(days=days), Path(), Path())
    open_night(conn, night, "test", "sha")
    return open_computation(conn, night, state)


def test_it_goes_on_from_the_last_published_one(conn: psycopg.Connection) -> None:
    assert computed(conn, 1, "state") is False


def test_an_interrupted_one_that_computed_what_was_touched_changes_nothing(conn: psycopg.Connection) -> None:
    assert [computed(conn, day, "state") for day in (1, 1, 2)] == [False, False, False]


def test_a_changed_state_computes_everything_also_when_it_is_changed_back(conn: psycopg.Connection) -> None:
    assert computed(conn, 1, "other") is True
    assert computed(conn, 1, "state") is True


def test_an_interrupted_one_that_looked_from_later_computes_everything(conn: psycopg.Connection) -> None:
    assert computed(conn, 5, "state") is False
    assert computed(conn, 1, "state") is True


def test_an_interrupted_full_one_is_done_again_in_full(conn: psycopg.Connection) -> None:
    """The marts were dropped; half of them were there again when it was killed."""
    conn.execute("drop table marts.mart_kpi_values")
    conn.commit()
    assert computed(conn, 1, "state") is True
    conn.execute("create table marts.mart_kpi_values ()")
    conn.commit()
    assert computed(conn, 1, "state") is True
