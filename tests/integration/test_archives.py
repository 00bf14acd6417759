"""Several reports in one archive: each is filed by itself, as if it had come in a folder."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from kpi_reporting.collect import collect_source
from kpi_reporting.readers import ReadSummary, read_new, unpacking
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.corpus.dangers import zipped
from tests.integration.intake import EVENING, conn, drop, landing, night, registry, rows, states
from tests.workbooks import hs01

FIRST, SECOND = hs01("14758"), hs01("14797")
ARCHIVE = zipped({"Xã/a.xlsx": FIRST, "b.xlsx": SECOND, "c.xlsx": FIRST[:2000], "ảnh.png": b"1"})
UNPACKED = [
    ("communes/all.zip", ["received", "unpacked"]),
    ("communes/all.zip/Xã/a.xlsx", ["received", "read"]),
    ("communes/all.zip/b.xlsx", ["received", "read"]),
    ("communes/all.zip/c.xlsx", ["received", "refused"]),
]


@pytest.fixture
def received(conn: psycopg.Connection, registry: Registry, night: Night, landing: str) -> None:
    drop(night, "communes/all.zip", ARCHIVE)
    collect_source(conn, registry, night, "communes", None, landing)


@pytest.mark.usefixtures("received")
def test_each_report_is_a_submission_of_its_own(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    summary = read_new(conn, registry, night, landing)
    assert summary == ReadSummary(read=2, refused=1, duplicates=0, unpacked=1)
    assert sorted(states(conn)) == sorted(UNPACKED)
    assert rows(conn, "select distinct received_at, channel, source_code from raw.submissions") == [
        (EVENING, "drop_folder", "communes")
    ]
    assert len([path for path in Path(landing.removeprefix("file://")).rglob("*") if path.is_file()]) == 4

    assert collect_source(conn, registry, night, "communes", None, landing).received == 0
    assert read_new(conn, registry, night, landing) == ReadSummary(0, 0, 0)
    assert sorted(states(conn)) == sorted(UNPACKED)


@pytest.mark.usefixtures("received")
def test_killed_while_it_is_unpacked_it_is_unpacked_again(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(unpacking, "store_readings", _killed)
        with pytest.raises(KeyboardInterrupt):
            read_new(conn, registry, night, landing)
    assert states(conn) == [("communes/all.zip", ["received"])]
    read_new(conn, registry, night, landing)
    assert sorted(states(conn)) == sorted(UNPACKED)


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.usefixtures("received")
def test_of_equal_bytes_the_ones_received_first_count(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    drop(night, "communes/before.xlsx", FIRST, EVENING.replace(hour=19))
    drop(night, "communes/after.xlsx", SECOND, EVENING.replace(hour=21))
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(
        read=2, refused=1, duplicates=2, unpacked=1
    )
    last = {origin: passed[-1] for origin, passed in states(conn)}
    assert (last["communes/before.xlsx"], last["communes/all.zip/Xã/a.xlsx"]) == ("read", "duplicate")
    assert (last["communes/all.zip/b.xlsx"], last["communes/after.xlsx"]) == ("read", "duplicate")
