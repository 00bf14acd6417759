"""From the first byte to accepted observations: the first half of a night, and what its tools take for themselves.

The time is that of the demo's night, everything new, as Airflow ran it. The same steps are then run one after the other
in this process over an equal province: what they take less is Airflow's own. Of dbt's and Great Expectations' time that
part is their own in which no statement of theirs runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from unittest import mock

from dbt.cli.main import dbtRunner
from sqlalchemy import Engine, event

from benchmarks.figures import Figure
from benchmarks.nights import metadata, own_home, run_demo
from kpi_reporting import night
from kpi_reporting.checks import door, gx
from kpi_reporting.collect import AnyEndpoint
from kpi_reporting.periods import ZONE
from kpi_reporting.registry import load_registry
from kpi_reporting.runtime.warehouse import running_warehouse
from kpi_reporting.settings import Settings
from kpi_reporting.warehouse import connect
from sandbox import NIGHT, SEED
from sandbox.province import make_province
from sandbox.servers import servers

_THROUGH_AIRFLOW = """
select extract(epoch from max(t.end_date) filter (where t.task_id = 'check_at_door') - min(r.start_date))
from dag_run as r
inner join task_instance as t using (dag_id, run_id)
"""
_FILED = """
select count(*), count(distinct sender_code), (select count(*) from staging.stg_observations)
from raw.readings
"""


@dataclass
class Own:
    """Seconds by the clock, and those of them in which the database worked for a tool."""

    wall: float = 0.0
    queries: list[tuple[float, float]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """What is left when no statement runs; statements side by side count once."""
        busy, until = 0.0, 0.0
        for began, ended in sorted(self.queries):
            busy += max(0.0, ended - max(began, until))
            until = max(until, ended)
        return self.wall - busy


@dataclass
class Steps:
    """The steps in one process: seconds together, and of them those of dbt and Great Expectations alone."""

    together: float
    dbt: Own
    checks: Own
    told: str


def intake_figures() -> Iterator[Figure]:
    """Measure the first half of the demo's night and say whose time it is."""
    with own_home() as settings:
        run_demo(settings)
        with metadata(settings) as conn:
            ((seconds,),) = conn.execute(_THROUGH_AIRFLOW).fetchall()
    with own_home() as settings:
        steps = _in_this_process(settings)
    yield Figure("from the first byte to accepted observations", float(seconds), 75, "s", steps.told)
    shares = {
        "Airflow": float(seconds) - steps.together,
        "dbt": steps.dbt.seconds,
        "Great Expectations": steps.checks.seconds,
    }
    for name, own in shares.items():
        yield Figure(f"of it {name}'s own", 100 * own / float(seconds), 100, "%", f"{own:.1f} s")


def _in_this_process(settings: Settings) -> Steps:
    registry = load_registry(settings.registry_dir)
    province = make_province(settings.home / "sandbox" / "inbox", _instant(), SEED, registry=registry)
    given = {"registry": str(registry.folder), "inbox": str(province.folder), "as_of": NIGHT}
    with (
        running_warehouse(settings, registry.code) as dsn,
        servers(registry, province) as answering,
        mock.patch.object(night, "get_settings", return_value=settings),
        _dbt_watched() as dbt,
        _checks_watched() as checks,
    ):
        began = time.monotonic()
        _steps(given, answering.endpoints.__getitem__)
        together = time.monotonic() - began
        with connect(dsn) as conn:
            ((files, senders, observations),) = conn.execute(_FILED.encode()).fetchall()
    return Steps(
        together, dbt, checks, f"{senders} senders, {files} files, {observations:,} observations staged"
    )


def _steps(given: dict[str, Any], endpoint_of: Callable[[str], AnyEndpoint | None]) -> None:
    opened = night.open_night(given, _instant())
    conf = opened["conf"]
    for batch in opened["batches"]:
        for failure in night.collect(conf, batch, endpoint_of):
            with suppress(Exception):  # the silent sender of the sandbox is meant to fail
                night.collect_again(conf, failure, endpoint_of, at_once=True)
    night.read(conf)
    night.stage(conf)
    night.check_at_door(conf)


@contextmanager
def _dbt_watched() -> Iterator[Own]:
    """dbt tells how long each statement took when it has ended."""
    own = Own()

    def notice(message: Any) -> None:
        if message.info.name == "SQLQueryStatus":
            now = time.monotonic()
            own.queries.append((now - message.data.elapsed, now))

    class Watched(dbtRunner):
        def invoke(self, args: list[str], **kwargs: Any) -> Any:
            with _timed(own):
                return super().invoke(args, **kwargs)

    with mock.patch("dbt.cli.main.dbtRunner", partial(Watched, callbacks=[notice])):
        yield own


@contextmanager
def _checks_watched() -> Iterator[Own]:
    own, began = Own(), [0.0]

    def start(*_: Any) -> None:
        began[0] = time.monotonic()

    def end(*_: Any) -> None:
        own.queries.append((began[0], time.monotonic()))

    def timed(*args: Any) -> Any:
        with _timed(own):
            return gx.run_rules(*args)

    event.listen(Engine, "before_cursor_execute", start)
    event.listen(Engine, "after_cursor_execute", end)
    try:
        with mock.patch.object(door, "run_rules", timed):
            yield own
    finally:
        event.remove(Engine, "before_cursor_execute", start)
        event.remove(Engine, "after_cursor_execute", end)


@contextmanager
def _timed(own: Own) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    finally:
        own.wall += time.monotonic() - began


def _instant() -> datetime:
    return datetime.fromisoformat(NIGHT).astimezone(ZONE)
