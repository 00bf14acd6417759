"""Collecting that is killed anywhere and run again leaves the ledger of collecting that nobody disturbed, byte for byte.

Killed are the worker and sessions of the database, the latter also with SIGKILL. Folders and an API that is followed
by a cursor are collected one after the other, so that the ledger has one order.
"""

from __future__ import annotations

import multiprocessing as mp
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kpi_reporting.collect import Endpoint, collect_source
from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.nights import Night, open_night
from sandbox.listing import Deletion, Item
from sandbox.sender_api import SenderApi
from tests.integration.kills.everything import Content, differences, everything
from tests.integration.kills.killing import KILLS, wait_for_the_server
from tests.workbooks import THANH_HOA, hs01

SEEDS = range(int(os.environ.get("KPI_KILL_SEED", "0")), int(os.environ.get("KPI_KILLED_COLLECTIONS", "6")))
KILLS_EACH = 3
SOURCES = ("communes", "so-gddt", "departments")
AS_OF = datetime.fromisoformat("2025-07-17T01:00:00+07:00")
EVENING = datetime.fromisoformat("2025-07-16T20:00:00+07:00")
FILES, ITEMS = 250, 60
_EMPTY = (
    "truncate raw.nights, raw.current_night, raw.submissions, raw.submission_states, raw.source_cursors, "
    "raw.source_answers, raw.source_deletions, quality.findings cascade"
)


@dataclass(frozen=True)
class Place:
    """Where is collected from and to."""

    dsn: str
    inbox: Path
    landing: Path
    endpoint: Endpoint


def registry_of_small_pages() -> Registry:
    registry = load_registry(THANH_HOA)
    return replace(
        registry, sources=tuple(row.model_copy(update={"page_size": 4}) for row in registry.sources)
    )


def collect(place: Place, days: int = 0) -> None:
    """Collect from every source of the place, on the first night or so many days later."""
    registry = registry_of_small_pages()
    night = Night(AS_OF + timedelta(days=days), THANH_HOA, place.inbox)
    with connect(place.dsn) as conn:
        open_night(conn, night, registry.code, registry.sha256)
        for source in SOURCES:
            collect_source(conn, registry, night, source, place.endpoint, f"file://{place.landing}")


def an_item(number: int, submitted_at: datetime) -> Item:
    body = {
        "form": "HS-01",
        "unit": "so-gddt",
        "period": "2025-M07",
        "rows": [{"item": "1.1", "value": number}],
    }
    return Item(f"s{number:03}", submitted_at + timedelta(seconds=number), body)


def drop(inbox: Path, name: str, number: int, at: datetime) -> None:
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(hs01(f"{number:05}"))
    os.utime(path, (at.timestamp(),) * 2)


@pytest.fixture(scope="module")
def place(warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    inbox = tmp_path_factory.mktemp("inbox")
    for number in range(FILES):
        drop(inbox, f"{('communes', 'departments')[number % 2]}/{number}.xlsx", number, EVENING)
    items = [an_item(number, EVENING) for number in range(ITEMS)]
    deletions = [Deletion("s005", EVENING + timedelta(hours=1), "Nộp nhầm")]
    place = "senders/so-gddt"
    with SenderApi({place: items}, deletions={place: deletions}) as api:
        yield Place(warehouse_dsn, inbox, inbox.with_name(f"{inbox.name}-landing"), api.endpoint)


def empty(place: Place) -> None:
    with connect(place.dsn) as conn:
        conn.execute(_EMPTY)
        conn.execute("truncate raw.withdrawals")
    shutil.rmtree(place.landing, ignore_errors=True)


def found(place: Place) -> Content:
    """The ledger, and the bytes of the landing by their names; what a killed process began has no name yet."""
    with connect(place.dsn) as conn:
        content = everything(conn)
    landed = [path for path in sorted(place.landing.rglob("*")) if path.is_file()]
    named = [path for path in landed if path.parent.name != "unfinished"]
    content["the landing"] = [
        f"{path.relative_to(place.landing)} {path.read_bytes().hex()}" for path in named
    ]
    return content


@pytest.fixture(scope="module")
def undisturbed(place: Place) -> tuple[Content, Content, float]:
    """What one night leaves, what the next one leaves, and how long the first took."""
    empty(place)
    seconds = run(place)
    first = found(place)
    collect(place, days=1)
    return first, found(place), seconds


def run(place: Place) -> float:
    started = time.monotonic()
    process = start(place)
    process.join(120)
    assert process.exitcode == 0
    return time.monotonic() - started


def start(place: Place) -> Any:
    process = mp.get_context("fork").Process(target=collect, args=(place,))
    process.start()
    return process


@pytest.mark.parametrize("seed", SEEDS, ids="seed_{}".format)
def test_killed_collecting_ends_as_if_nobody_had_disturbed_it(
    place: Place, undisturbed: tuple[Content, Content, float], seed: int
) -> None:
    first, second, seconds = undisturbed
    random, kills = Random(seed), []
    empty(place)
    for _ in range(KILLS_EACH):
        process = start(place)
        time.sleep(random.random() * seconds)
        name = random.choice(list(KILLS))
        kills.append(f"{name}: {KILLS[name](place.dsn, process, random)}")
        process.join(60)
        assert not process.is_alive(), f"{name} left a process that hangs"
        wait_for_the_server(place.dsn)
    collect(place)
    assert differences(_ledger(found(place)), _ledger(first)) == {}, kills
    collect(place, days=1)
    assert differences(_ledger(found(place)), _ledger(second)) == {}, kills


def _ledger(content: Content) -> Content:
    """Without the answers that need not be sent again: when each was remembered depends on how often was asked."""
    return {name: rows for name, rows in content.items() if name != "raw.source_answers"}


def test_what_is_killed_has_something_of_everything(
    place: Place, undisturbed: tuple[Content, Content, float]
) -> None:
    first, second, _ = undisturbed
    assert len(first["raw.submissions"]) == len(second["raw.submissions"]) == FILES + ITEMS - 1
    assert [len(first[f"raw.{name}"]) for name in ("source_cursors", "source_deletions")] == [1, 1]
    assert len(second["raw.nights"]) == 2
    assert len(first["the landing"]) == FILES + ITEMS - 1
