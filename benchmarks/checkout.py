"""What a developer waits for: DAG files, checks, tests, and the demo on a machine that has nothing yet."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from kpi_reporting.settings import get_settings

_LOAD = """
import runpy, sys, time
sys.path.insert(0, 'dags')
import airflow.sdk, airflow.providers.standard.operators.hitl, airflow.providers.standard.operators.trigger_dagrun
began = time.perf_counter()
runpy.run_path(sys.argv[1])
print(time.perf_counter() - began)
"""


def dag_figures() -> Iterator[Figure]:
    """Load each DAG file in a process that has Airflow loaded, as the dag processor does."""
    project = get_settings().project_dir
    for path in sorted((project / "dags").glob("*.py")):
        loaded = subprocess.run(
            [sys.executable, "-c", _LOAD, str(path)],
            cwd=project,
            env={**os.environ, "AIRFLOW_HOME": tempfile.gettempdir()},
            capture_output=True,
            text=True,
            check=True,
        )
        seconds = float(loaded.stdout.splitlines()[-1])
        yield Figure(f"load dags/{path.name}", seconds, 1, "s", "Airflow itself loaded before")


def make_figures(*targets: tuple[str, float]) -> Iterator[Figure]:
    """Run make targets of this checkout, each with its limit in seconds."""
    project = get_settings().project_dir
    for target, limit in targets:
        yield Figure(
            f"make {target}", _make(project, target, dict(os.environ)), limit, "s", "packages installed"
        )


def from_nothing_figures() -> Iterator[Figure]:
    """Clone the last commit and run the demo with empty package caches."""
    project = get_settings().project_dir
    with tempfile.TemporaryDirectory(prefix="kpi-benchmark-") as scratch:
        clone, home = Path(scratch) / "clone", Path(scratch) / "home"
        Path(scratch).chmod(0o755)
        subprocess.run(["git", "clone", "--quiet", str(project), str(clone)], check=True)
        bare = {"KPI_HOME": str(home), "UV_CACHE_DIR": f"{scratch}/uv", "PIP_NO_CACHE_DIR": "1"}
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("KPI_", "VIRTUAL_ENV"))
        }
        seconds = _make(clone, "demo", {**inherited, **bare})
    yield Figure("make demo, from nothing", seconds, 300, "s", "a new clone, downloads included")


def _make(folder: Path, target: str, environment: dict[str, str]) -> float:
    began = time.monotonic()
    done = subprocess.run(
        ["make", target], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"make {target} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return time.monotonic() - began
