"""Obligations over many nights: each computes what changed, and each is what a full rebuild gives."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

import psycopg
import pytest

from kpi_reporting import night, rebuild
from kpi_reporting.errors import WarehouseError
from kpi_reporting.national import enqueue, prepare_signoff, record_decision
from kpi_reporting.settings import Settings
from kpi_reporting.warehouse import connect
from tests.golden.cases import HERE as GOLDEN
from tests.golden.chain import STEPS, run_night, settings_for
from tests.integration.summary.night import drop, filing

# A dozen nights and as many rebuilds.
pytestmark = pytest.mark.timeout(1800)

# Communes right below the province and below a district; a department that owes nothing; 90008 is excused from M07.
ROWS = {
    "units.csv": """902@2025-07-01,902,district,Huyện,Huyện Mới,New district,99@2020-01-01,2025-07-01,,,true
90007@2025-07-01,90007,commune,Xã,Xã Bảy,Commune seven,902@2025-07-01,2025-07-01,,,true
90008@2025-07-01,90008,commune,Xã,Xã Tám,Commune eight,902@2025-07-01,2025-07-01,,,true
so-a@2020-01-01,so-a,department,Sở,Sở A,Department A,99@2020-01-01,2020-01-01,,,true
""",
    "unit_events.csv": """2025-07-01-902,2025-07-01,create,,902@2025-07-01,,,true
