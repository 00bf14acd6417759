"""What a change costs on little and on much history, and a full rebuild beside SQL written by hand."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree

import psycopg

from benchmarks.figures import Figure
from benchmarks.history import AS_OF, Size, file_again, file_everything, write_registry
from kpi_reporting import transform
from kpi_reporting.publish import publish
from kpi_reporting.publish.scope import mark_published, newest_computation
from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.runtime.warehouse import running_warehouse
from kpi_reporting.settings import Settings, get_settings
from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.nights import Night

CHANGED_VALUES = 10_000
_VALUES_PER_FILING = 10
_REPEATS = 3
_Step = Callable[[psycopg.Connection, Night], None]
_Publication = Callable[[psycopg.Connection, Night, Registry], object]
_BARE = Path(__file__).parent / "bare.sql"


@dataclass(frozen=True)
class Seconds:
    """Seconds by the clock of a night's computation and of its publication."""

    computation: float
    publication: float

    @property
    def night(self) -> float:
        """Seconds of both."""
        return self.computation + self.publication


@dataclass
class Bench:
    """A warehouse with a history, and the nights that go on from it."""

    settings: Settings
    registry: Registry
    size: Size
    dsn: str
    nights: int = 0

    def full(self) -> float:
        """Compute and publish everything; return the seconds of the computation."""
        return self._night(_nothing, publish).computation

    def history(self) -> float:
        """Compute everything and take it for published; return the seconds of the computation.

        Written out, the publication of twenty million observations takes 90 GB, and says nothing of a change.
        """
        seconds = self._night(_nothing, _take_for_published).computation
        with psycopg.connect(self.dsn, autocommit=True) as conn:
            # One that grew night by night was vacuumed on the way; one filled at once would be while it is timed.
            conn.execute("vacuum (analyze)")
        return seconds

    def changed(self, *, latest: bool) -> Seconds:
        """Change ten thousand values some times and return the medians."""
        filings = CHANGED_VALUES // _VALUES_PER_FILING
        found = [
            self._night(
                lambda conn, night: file_again(conn, self.size, night.night_id, filings, latest=latest),
                publish,
            )
            for _ in range(_REPEATS)
        ]
        return Seconds(
            *(sorted(column)[len(found) // 2] for column in zip(*map(astuple, found), strict=True))
        )

    def _night(self, prepare: _Step, publication: _Publication) -> Seconds:
        as_of = datetime.fromisoformat(AS_OF) + timedelta(hours=self.nights)
        self.nights += 1
        night = Night(as_of, self.registry.folder, self.settings.inbox)
        with connect(self.dsn) as conn:
            prepare(conn, night)
            began = time.monotonic()
            transform.compute(conn, self.settings, self.registry, night)
            computed = time.monotonic()
            publication(conn, night, self.registry)
            taken = Seconds(computed - began, time.monotonic() - computed)
        sys.stderr.write(f"{self.size.observations:,} observations, {night.night_id}: {taken}\n")
        return taken


def _nothing(conn: psycopg.Connection, night: Night) -> None:
    """What is computed first is new anyway."""


def _take_for_published(conn: psycopg.Connection, night: Night, registry: Registry) -> None:
    with conn.transaction():
        mark_published(conn, newest_computation(conn, night))


def history_figures() -> Iterator[Figure]:
    """Compare a change on twenty million observations with the same change on one million."""
    big = Size(months=int(os.environ.get("KPI_BENCH_MONTHS", "120")))
    # A whole year, so that the windows of a year have as many parts.
    small = replace(big, units=big.units // 2, months=12)
    with bench(small) as one:
        one.history()
        few = {latest: one.changed(latest=latest) for latest in (True, False)}
    with bench(big) as one:
        full = one.history()
        many = {latest: one.changed(latest=latest) for latest in (True, False)}
        bare = _bare_seconds(one.dsn)
    sizes = f"{big.observations:,} against {small.observations:,} observations"
    for latest, limit, what in ((True, 1.2, "of the latest month"), (False, 2.5, "of all months")):
        much, little = many[latest], few[latest]
        how = (
            f"{sizes}; computation {much.computation:.1f} s against {little.computation:.1f} s, "
            f"publication {much.publication:.1f} s against {little.publication:.1f} s"
        )
        yield Figure(f"{CHANGED_VALUES:,} values {what}", much.night / little.night, limit, "×", how)
    yield Figure(
        "full rebuild beside bare SQL", full / bare, 1.5, "×",
        f"{big.observations:,} observations, {full:.0f} s against {bare:.0f} s, {big.observations / full:,.0f} rows/s",
    )  # fmt: skip


def _bare_seconds(dsn: str) -> float:
    with psycopg.connect(dsn, autocommit=True) as conn:
        # Both at once need more room than twenty million observations leave on most machines.
        conn.execute("drop schema marts cascade")
        began = time.monotonic()
        conn.execute(_BARE.read_bytes())
        return time.monotonic() - began


@contextmanager
def bench(size: Size) -> Iterator[Bench]:
    """Have a warehouse with a history of a size, staged and not yet computed."""
    place = Path(tempfile.mkdtemp(prefix="kpi-benchmark-", dir=os.environ.get("KPI_BENCH_DIR")))
    place.chmod(0o755)
    settings = replace(
        get_settings(), home=place, inbox=place / "inbox", landing=f"file://{place}/landing", dsn=None
    )
    template = settings.project_dir / "tests/golden/registry"
    try:
        write_registry(place / "registry", template, size)
        registry = load_registry(place / "registry")
        with running_warehouse(settings, registry.code) as dsn:
            _fill(settings, registry, dsn, size)
            yield Bench(settings, registry, size, dsn)
    finally:
        rmtree(place)


def _fill(settings: Settings, registry: Registry, dsn: str, size: Size) -> None:
    with connect(dsn) as conn:
        night = Night(datetime.fromisoformat(AS_OF), registry.folder, settings.inbox)
        conn.execute(
            "insert into raw.nights (night_id, registry_code, registry_sha256, as_of, inbox) "
            "values (%s, %s, '', %s, '')",
            (night.night_id, registry.code, night.as_of),
        )
        conn.execute("insert into raw.current_night (night_id) values (%s)", (night.night_id,))
        conn.commit()
        transform.load_seeds(settings, registry)
        transform.stage(settings, registry.code, everything=True)
        file_everything(conn, size)
        conn.execute("analyze")
        conn.commit()
