"""The demo and its night: seconds and memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg

from benchmarks.figures import Figure
from benchmarks.memory import Peak, sampled
from kpi_reporting.runtime import airflow
from kpi_reporting.runtime.warehouse import running_server
from kpi_reporting.settings import OWNER_ROLE, Settings, get_settings

_NIGHTS = """
select extract(epoch from max(end_date) - min(start_date)) from dag_run
where run_id like 'night\\_\\_%' group by run_id order by min(start_date)
"""


def demo_figures() -> Iterator[Figure]:
    """Run the demo twice in a home of its own: the second night brings nothing new."""
    with own_home() as settings:
        seconds, peak = run_demo(settings)
        yield Figure(
            "make demo, packages installed", seconds, 180, "s", "a new home folder: database, metadata, night"
        )
        yield Figure(
            "memory, all processes together", peak.together / 1024, 3, "GB", "peak of PSS during the demo"
        )
        yield Figure("memory, any one task", peak.largest_task, 700, "MB", "peak of PSS below the scheduler")
        again, _ = run_demo(settings)
        first, second = _nights(settings)
        yield Figure(
            "the night alone",
            first,
            75,
            "s",
            "start of the first DAG run to the end of the last, 181 senders",
        )
        yield Figure("a night that brings nothing new", second, 25, "s", "the same night again")
        yield Figure("make demo again", again, 180, "s", "the same home folder")


@contextmanager
def own_home() -> Iterator[Settings]:
    """Settings with a home folder of their own, which is removed after the block."""
    home = Path(tempfile.mkdtemp(prefix="kpi-benchmark-"))
    home.chmod(0o755)  # the account of the embedded server passes through it
    settings = get_settings()
    try:
        yield replace(settings, home=home, landing=f"file://{home}/landing")
    finally:
        shutil.rmtree(home)


def run_demo(settings: Settings) -> tuple[float, Peak]:
    """Run the demo; return its seconds and how much memory everything took."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as output:
        demo = subprocess.Popen(
            [sys.executable, "-m", "sandbox.demo"],
            cwd=settings.project_dir,
            env={**os.environ, **settings.variables()},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        with sampled(settings.home, psutil.Process(demo.pid)) as peak:
            code = demo.wait()
        output.seek(0)
        if code != 0:
            raise SystemExit(f"The demo failed:\n{output.read().decode()}")
    return time.monotonic() - began, peak


def _nights(settings: Settings) -> list[float]:
    """Seconds of each night, oldest first, as Airflow's metadata have them."""
    with metadata(settings) as conn:
        return [float(seconds) for (seconds,) in conn.execute(_NIGHTS).fetchall()]


@contextmanager
def metadata(settings: Settings) -> Iterator[psycopg.Connection]:
    """A connection to Airflow's metadata of a home folder whose services have stopped."""
    dsn = settings.dsn_of(airflow.METADATA, airflow.METADATA if settings.dsn is None else OWNER_ROLE)
    with running_server(settings), psycopg.connect(dsn) as conn:
        yield conn