2025-07-01-90007,2025-07-01,create,,90007@2025-07-01,,,true
2025-07-01-90008,2025-07-01,create,,90008@2025-07-01,,,true
""",
    "not_applicable.csv": "B-01,90008,2025-07-01,2025-07-31,Không phát sinh,QĐ 1,true\n",
    "lock_exceptions.csv": "B-01,90007,2025-M07,2025-08-25,Mưa lũ,QĐ 2,true\n",
}
GOOD, BETTER, WRONG = (100, 30, 60, 10), (100, 45, 45, 10), (5, 1, 1, 1)
MODELS = ("+mart_obligations", "+mart_completeness")
State = dict[tuple[str, str], str]


@dataclass
class Province:
    """A province night by night: how each obligation stood, what a rebuild found, how much was computed in full."""

    dsn: str
    settings: Settings
    place: Path
    seen: dict[str, State] = field(default_factory=dict)
    differing: dict[str, str] = field(default_factory=dict)

    def night(self, as_of: str) -> None:
        run_night(self.settings, self.place / "registry", self.place / "inbox", as_of)
        with connect(self.dsn) as conn:
            query = "select unit_code, period_code, state from reporting.obligations"
            self.seen[as_of] = {(unit, period): state for unit, period, state in conn.execute(query)}
        self.differing[as_of] = self.rebuilt_otherwise()

    def begin(self, as_of: str, last_step: str) -> None:
        """Run the first steps of a night, which is interrupted then."""
        steps = STEPS[: STEPS.index(last_step) + 1]
        run_night(self.settings, self.place / "registry", self.place / "inbox", as_of, steps)

    def rebuilt_otherwise(self) -> str:
        """What a full rebuild says of the tables this is about and what they are made of; nothing when it agrees."""
        with (
            mock.patch.object(night, "get_settings", return_value=self.settings),
            mock.patch.object(rebuild, "_MODELS", ("run", "--full-refresh", "--select", *MODELS)),
            mock.patch.object(rebuild, "COMPARED", ("obligations", "completeness")),
        ):
            try:
                night.rebuild({"registry": str(self.place / "registry")})
            except WarehouseError as error:
                return str(error)
        return ""

    def file(self, unit: str, figures: tuple[int, ...], at: str, period: str = "2025-M07") -> None:
        text = filing(unit, figures).replace("2025-M07", period)
        drop(self.place / "inbox" / "filings", f"{unit}-{at[:10]}.csv", text.encode(), at)

    def sign(self, *, is_received: bool) -> None:
        with connect(self.dsn) as conn:
            signoff = prepare_signoff(conn)
            assert signoff is not None
            row = conn.execute("select max(published_at) from reporting.publications").fetchone()
            assert row is not None
            record_decision(conn, signoff, "approved", "Lãnh đạo", row[0] + timedelta(minutes=1), None)
            enqueue(conn, signoff.publication_id)
            if is_received:
                receive(conn, row[0] + timedelta(minutes=2))


def receive(conn: psycopg.Connection, at: datetime) -> None:
    """Let the national system accept every message that it did not accept yet."""
    conn.execute(
        "insert into national.deliveries (message_id, state, attempted_at) select m.message_id, 'accepted', %s "
        "from national.outbox as m where m.message_id not in "
        "(select d.message_id from national.deliveries as d where d.state = 'accepted')",
        (at,),
    )


def lay_out(place: Path) -> None:
    shutil.copytree(GOLDEN / "registry", place / "registry")
    shutil.copytree(GOLDEN / "expectations", place / "expectations")
    for name, rows in ROWS.items():
        with (place / "registry" / name).open("a", encoding="utf-8") as table:
            table.write(rows)


FIRST, DUE, FILED, SIGNED = "2025-07-16", "2025-07-17", "2025-07-18", "2025-07-19"
REFUSED, MISSED, LOCKED, SENT = "2025-07-20", "2025-08-22", "2025-08-27", "2025-10-03"


def instant(day: str) -> str:
    return f"{day}T01:00:00+07:00"


@pytest.fixture(scope="module")
def province(warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Province:
    place = tmp_path_factory.mktemp("nights")
    lay_out(place)
    at = Province(warehouse_dsn, settings_for(warehouse_dsn, place), place)
    at.file("90001", GOOD, "2025-07-15T09:00:00+07:00")
    at.night(instant(FIRST))
    at.night(instant(DUE))
    at.file("90004", GOOD, "2025-07-17T10:00:00+07:00")
    at.file("so-a", GOOD, "2025-07-17T10:00:00+07:00")
    at.night(instant(FILED))
    at.sign(is_received=False)
    at.night(instant(SIGNED))
    with connect(at.dsn) as conn:
        receive(conn, conn.execute("select max(published_at) from reporting.publications").fetchall()[0][0])
    at.differing["accepted after the night was computed"] = at.rebuilt_otherwise()
    at.file("90007", WRONG, "2025-07-19T09:00:00+07:00")
    at.night(instant(REFUSED))
    at.file("90001", BETTER, "2025-08-10T09:00:00+07:00")
    at.night(instant(MISSED))
    at.night(instant(LOCKED))
    at.sign(is_received=True)
    at.night(instant(SENT))
    return at


@pytest.fixture
def conn(province: Province) -> Iterator[psycopg.Connection]:
    with connect(province.dsn) as connection:
        yield connection


def test_a_rebuild_after_each_night_gives_the_same(province: Province, conn: psycopg.Connection) -> None:
    assert set(province.differing.values()) == {""}
    assert len(province.differing) == 9
    full = conn.execute("select is_full from raw.computations order by computation_id").fetchall()
    assert [is_full for (is_full,) in full] == [True, *[False] * 7]


@pytest.mark.parametrize(
    ("unit", "period", "states"),
    [
        (
            "90001",
            "2025-M07",
            "provisional provisional provisional approved exported restated restated exported",
        ),
        ("90004", "2025-M07", "due late provisional approved exported exported exported exported"),
        ("90007", "2025-M07", "due late late late blocked blocked blocked blocked"),
        ("90008", "2025-M07", " ".join(["not_applicable"] * 8)),
        ("so-a", "2025-M07", "- - not_owed not_owed not_owed not_owed not_owed not_owed"),
        ("90004", "2025-M08", "not_due not_due not_due not_due not_due late late missing"),
        ("90004", "2025-M10", "- - - - - - - not_due"),
    ],
)
def test_time_signatures_and_files_move_an_obligation(
    province: Province, unit: str, period: str, states: str
) -> None:
    found = [seen.get((unit, period), "-") for seen in province.seen.values()]
    assert " ".join(found) == states


def test_only_what_was_touched_is_written_again(province: Province, conn: psycopg.Connection) -> None:
    """A night that brings one filing, and no instant, writes one obligation and the counts above it."""
    tables = {
        "intermediate.int_obligations": "unit_id",
        "intermediate.int_obligation_units": "sender_unit_id",
        "intermediate.int_obligation_filings": "sender_unit_id",
        "intermediate.int_readiness": "unit_id",
        "marts.mart_obligations": "unit_id",
        "reporting.obligations": "unit_id",
        "marts.mart_completeness": "group_unit_id",
        "reporting.completeness": "group_unit_id",
    }
    before = {table: versions(conn, table, key) for table, key in tables.items()}
    conn.rollback()
    province.file("90007", GOOD, "2025-10-03T09:00:00+07:00", "2025-M09")
    province.night("2025-10-04T01:00:00+07:00")
    assert province.differing["2025-10-04T01:00:00+07:00"] == ""
    for table, key in tables.items():
        written = {row[:2] for row in versions(conn, table, key) ^ before[table]}
        above = {("902@2025-07-01", "2025-M09"), ("99@2020-01-01", "2025-M09")}
        assert written == (above if key == "group_unit_id" else {("90007@2025-07-01", "2025-M09")}), table


def test_a_night_run_again_after_a_later_one_began_hides_nothing_from_it(
    province: Province, conn: psycopg.Connection
) -> None:
    """The later night judged a filing; the earlier one read the ledger past it without seeing it."""
    province.file("90001", GOOD, "2025-10-04T09:00:00+07:00", "2025-M09")
    province.begin("2025-10-06T01:00:00+07:00", "check_at_door")
    for as_of, state in (("2025-10-05T01:00:00+07:00", "late"), ("2025-10-06T01:00:00+07:00", "provisional")):
        province.night(as_of)
        assert (province.seen[as_of]["90001", "2025-M09"], province.differing[as_of]) == (state, "")
    figures = (
        "select count(*) from reporting.indicator_values where unit_id = %s and period_code = '2025-M09'"
    )
    assert conn.execute(figures, ("90001@2025-07-01",)).fetchall() == [(4,)]


def test_what_a_night_computed_in_vain_is_computed_again(province: Province) -> None:
    province.begin("2025-10-17T01:00:00+07:00", "compute")
    province.night("2025-10-18T01:00:00+07:00")
    assert province.seen["2025-10-18T01:00:00+07:00"]["90001", "2025-M10"] == "late"
    assert province.differing["2025-10-18T01:00:00+07:00"] == ""


def versions(conn: psycopg.Connection, table: str, key: str) -> set[tuple[str, str, str]]:
    """Key, period and the transaction that wrote each row."""
    query = f"select {key}, period_code, cast(xmin as text) from {table}"
    return set(conn.execute(query.encode()).fetchall())
