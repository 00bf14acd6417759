"""A night in a process of its own, and three ways to kill it on the way."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from kpi_reporting.errors import WarehouseError
from kpi_reporting.warehouse import connect
from tests.golden.chain import run_night, settings_for

STEPS = ("collect", "read", "stage", "check_at_door", "compute", "check_at_exit", "publish")
_PRELOADED = ["dbt.cli.main", "great_expectations", "kpi_reporting.night", "tests.golden.chain"]
_SESSIONS = """
select pid from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
order by state = 'active' desc, pid
"""
_TERMINATE = "select pg_terminate_backend(%s)"
_LONGEST_SECONDS = 300
_STDERR = 2


@dataclass(frozen=True)
class Place:
    """Where a night runs: the address of its warehouse, its home, its registry, its inbox, and the night itself."""

    dsn: str
    home: Path
    registry: Path
    inbox: Path
    as_of: str


def measure(place: Place) -> dict[str, float]:
    """Run an undisturbed night; return how many seconds each step took."""
    began: dict[str, float] = {}
    process, told = _start(place)
    while (step := _next(told)) is not None:
        began[step] = time.monotonic()
    ended = time.monotonic()
    process.join(_LONGEST_SECONDS)
    log = (place.home / "night.log").read_text("utf-8")
    assert process.exitcode == 0, f"the night ended with {process.exitcode}: {log[-2000:]}"
    instants = [*began.values(), ended]
    return {step: instants[n + 1] - instants[n] for n, step in enumerate(began)}


def run_killed(place: Place, random: Random, seconds: dict[str, float], steps: Sequence[str] = STEPS) -> str:
    """Run the night and kill it at a random point of a random step; return what was done, as text."""
    step, kill = random.choice(steps), random.choice(list(KILLS))
    delay = random.random() * seconds[step]
    (place.home / "night.log").unlink(missing_ok=True)
    process, told = _start(place)
    while (reached := _next(told)) not in (step, None):
        pass
    time.sleep(delay)
    done = KILLS[kill](place.dsn, process, random)
    process.join(_LONGEST_SECONDS)
    assert not process.is_alive(), f"{kill} in {step} left a night that hangs"
    wait_for_the_server(place.dsn)
    ended = f"{done}, exit code {process.exitcode}{_said(place)}"
    return f"{kill} {delay:.2f} s into {reached or 'the end'} ({seconds[step]:.2f} s undisturbed): {ended}"


def _said(place: Place) -> str:
    log = place.home / "night.log"
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    return f", {lines[-1][:300]}" if lines else ""


def _start(place: Place) -> tuple[Any, Connection]:
    # Forked from a process that has the libraries loaded: their seconds are not what is killed.
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=_night, args=(place, tell))
    process.start()
    tell.close()
    return process, told


def _night(place: Place, tell: Connection) -> None:
    # A killed night says so in a long traceback.
    log = os.open(place.home / "night.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, _STDERR)
    run_night(settings_for(place.dsn, place.home), place.registry, place.inbox, place.as_of, tell=tell.send)


def _next(told: Connection) -> str | None:
    try:
        return str(told.recv())
    except EOFError:
        return None


def _kill_worker(_: str, process: Any, __: Random) -> str:
    process.kill()
    return "killed"


def _kill_session(dsn: str, process: Any, random: Random) -> str:
    return _with_a_session(dsn, process, random, lambda _, pid: os.kill(pid, signal.SIGKILL))


def _end_session(dsn: str, process: Any, random: Random) -> str:
    return _with_a_session(dsn, process, random, lambda conn, pid: conn.execute(_TERMINATE, (pid,)))


def _with_a_session(
    dsn: str, process: Any, random: Random, end: Callable[[psycopg.Connection, int], object]
) -> str:
    """End one of the night's sessions as soon as there is one; it, and the night, may be over before."""
    with connect(dsn) as conn:
        conn.autocommit = True
        while process.is_alive():
            if pids := [pid for (pid,) in conn.execute(_SESSIONS).fetchall()]:
                with suppress(ProcessLookupError):
                    end(conn, random.choice(pids))
                    return f"one of {len(pids)} sessions"
    return "too late"


KILLS: dict[str, Callable[[str, Any, Random], str]] = {
    "SIGKILL of the worker": _kill_worker,
    "SIGKILL of a session": _kill_session,
    "pg_terminate_backend": _end_session,
}


def wait_for_the_server(dsn: str) -> None:
    """After the kill of a session the server recovers by itself; a query of a killed worker may still run."""
    again = Retrying(
        retry=retry_if_exception_type(WarehouseError), stop=stop_after_delay(60), wait=wait_fixed(0.1)
    )
    again(lambda: connect(dsn).close())
