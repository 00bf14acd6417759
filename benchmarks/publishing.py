"""What readers notice of a publication: how long they wait, and that they see nothing half done."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg

from benchmarks.copies import copy_communes
from benchmarks.figures import Figure
from benchmarks.history import Size
from benchmarks.lock_waits import lock_waits, log_lock_waits, make_one_wait
from benchmarks.questions import Question, questions_about
from benchmarks.readers import reading
from benchmarks.revisions import choose_figures, revise
from benchmarks.schedule import Answer, Window, due_within, percentile
from benchmarks.warehouse import Bench, bench
from kpi_reporting.publish import publish
from kpi_reporting.warehouse import connect

CHANGED_ROWS = 10_000
# Communes and months that are computed, and how often each is published: two million figures together.
_COMPUTED, _COPIES = Size(units=166, months=14), 20
_READERS = 4
_INTERVAL_SECONDS = 0.05
_SETTLED_SECONDS = 3.0
_SHORTEST_TRIAL_MS = 30.0

_PRIVILEGES = """
select 'relation', c.oid::regclass::text, c.relacl::text, pg_get_viewdef(c.oid)
from pg_class as c where c.relnamespace in (select n.oid from pg_namespace as n where n.nspname like 'reporting%')
    and c.relkind in ('r', 'v', 'm')
