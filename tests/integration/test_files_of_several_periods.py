"""A table with rows of several periods: each period is a submission of its own, and is taken back with its file."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kpi_reporting.collect import collect_source
from kpi_reporting.collect.ledger import Ledger
from kpi_reporting.collect.source_memory import SourceMemory
from kpi_reporting.readers import ReadSummary, read_new, unpacking
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from sandbox.listing import Deletion, Item
from sandbox.sender_api import SenderApi
from tests.corpus.row_periods import PERIODS, untimed
from tests.integration.intake import EVENING, conn, drop, landing, night, registry, rows, states

TWO = untimed("I/2025", "II/2025")
UNPACKED = [
    ("departments/a.xlsx", ["received", "unpacked"]),
    ("departments/a.xlsx/2025-Q1", ["received", "read"]),
    ("departments/a.xlsx/2025-Q2", ["received", "read"]),
]
PLACE = "senders/so-gddt"
ROW = {"service": "Điện", "customers": 1, "customers_total": 1, "transactions": 1, "transactions_total": 1,
       "value": 1, "value_total": 1}  # fmt: skip


@pytest.fixture
def timed(registry: Registry) -> Registry:
    """The registry with a column of periods in the form of payments."""
    return replace(registry, form_fields=(*registry.form_fields, *PERIODS))


@pytest.fixture
def received(conn: psycopg.Connection, timed: Registry, night: Night, landing: str) -> None:
    drop(night, "departments/a.xlsx", TWO)
    collect_source(conn, timed, night, "departments", None, landing)


@pytest.mark.usefixtures("received")
def test_each_period_is_a_submission_of_its_own(
    conn: psycopg.Connection, timed: Registry, night: Night, landing: str
) -> None:
    assert read_new(conn, timed, night, landing) == ReadSummary(read=2, refused=0, duplicates=0, unpacked=1)
    assert states(conn) == UNPACKED
    assert (
        rows(conn, "select distinct received_at, channel, file_name, sha256 from raw.submissions")[1:] == []
    )
    assert rows(
        conn,
        "select g.period_code, s.part_period_code, g.unit_code, count(*) from raw.readings as g "
        "inner join raw.submissions as s using (submission_id) "
        "inner join raw.sheet_rows as r using (submission_id) "
        "where r.row_number >= g.first_row and r.cells::text <> '[]' group by 1, 2, 3 order by 1",
    ) == [(code, code, "so-cong-thuong", 1) for code in ("2025-Q1", "2025-Q2")]
    assert len([path for path in Path(landing.removeprefix("file://")).rglob("*") if path.is_file()]) == 1

    assert collect_source(conn, timed, night, "departments", None, landing).received == 0
    assert read_new(conn, timed, night, landing) == ReadSummary(0, 0, 0)
    assert states(conn) == UNPACKED


@pytest.mark.usefixtures("received")
def test_the_same_file_under_another_name_is_a_duplicate_for_each_period(
    conn: psycopg.Connection, timed: Registry, night: Night, landing: str
) -> None:
    drop(night, "departments/b.xlsx", TWO, EVENING + timedelta(hours=1))
    collect_source(conn, timed, night, "departments", None, landing)
    assert read_new(conn, timed, night, landing) == ReadSummary(2, 0, duplicates=2, unpacked=2)
    last = {origin: passed[-1] for origin, passed in states(conn)}
    assert last["departments/b.xlsx/2025-Q1"] == last["departments/b.xlsx/2025-Q2"] == "duplicate"


@pytest.mark.parametrize("step", ["recorded", "read"])
@pytest.mark.usefixtures("received")
def test_killed_on_the_way_it_ends_the_same(
    conn: psycopg.Connection,
    timed: Registry,
    night: Night,
    landing: str,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from kpi_reporting.readers import read

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if step == "recorded":
            patch.setattr(unpacking, "store_readings", killed)
        else:
            patch.setattr(read, "without_duplicates", lambda _, found: killed() if found else [])
        with pytest.raises(KeyboardInterrupt):
            read_new(conn, timed, night, landing)
    before = [("departments/a.xlsx", ["received"])] if step == "recorded" else None
    assert before is None or states(conn) == before
    read_new(conn, timed, night, landing)
    assert states(conn) == UNPACKED


def test_an_item_that_its_api_deletes_takes_back_each_of_its_periods_and_counts_once(
    conn: psycopg.Connection, timed: Registry, night: Night, landing: str
) -> None:
    both = [{"quarter": code, **ROW} for code in ("2025-Q1", "2025-Q2")]
    body = {"form": "TT-01", "version": 1, "unit": "so-gddt", "rows": both}
    items = [Item("s1", EVENING, body)]
    deletions: list[Deletion] = []
    with SenderApi({PLACE: items}, deletions={PLACE: deletions}) as api:
        collect_source(conn, timed, night, "so-gddt", api.endpoint, landing)
        read_new(conn, timed, night, landing)
        assert [origin for origin, _ in states(conn)] == [
            f"{PLACE}/s1{part}" for part in ("", "/2025-Q1", "/2025-Q2")
        ]
        source = next(one for one in timed.sources if one.source_code == "so-gddt")
        assert SourceMemory(Ledger(conn, night), source).counted(night.as_of) == 1
        deletions.append(Deletion("s1", EVENING + timedelta(hours=1), "Gửi nhầm."))
        collect_source(conn, timed, night, "so-gddt", api.endpoint, landing)
    taken = rows(
        conn,
        "select s.part_period_code from raw.withdrawals inner join raw.submissions as s using (submission_id) order by 1",
    )
    assert taken == [("2025-Q1",), ("2025-Q2",), (None,)]
