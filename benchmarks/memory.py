"""Memory of everything that runs for one home folder, sampled while something runs."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from kpi_reporting.runtime.state import Places, read_state

_INTERVAL_SECONDS = 0.5
_STEP_INTERVAL_SECONDS = 0.05
_MEGABYTE = 1024 * 1024
_SESSION = re.compile(r"postgres: (?:parallel worker for PID (?P<leader>\d+)|.* 127\.0\.0\.1\()")
_GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


@dataclass
class Peak:
    """Highest values seen, in megabytes of proportional set size (shared pages are divided among their users).

    A task is whatever runs below Airflow's scheduler.
    """

    together: float = 0.0
    largest_task: float = 0.0


@dataclass
class StepPeak:
    """Highest values seen during a step, in megabytes: of it with its children, and of its largest database session.

    A session's memory, its parallel workers included, is what it has for itself; the buffers all sessions share are
    left out. How many sessions work at one instant depends on the moment, and so does when the server vacuums.
    """

    step: float = 0.0
    session: float = 0.0


@contextmanager
def sampled(home: Path, command: psutil.Process) -> Iterator[Peak]:
    """Sample a command, the services it started and its database server until the block ends."""
    peak = Peak()
    with _watching(_INTERVAL_SECONDS, partial(_look, home, command, peak)):
        yield peak


@contextmanager
def sampled_step(home: Path, step: psutil.Process) -> Iterator[StepPeak]:
    """Sample a process with its children, and the sessions of its database server, until the block ends."""
    peak, server = StepPeak(), _postmaster(home)
    with _watching(_STEP_INTERVAL_SECONDS, partial(_look_at_step, step, server, peak)):
        yield peak


@contextmanager
def _watching(interval: float, look: Callable[[], None]) -> Iterator[None]:
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(interval):
            look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _look(home: Path, command: psutil.Process, peak: Peak) -> None:
    keeper = _processes(read_state(Places(home)).pid)
    scheduler = next((one.pid for one in keeper if "scheduler" in _command(one)), None)
    everything = {*_processes(command.pid), *keeper, *_processes(_postmaster(home))}
    peak.together = max(peak.together, sum(map(_megabytes, everything)))
    tasks = (_megabytes(one) for one in _processes(scheduler) if one.pid != scheduler)
    peak.largest_task = max([peak.largest_task, *tasks])


def _look_at_step(step: psutil.Process, server: int | None, peak: StepPeak) -> None:
    peak.step = max(peak.step, sum(map(_resident, _processes(step.pid))))
    sessions: dict[str, float] = defaultdict(float)
    for process in _processes(server):
        if session := _SESSION.match(_command(process)):
            sessions[session["leader"] or str(process.pid)] += _private(process)
    peak.session = max([peak.session, *sessions.values()])


def _processes(pid: int | None) -> set[psutil.Process]:
    """A process and all below it."""
    with suppress(*_GONE):
        if pid:
            process = psutil.Process(pid)
            return {process, *process.children(recursive=True)}
    return set()


def _postmaster(home: Path) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        return int((home / "postgres/data/postmaster.pid").read_text().splitlines()[0])
    return None


def _command(process: psutil.Process) -> str:
    with suppress(*_GONE):
        return " ".join(process.cmdline())
    return ""


def _megabytes(process: psutil.Process) -> float:
    with suppress(*_GONE):
        return float(process.memory_full_info().pss) / _MEGABYTE
    return 0.0


def _resident(process: psutil.Process) -> float:
    with suppress(*_GONE):
        return float(process.memory_info().rss) / _MEGABYTE
    return 0.0


def _private(process: psutil.Process) -> float:
    """Anonymous resident memory; PostgreSQL's shared buffers are counted apart from it by the kernel."""
    with suppress(OSError):
        for line in Path(f"/proc/{process.pid}/status").read_text("ascii", "replace").splitlines():
            if line.startswith("RssAnon:"):
                return float(line.split()[1]) / 1024
    return 0.0