union all
select 'column', a.attrelid::regclass::text || '.' || a.attname, a.attacl::text, null
from pg_attribute as a where a.attacl is not null
union all
select 'schema', n.nspname, n.nspacl::text, null from pg_namespace as n where n.nspname not like 'pg_temp%'
union all
select 'function', p.oid::regprocedure::text, p.proacl::text, pg_get_functiondef(p.oid)
from pg_proc as p where p.pronamespace = 'reporting'::regnamespace
"""

_HOLD = """
set transaction isolation level repeatable read read only;
select count(*) from reporting.kpi_values where unit_id in (select unit_id from reporting.units limit 1);
select count(*) from reporting.kpi_value_issues where publication_id < 0;
select count(*) from reporting.publications
"""


@dataclass
class Observed:
    """What readers saw: windows in which nothing or a publication went on, their answers, and waits for locks."""

    quiet: list[Window] = field(default_factory=list)
    published: list[Window] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def waited(self, windows: Sequence[Window]) -> list[float]:
        """Milliseconds of each answer that was due in the windows."""
        return [one.milliseconds for one in due_within(self.answers, windows)]

    def faults(self) -> Counter[str]:
        """Number of answers by what was wrong with them."""
        return Counter(one.fault.partition(":")[0] for one in self.answers if one.fault)


@dataclass
class Stage:
    """A warehouse with published figures, and what readers ask of it."""

    bench: Bench
    conn: psycopg.Connection
    questions: list[Question]
    published: int = 0

    @property
    def reader_dsn(self) -> str:
        """Address for readers."""
        return self.bench.settings.reader_dsn(self.bench.registry.code)


def publishing_figures() -> Iterator[Figure]:
    """Publish changed figures while readers ask; then again while one of them holds an old snapshot."""
    repeats = int(os.environ.get("KPI_BENCH_PUBLICATIONS", "15"))
    with _published() as stage:
        before = _privileges(stage.conn)
        alone = _observe(stage, repeats, held=False)
        held = _observe(stage, repeats, held=True)
        lost = before - _privileges(stage.conn)
        rows = _count(stage.conn)
    for observed, beside in ((alone, ""), (held, ", a reader holding an old snapshot")):
        yield from _waiting(observed, rows, beside)
    faults = alone.faults() + held.faults()
    asked = f"{len(alone.answers) + len(held.answers):,} answers"
    for fault, what in (("error", "errors"), ("count", "wrong counts"), ("mixed", "mixed publications")):
        yield Figure(f"readers: {what}", faults[fault], 0, "", asked)
    yield Figure(
        "grants or views lost", len(lost), 0, "", f"of {len(before)} relations, functions and schemas"
    )


def _waiting(observed: Observed, rows: int, beside: str) -> Iterator[Figure]:
    quiet, busy = observed.waited(observed.quiet), observed.waited(observed.published)
    few, many = percentile(quiet, 0.99), percentile(busy, 0.99)
    seconds = sum(end - begin for begin, end in observed.published) / len(observed.published)
    how = (
        f"{CHANGED_ROWS:,} of {rows:,} rows, {len(observed.published)} publications of {seconds:.1f} s; {_READERS} "
        f"readers, {_READERS / _INTERVAL_SECONDS:.0f} queries/s, from when they were due; {many:.1f} ms of "
        f"{len(busy):,} against {few:.1f} ms of {len(quiet):,}"
    )
    yield Figure(f"readers' p99 during a publication{beside}", many / few, 1.6, "×", how)
    yield Figure(
        f"longest wait for a lock{beside}", max(observed.waits, default=0), 20, "ms",
        "of a reader, as the server logs waits from 1 ms on",
    )  # fmt: skip
    yield Figure(
        f"slowest answer beyond the slowest quiet one{beside}", max(max(busy) - max(quiet), 0), 20, "ms",
        f"{max(busy):.1f} ms against {max(quiet):.1f} ms",
    )  # fmt: skip


def _observe(stage: Stage, repeats: int, *, held: bool) -> Observed:
    observed = Observed()
    holder = _old_snapshot(stage.reader_dsn) if held else nullcontext()
    asked = reading(stage.reader_dsn, stage.questions, _READERS, _INTERVAL_SECONDS)
    with holder, lock_waits(stage.bench.settings.home, stage.conn) as waits:
        with asked as answers:
            for _ in range(repeats):
                window = _publish(stage)
                time.sleep(_SETTLED_SECONDS)
                observed.published.append(window)
                # As long as the publication: among more answers the slowest is slower.
                observed.quiet.append(_timed(partial(time.sleep, window[1] - window[0])))
        observed.answers = answers
    observed.waits = waits
    _tell(observed)
    return observed


def _publish(stage: Stage) -> Window:
    stage.published += 1
    night = revise(stage.conn, stage.bench, stage.published)
    time.sleep(_SETTLED_SECONDS)
    found = []
    window = _timed(lambda: found.append(publish(stage.conn, night, stage.bench.registry)))
    if found[0] is None or found[0].rows_changed != CHANGED_ROWS:
        raise SystemExit(f"Not {CHANGED_ROWS} rows were published: {found[0]}")
    return window


def _timed(action: Callable[[], None]) -> Window:
    began = time.monotonic()
    action()
    return began, time.monotonic()


def _tell(observed: Observed) -> None:
    """Say on stderr what each question took, quiet and not."""
    names = sorted({one.question for one in observed.answers})
    for name in names:
        ours = [one for one in observed.answers if one.question == name]
        row = [
            f"{percentile([one.milliseconds for one in due_within(ours, windows)], share):7.1f}"
            for windows in (observed.quiet, observed.published)
            for share in (0.5, 0.99, 1)
        ]
        sys.stderr.write(f"  {name:30} quiet and publishing, p50 p99 max: {' '.join(row)} ms\n")
    windows = " ".join(f"{end - begin:.1f}" for begin, end in observed.published)
    sys.stderr.write(
        f"  publications: {windows} s; faults {dict(observed.faults())}; waits {observed.waits}\n"
    )


@contextmanager
def _published() -> Iterator[Stage]:
    copies = int(os.environ.get("KPI_BENCH_COPIES", str(_COPIES)))
    with bench(_COMPUTED) as one:
        sys.stderr.write(f"computing {_COMPUTED.units} communes, and publishing each {copies} times\n")
        one.full()
        with connect(one.dsn) as conn:
            copy_communes(conn, copies - 1)
            figure = choose_figures(conn, CHANGED_ROWS)
            _vacuum(conn)
            stage = Stage(one, conn, [])
            _publish(stage)  # hashes every period, as readers need them
            stage.questions = _questions(one, conn, figure)
            _vacuum(conn)
            yield stage


def _questions(one: Bench, conn: psycopg.Connection, figure: dict[str, Any]) -> list[Question]:
    log_lock_waits(conn)
    with closing(psycopg.connect(one.settings.reader_dsn(one.registry.code), autocommit=True)) as reader:
        if make_one_wait(one.settings.home, conn, reader) < _SHORTEST_TRIAL_MS:
            raise SystemExit("A wait for a lock was provoked, and the server did not log it.")
        asked = questions_about(reader, one.settings.project_dir / "contracts", figure)
    if unanswered := [question.name for question in asked if not question.rows]:
        raise SystemExit(f"Questions without an answer notice nothing: {', '.join(unanswered)}")
    return asked


def _vacuum(conn: psycopg.Connection) -> None:
    conn.autocommit = True
    conn.execute("vacuum analyze")
    conn.execute("checkpoint")
    conn.autocommit = False


@contextmanager
def _old_snapshot(dsn: str) -> Iterator[None]:
    with closing(psycopg.connect(dsn)) as conn:
        for statement in _HOLD.split(";"):
            conn.execute(statement.encode())
        yield


def _privileges(conn: psycopg.Connection) -> set[tuple[str, ...]]:
    with conn.transaction():
        return set(conn.execute(_PRIVILEGES.encode()).fetchall())


def _count(conn: psycopg.Connection) -> int:
    with conn.transaction():
        row = conn.execute("select count(*) from reporting.kpi_values").fetchone()
    return int(row[0]) if row else 0
