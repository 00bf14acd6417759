"""The memory of each step of a night, with little and with much history behind the same change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import psutil

from benchmarks.figures import Figure
from benchmarks.history import AS_OF, FORMS, Size
from benchmarks.memory import StepPeak, sampled_step
from benchmarks.sent import send_again, write_rules
from benchmarks.warehouse import Bench, bench
from kpi_reporting import transform
from kpi_reporting.warehouse import connect

STEPS = ("stage", "check_at_door", "compute", "check_at_exit", "publish")
_TIMES = 10
_LIMIT = 1.15
_NIGHTS = 4
_STEP = "import json, sys; from kpi_reporting import night; print(getattr(night, sys.argv[1])(json.loads(sys.argv[2])))"


def memory_figures() -> Iterator[Figure]:
    """Run the same night behind a history and one ten times as long; compare the peak of each step."""
    little = Size(
        units=int(os.environ.get("KPI_BENCH_UNITS", "167")),
        months=int(os.environ.get("KPI_BENCH_MONTHS", "12")),
    )
    much = replace(little, months=little.months * _TIMES)
    few, many = _peaks(little), _peaks(much)
    sizes = f"{much.observations:,} against {little.observations:,} observations"
    for step in STEPS:
        for what, small, big in (
            ("the step's processes", few[step].step, many[step].step),
            ("the largest database session", few[step].session, many[step].session),
        ):
            how = f"{sizes}; {big:.0f} MB against {small:.0f} MB"
            yield Figure(f"memory of {step}, {what}", big / small, _LIMIT, "×", how)


def _peaks(size: Size) -> dict[str, StepPeak]:
    """Largest peaks of some nights that each change all filings of the latest month."""
    highest = {step: StepPeak() for step in STEPS}
    with bench(size) as one:
        sys.stderr.write(f"computing and publishing everything from {size.observations:,} observations\n")
        write_rules(one.registry.folder.parent / "expectations", one.settings.project_dir)
        with connect(one.dsn) as conn:
            one.full()
            transform.remember_load(conn, one.settings, one.registry)
        for number in range(1, _NIGHTS + 1):
            for step, peak in _night(one, number).items():
                highest[step].step = max(highest[step].step, peak.step)
                highest[step].session = max(highest[step].session, peak.session)
    return highest


def _night(bench: Bench, number: int) -> dict[str, StepPeak]:
    as_of = (datetime.fromisoformat(AS_OF) + timedelta(days=number)).isoformat()
    with connect(bench.dsn) as conn:
        send_again(conn, bench.size, as_of, bench.size.units * FORMS)
    conf = {"registry": str(bench.registry.folder), "inbox": str(bench.settings.inbox), "as_of": as_of}
    return {step: _run(bench, step, conf) for step in STEPS}


def _run(bench: Bench, step: str, conf: dict[str, str]) -> StepPeak:
    process = subprocess.Popen(
        [sys.executable, "-c", _STEP, step, json.dumps(conf)],
        env={**os.environ, **bench.settings.variables()},
        stdout=subprocess.PIPE,
        text=True,
    )
    with sampled_step(bench.settings.home, psutil.Process(process.pid)) as peak:
        told, _ = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"{step} failed")
    sys.stderr.write(
        f"  {step}: {peak.step:.0f} MB, largest session {peak.session:.0f} MB: {told[:160].strip()}\n"
    )
    return peak


__all__ = ["memory_figures"]
