"""Duties over several nights: what was told stays, every change is logged, any past evening can be asked for."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from kpi_reporting.board import print_completeness
from kpi_reporting.board.screen import new_screen
from kpi_reporting.national import enqueue, prepare_signoff, record_decision
from kpi_reporting.settings import Settings
from kpi_reporting.warehouse import connect
from tests.golden.cases import HERE as GOLDEN
from tests.golden.chain import run_night, settings_for
from tests.integration.summary.night import drop, filing

NIGHTS = ("2025-07-17T01:00:00+07:00", "2025-07-18T01:00:00+07:00", "2025-08-19T01:00:00+07:00")
# The day M08 is due, which the first night told, and a day before M09 is due, which nobody was told yet.
DAYS_OFF = """2025-08-18,holiday,Ngày nghỉ công bố muộn,,true
2025-09-16,holiday,Ngày nghỉ công bố muộn,,true
"""

_ANSWERS = {
    "completeness": (
        "form_code, calendar_code, period_code, unit_kind, group_unit_id, owed, filed, filed_on_time, filed_late, nil, open, "
        "late, held, blocked, missing, not_applicable, extra, share_filed, share_on_time"
    ),
    "obligations": "unit_id, form_code, calendar_code, period_code, state, submission_id, is_late, is_nil",
}
Answer = dict[str, set[tuple[object, ...]]]


@dataclass
class Province:
    """A province after three nights, with what readers saw after each of them."""

    dsn: str
    settings: Settings
    place: Path
    seen: dict[str, Answer] = field(default_factory=dict)

    def night(self, as_of: str) -> None:
        run_night(self.settings, self.place / "registry", self.place / "inbox", as_of)
        with connect(self.dsn) as conn:
            self.seen[as_of] = answer(conn, "reporting.{table}")

    def file(self, name: str, figures: tuple[int, ...], at: str) -> None:
        drop(self.place / "inbox" / "filings", name, filing(name.partition("-")[0], figures).encode(), at)


def answer(conn: psycopg.Connection, source: str, *asked: object) -> Answer:
    return {
        table: set(
            conn.execute(
                f"select {columns} from {source.format(table=table)}".encode(), asked or None
            ).fetchall()
        )
        for table, columns in _ANSWERS.items()
    }


def as_of(conn: psycopg.Connection, instant: datetime) -> Answer:
    return answer(conn, "reporting.{table}_as_of(%s)", instant)


def sign_and_export(dsn: str) -> None:
    with connect(dsn) as conn:
        signoff = prepare_signoff(conn)
        assert signoff is not None
        row = conn.execute("select max(published_at) from reporting.publications").fetchone()
        assert row is not None
        record_decision(conn, signoff, "approved", "Lãnh đạo", row[0] + timedelta(minutes=1), None)
        enqueue(conn, signoff.publication_id)
        conn.execute(
            "insert into national.deliveries (message_id, state, attempted_at) "
            "select message_id, 'accepted', %s from national.outbox",
            (row[0] + timedelta(minutes=2),),
        )


@pytest.fixture(scope="module")
def province(warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Province:
    place = tmp_path_factory.mktemp("duties")
    shutil.copytree(GOLDEN / "registry", place / "registry")
    shutil.copytree(GOLDEN / "expectations", place / "expectations")
    at = Province(warehouse_dsn, settings_for(warehouse_dsn, place), place)
    at.file("90001-first.csv", (100, 30, 60, 10), "2025-07-15T09:00:00+07:00")
    at.night(NIGHTS[0])
    sign_and_export(warehouse_dsn)
    at.file("90004-late.csv", (50, 10, 30, 10), "2025-07-17T10:00:00+07:00")
    at.night(NIGHTS[1])
    at.file("90001-corrected.csv", (100, 45, 45, 10), "2025-08-10T09:00:00+07:00")
    with (place / "registry/holidays.csv").open("a", encoding="utf-8") as days_off:
        days_off.write(DAYS_OFF)
    at.night(NIGHTS[2])
    return at


@pytest.fixture
def conn(province: Province) -> Iterator[psycopg.Connection]:
    with connect(province.dsn) as connection:
        yield connection


def test_a_day_off_announced_later_moves_only_what_nobody_was_told(conn: psycopg.Connection) -> None:
    query = """
        select period_code, cast(due_at at time zone 'Asia/Ho_Chi_Minh' as date)::text, state
        from reporting.obligations where unit_code = '90001' and period_code in ('2025-M08', '2025-M09')
        order by period_code
    """
    assert conn.execute(query).fetchall() == [
        ("2025-M08", "2025-08-18", "late"),
        ("2025-M09", "2025-09-17", "not_due"),
    ]


def test_every_change_of_an_obligation_is_logged_once_the_first_included(conn: psycopg.Connection) -> None:
    query = """
        select t.from_state, t.to_state, t.is_late, s.file_name, t.as_of
        from reporting.obligation_transitions as t
        left join raw.submissions as s using (submission_id)
        where t.unit_id = %s and t.period_code = '2025-M07' order by t.publication_id
    """
    first, second, third = (datetime.fromisoformat(night) for night in NIGHTS)
    assert conn.execute(query, ("90001@2025-07-01",)).fetchall() == [
        (None, "provisional", False, "90001-first.csv", first),
        ("provisional", "exported", False, "90001-first.csv", second),
        ("exported", "restated", False, "90001-corrected.csv", third),
    ]
    assert conn.execute(query, ("90004@2025-07-01",)).fetchall() == [
        (None, "late", True, None, first),
        ("late", "provisional", True, "90004-late.csv", second),
    ]


def test_the_same_night_again_logs_nothing(province: Province, conn: psycopg.Connection) -> None:
    count = "select count(*) from reporting.obligation_transitions"
    before = conn.execute(count).fetchall()
    conn.rollback()
    province.night(NIGHTS[2])
    assert conn.execute(count).fetchall() == before


def test_any_past_evening_is_answered_as_readers_saw_it(province: Province, conn: psycopg.Connection) -> None:
    nights = [datetime.fromisoformat(night) for night in NIGHTS]
    assert as_of(conn, nights[0] - timedelta(seconds=1)) == {"completeness": set(), "obligations": set()}
    for night, following in zip(nights, [*nights[1:], nights[-1] + timedelta(days=9)], strict=True):
        seen = province.seen[night.isoformat()]
        assert seen["completeness"]
        for instant in (night, night + timedelta(hours=16), following - timedelta(seconds=1)):
            assert as_of(conn, instant) == seen, instant
    assert province.seen[NIGHTS[0]] != province.seen[NIGHTS[1]] != province.seen[NIGHTS[2]]


def test_the_table_tells_what_was_known_on_an_evening(conn: psycopg.Connection) -> None:
    def printed(instant: str | None, period: str | None = None) -> str:
        stream = io.StringIO()
        asked = None if instant is None else datetime.fromisoformat(instant)
        print_completeness(conn, asked, period, screen=new_screen(stream))
        return "\n".join(" ".join(line.split()) for line in stream.getvalue().splitlines())

    evening = printed("2025-07-17T17:00:00+07:00")
    assert "Completeness: known on 2025-07-17 01:00" in evening
    assert "B-01 2025-M07 commune 2 1 1 0 0 0 1 0 0 0 0 0 50.00 %" in evening
    assert "Filed nothing of what was due: Xã An Lập" in evening
    assert "B-01 2025-M07 commune 2 2 1 1 0 0 0 0 0 0 0 0 100.00 %" in printed("2025-07-18T17:00:00+07:00")
    now = printed(None)
    assert "B-01 2025-M08 commune 2 0 0 0 0 0 2 0 0 0 0 0 0.00 %" in now
    assert "2025-M07" not in now
    assert "2025-M07 commune 2 2" in printed(None, "2025-m07")
    assert "No night had looked by then." in printed("2025-07-01T17:00:00+07:00")
