"""Memory of everything that runs for one home folder, sampled while something runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from kpi_reporting.runtime.state import Places, read_state

_INTERVAL_SECONDS = 0.5
_MEGABYTE = 1024 * 1024
_GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


@dataclass
class Peak:
    """Highest values seen, in megabytes of proportional set size (shared pages are divided among their users).

    A task is whatever runs below Airflow's scheduler.
    """

    together: float = 0.0
    largest_task: float = 0.0


@contextmanager
def sampled(home: Path, command: psutil.Process) -> Iterator[Peak]:
    """Sample a command, the services it started and its database server until the block ends."""
    peak, ended = Peak(), threading.Event()
    thread = threading.Thread(target=_watch, args=(home, command, peak, ended), daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def _watch(home: Path, command: psutil.Process, peak: Peak, ended: threading.Event) -> None:
    while not ended.wait(_INTERVAL_SECONDS):
        keeper = _processes(read_state(Places(home)).pid)
        scheduler = next((one.pid for one in keeper if "scheduler" in _command(one)), None)
        everything = {*_processes(command.pid), *keeper, *_processes(_postmaster(home))}
        peak.together = max(peak.together, sum(map(_megabytes, everything)))
        tasks = (_megabytes(one) for one in _processes(scheduler) if one.pid != scheduler)
        peak.largest_task = max([peak.largest_task, *tasks])


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
