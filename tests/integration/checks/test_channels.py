"""One obligation filed as a file and through an API: both are kept, the declared channel counts, what differs is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from kpi_reporting.checks import Withdrawal, check_door, record_withdrawal
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night, open_night
from tests.integration.checks.judged import AFTER_LOCK, IN_TIME, PROJECT, SUITES, list_of, state

CHANGED = {"received_total": 110, "received_online": 70, "completed_total": 90, "completed_on_time": 55}
SAID = """
select f.subject, f.cell, f.found, f.message_vi, f.message_en from quality.findings as f
where f.submission_id = %s and f.rule_id = 'structure.channels_differ' order by f.subject
"""


@pytest.fixture
def api_wins(conn: psycopg.Connection) -> Iterator[None]:
    conn.execute("update registry.forms set winning_channel = 'api' where form_code = 'HS-01'")
    conn.commit()
    yield
    conn.rollback()
    conn.execute("update registry.forms set winning_channel = null")
    conn.commit()


def night_after(conn: psycopg.Connection, registry: Registry, night: Night) -> Night:
    later = Night(AFTER_LOCK + timedelta(days=500), registry.folder, PROJECT)
    open_night(conn, later, registry.code, registry.sha256)
    conn.commit()
    return later


@pytest.mark.usefixtures("api_wins")
def test_the_declared_channel_counts_whatever_came_last_and_every_difference_is_told_of_the_other(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    api = list_of(conn, night, registry, "both-ways", channel="http_api")
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    file = list_of(
        conn, night, registry, "both-ways", sequence=2, received_at=IN_TIME + timedelta(hours=1), **CHANGED
    )
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert (state(conn, api), state(conn, file)) == ("accepted", "superseded")
    told = conn.execute(SAID, (file,)).fetchall()
    assert [one[0] for one in told] == [f"both-ways@2025-07-01/{field}" for field in sorted(CHANGED)]
    subject, cell, found, vi, en = told[-1]
    assert (subject, cell, found) == ("both-ways@2025-07-01/received_total", "D10", "110")
    assert "tệp ghi 110, API ghi 100." in vi
    assert "file says 110, API says 100." in en
    assert conn.execute(SAID, (api,)).fetchall() == []


@pytest.mark.usefixtures("api_wins")
def test_what_the_winning_channel_brings_later_replaces_the_file_and_equal_figures_are_not_told(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    file = list_of(conn, night, registry, "file-first")
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert state(conn, file) == "accepted"
    api = list_of(conn, night, registry, "file-first", sequence=2, channel="http_api")
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert (state(conn, file), state(conn, api)) == ("superseded", "accepted")
    assert conn.execute(SAID, (file,)).fetchall() == []


@pytest.mark.usefixtures("api_wins")
def test_a_withdrawn_filing_of_the_winning_channel_stands_in_nobody_s_way(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    before = list_of(conn, night, registry, "taken-back-api")
    api = list_of(conn, night, registry, "taken-back-api", sequence=2, channel="http_api")
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    record_withdrawal(
        conn, Withdrawal(api, "Văn thư", IN_TIME + timedelta(hours=1), "Sai số liệu", "Cán bộ trực")
    )
    later = night_after(conn, registry, night)
    file = list_of(
        conn, later, registry, "taken-back-api", sequence=3, received_at=IN_TIME + timedelta(hours=2)
    )
    conn.commit()
    check_door(conn, staged, registry, later, SUITES)
    assert [state(conn, one) for one in (before, api, file)] == ["superseded", "withdrawn", "accepted"]


def test_where_no_channel_is_declared_the_last_word_counts_and_nothing_is_compared(
    conn: psycopg.Connection, staged: str, registry: Registry, night: Night
) -> None:
    api = list_of(conn, night, registry, "undeclared", channel="http_api")
    file = list_of(conn, night, registry, "undeclared", sequence=2, **CHANGED)
    conn.commit()
    check_door(conn, staged, registry, night, SUITES)
    assert (state(conn, api), state(conn, file)) == ("superseded", "accepted")
    assert conn.execute(SAID, (api,)).fetchall() == []
