"""A night that is killed anywhere and run again leaves what a night leaves that nobody disturbed, cell for cell.

Killed are the worker process and sessions of the database, the latter also with SIGKILL, which makes the server go
through recovery. Where and how is drawn from the seed in the test's name; KPI_KILLED_NIGHTS says how many nights are
killed, each of them KPI_KILLS times before it may run to its end, and KPI_KILL_SEED from which seed on.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

import pytest
from psycopg import sql

from kpi_reporting.warehouse import connect
from tests.integration.kills.everything import Content, differences, everything
from tests.integration.kills.killing import Place, measure, run_killed
from tests.integration.kills.province import NIGHTS, lay_out, prepare

KILLED_NIGHTS = int(os.environ.get("KPI_KILLED_NIGHTS", "3"))
KILLS = int(os.environ.get("KPI_KILLS", "2"))
_COPY = "kpi_killed"
_SEED = int(os.environ.get("KPI_KILL_SEED", "1"))


# A night that hangs ends its own test; many kills take long.
pytestmark = pytest.mark.timeout(600 * (KILLS + 1))


@dataclass(frozen=True)
class Undisturbed:
    """A night nobody disturbed: the database as it was before, what was there after, and how long each step took."""

    before: str
    place: Place
    after: Content
    seconds: dict[str, float]


@pytest.fixture(scope="module")
def administrator(settings: object, warehouse_dsn: str) -> Iterator[str]:
    """Address of the server's own database; what was copied is dropped at the end."""
    address = warehouse_dsn.rpartition("/")[0] + "/postgres"
    yield address
    for name in (*NIGHTS, _COPY):
        _do(address, "drop database if exists {} with (force)", name if name == _COPY else _before(name))


@pytest.fixture(scope="module")
def undisturbed(
    administrator: str, warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Undisturbed]:
    """All nights one after the other, and the warehouse as it was before each."""
    place = tmp_path_factory.mktemp("kills")
    registry = lay_out(place)
    (place / "home").mkdir()
    nights = {}
    for name, as_of in NIGHTS.items():
        with connect(warehouse_dsn) as conn:
            prepare(conn, registry, place / "inbox", name)
        _copy(administrator, warehouse_dsn.rpartition("/")[2], _before(name))
        kept = shutil.copytree(registry.parent, place / name, ignore=shutil.ignore_patterns(*NIGHTS, "home"))
        at = Place(warehouse_dsn, place / "home", kept / "registry", kept / "inbox", as_of)
        seconds = measure(at)
        with connect(warehouse_dsn) as conn:
            nights[name] = Undisturbed(_before(name), at, everything(conn), seconds)
    return nights


@pytest.mark.parametrize("seed", range(_SEED, _SEED + KILLED_NIGHTS), ids="seed_{}".format)
def test_a_killed_night_ends_as_if_nobody_had_disturbed_it(
    undisturbed: dict[str, Undisturbed], administrator: str, seed: int
) -> None:
    random = Random(seed)
    night = undisturbed[list(NIGHTS)[seed % len(NIGHTS)]]
    place = _place(administrator, night, night.before)
    kills: list[str] = []
    while len(kills) < KILLS and not _is_published(place):
        kills.append(_told(run_killed(place, random, night.seconds)))
    was_published = _is_published(place)
    found = _after(place)
    # What was published before the last run left it nothing to compute, as when a night is run twice.
    wanted = _run_twice(_place(administrator, night, night.before)) if was_published else night.after
    assert differences(found, wanted) == {}, kills


def test_a_registry_that_is_given_up_after_a_kill_leaves_no_trace(
    undisturbed: dict[str, Undisturbed], administrator: str
) -> None:
    """It was loaded in part when the night was killed; the one before is put back, and the night is run again."""
    night, other = undisturbed["changes"], undisturbed["new_registry"]
    place = _place(administrator, night, other.before)
    half = replace(place, registry=other.place.registry)
    kill = _told(run_killed(half, Random(_SEED), other.seconds, ["stage", "compute"]))
    assert differences(_lasting(_after(place)), _lasting(night.after)) == {}, kill


def test_the_nights_that_are_killed_have_something_of_everything(undisturbed: dict[str, Undisturbed]) -> None:
    states = {row for night in undisturbed.values() for row in night.after["raw.submission_states"]}
    for state in ("accepted", "superseded", "withdrawn", "rejected", "held", "duplicate", "refused"):
        assert any(f'"state": "{state}"' in row for row in states), state
    assert [len(night.after["reporting.publications"]) for night in undisturbed.values()] == [1, 2, 3]
    assert min(len(night.after["quality.check_runs"]) for night in undisturbed.values()) > 5


def _place(administrator: str, night: Undisturbed, database: str) -> Place:
    """Copy a database for a night of its own."""
    _copy(administrator, database, _COPY)
    return replace(night.place, dsn=f"{administrator.rpartition('/')[0]}/{_COPY}")


def _after(place: Place) -> Content:
    measure(place)
    with connect(place.dsn) as conn:
        return everything(conn)


def _lasting(content: Content) -> Content:
    """Without what says how a night computed: this one has to compute everything, to end with what was there."""
    working = (
        "intermediate.", "staging.stg_new_submissions", "staging.stg_waiting_submissions",
        "marts.mart_exit_candidates", "the last computation",
    )  # fmt: skip
    return {name: rows for name, rows in content.items() if not name.startswith(working)}


def _run_twice(place: Place) -> Content:
    measure(place)
    return _after(place)


def _is_published(place: Place) -> bool:
    query = "select exists (select from reporting.publications where night_id = %s)"
    with connect(place.dsn) as conn:
        return conn.execute(query, (place.as_of,)).fetchone() == (True,)


def _told(kill: str) -> str:
    print(kill, flush=True)  # noqa: T201
    return kill


def _before(name: str) -> str:
    return f"kpi_before_{name}"


def _copy(administrator: str, database: str, copy: str) -> None:
    _do(administrator, "drop database if exists {} with (force)", copy)
    _do(administrator, "create database {} template {}", copy, database)
    # A copied sequence writes its next numbers ahead only after a checkpoint: recovery would give them twice.
    _do(administrator, "checkpoint")


def _do(administrator: str, statement: str, *names: str) -> None:
    with connect(administrator) as conn:
        conn.autocommit = True
        conn.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
