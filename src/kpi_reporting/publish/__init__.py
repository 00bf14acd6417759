"""Publication: one transaction that brings what readers see to what was computed and not stopped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import errors, sql
from psycopg.types.json import Jsonb
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from kpi_reporting.errors import WarehouseError
from kpi_reporting.publish import evidence, hashes, transitions
from kpi_reporting.publish.baseline import refuse_edited_targets
from kpi_reporting.publish.causes import find_causes
from kpi_reporting.publish.circumstances import Circumstances, read_circumstances
from kpi_reporting.publish.comments import copy_comments
from kpi_reporting.publish.derived import RESTS, find_moved, find_resting, widen_scope
from kpi_reporting.publish.diff import apply_changes, count_changes, find_changes
from kpi_reporting.publish.figures import FIGURES, hold_back, read_stopped
from kpi_reporting.publish.history import record_issues, show_issues
from kpi_reporting.publish.restatements import log_restatements
from kpi_reporting.publish.saved_queries import run_saved_queries
from kpi_reporting.publish.scope import limit_to_touched, mark_published, newest_computation
from kpi_reporting.publish.statistics import renew_statistics, send_counts
from kpi_reporting.publish.tables import PUBLISHED, Layout, read_layout
from kpi_reporting.registry import Registry
from kpi_reporting.settings import get_settings
from kpi_reporting.warehouse.nights import Night

_BUSY = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)
_ATTEMPTS = 6
_LONGEST_WAIT_SECONDS = 5

_OPEN = """
insert into reporting.publications (
    night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed, registry_files,
    changed_files, exit_rules_sha256, ledger_seq
)
values (%s, %s, %s, '', %s, %s, %s, %s, %s, %s, %s)
returning publication_id
"""

# Readers see it from now on, not from when it was begun.
_CLOSE = """
update reporting.publications set content_sha256 = %s, published_at = clock_timestamp() where publication_id = %s
"""


@dataclass(frozen=True)
class Publication:
    """One atomic change of what readers see; row counts are over all published tables."""

    publication_id: int
    night_id: str
    as_of: datetime
    content_sha256: str
    rows_added: int
    rows_changed: int
    rows_removed: int


def publish(
    conn: psycopg.Connection, night: Night, registry: Registry, expectations: Path | None = None
) -> Publication | None:
    """Publish everything that differs from what readers see, in one transaction; None when nothing does.

    Waits shortly for locks and tries again, so that no reader ever queues behind a publication. ``expectations`` is
    the folder with the rules at the exit: a figure that passes because they changed says so.

    Raises:
        WarehouseError: marts and published tables do not fit, a mart is empty, others held locks too long, or the
            candidate breaks a saved query of the readers.
    """
    attempts = Retrying(
        retry=retry_if_exception_type(_BUSY),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.1, max=_LONGEST_WAIT_SECONDS),
        reraise=True,
    )
    try:
        publication = attempts(_publish_once, conn, night, registry, expectations)
    except _BUSY as error:
        raise WarehouseError(
            "Another session holds locks on the published tables, so nothing was published. "
            "End it or wait for it, then run this night again."
        ) from error
    renew_statistics(conn)
    return publication


def _publish_once(
    conn: psycopg.Connection, night: Night, registry: Registry, expectations: Path | None
) -> Publication | None:
    with conn.transaction():
        conn.execute("set local lock_timeout = '2s'")
        # Several processes would be done sooner, and take from readers what they answer with.
        conn.execute("set local max_parallel_workers_per_gather = 0")
        conn.execute("select pg_advisory_xact_lock(hashtext('kpi_reporting.publish'))")
        computation = newest_computation(conn, night)
        between = read_circumstances(conn, registry, expectations, computation)
        layouts = [read_layout(conn, published) for published in PUBLISHED]
        for layout in layouts:
            if layout.can_be_held:
                read_stopped(conn, night.night_id, layout)
        layouts = limit_to_touched(conn, layouts, computation, night)
        counts = _find_all_changes(conn, layouts)
        mark_published(conn, computation)
        publication = None
        if any(counts.values()):
            publication = _fill(
                conn, layouts, _open(conn, night, registry, between, counts), registry, between
            )
        _drop_temporary(conn, layouts)
        send_counts(conn)
        return publication


def _find_all_changes(conn: psycopg.Connection, layouts: list[Layout]) -> dict[str, int]:
    total = {"added": 0, "changed": 0, "removed": 0}
    for layout in layouts:
        _find_changes(conn, layout)
        for change, count in count_changes(conn, layout).items():
            total["changed" if change == "marked" else change] += count
    return total


def _find_changes(conn: psycopg.Connection, layout: Layout) -> None:
    """Find what differs and is not held back; of derived tables after the figures they rest on."""
    name = layout.published.name
    if name in RESTS:
        find_resting(conn, layout)
        widen_scope(conn, layout)
    find_changes(conn, layout)
    if layout.can_be_held:
        hold_back(conn, layout)
    if name == FIGURES:
        find_moved(conn, layout)


def _drop_temporary(conn: psycopg.Connection, layouts: list[Layout]) -> None:
    """Temporary tables go with their transaction; inside a caller's longer one they would stay."""
    own = [
        sql.Identifier(name)
        for name in ("moved", *evidence.TEMPORARY, *hashes.TEMPORARY, *transitions.TEMPORARY)
    ]
    per_table = [
        table
        for layout in layouts
        for table in (layout.changes, layout.scope, layout.causes, layout.held, layout.rests)
    ]
    conn.execute(sql.SQL("drop table if exists {}").format(sql.SQL(", ").join([*own, *per_table])))


def _open(
    conn: psycopg.Connection, night: Night, registry: Registry, between: Circumstances, counts: dict[str, int]
) -> Publication:
    added, changed, removed = counts["added"], counts["changed"], counts["removed"]
    files = None if between.changed_files is None else list(between.changed_files)
    row = conn.execute(
        _OPEN,
        (
            night.night_id, night.as_of, registry.sha256, added, changed, removed, Jsonb(registry.file_sha256),
            files, between.exit_rules_sha256, between.read_now,
        ),
    ).fetchone()  # fmt: skip
    if row is None:
        raise WarehouseError("reporting.publications took no row; nothing was published.")
    return Publication(int(row[0]), night.night_id, night.as_of, "", added, changed, removed)


def _fill(
    conn: psycopg.Connection,
    layouts: list[Layout],
    opened: Publication,
    registry: Registry,
    between: Circumstances,
) -> Publication:
    named = {layout.published.name: layout for layout in layouts}
    figures = named[FIGURES]
    evidence.find_touched(conn, registry, between, figures, named["indicator_values"])
    # Causes compare with what readers see now, so they are known before any table changes.
    for layout in layouts:
        if layout.published.issues is not None:
            find_causes(conn, layout, between)
            record_issues(conn, layout, opened.publication_id)
    for layout in layouts:
        apply = apply_changes if layout.published.issues is None else show_issues
        apply(conn, layout, opened.publication_id)
        copy_comments(conn, layout.published)
    transitions.keep_transitions(conn, opened.publication_id)
    log_restatements(conn, registry, figures, opened.publication_id)
    content = hashes.renew_hashes(conn, figures, opened.publication_id)
    conn.execute(_CLOSE, (content, opened.publication_id))
    run_saved_queries(conn, get_settings().project_dir / "contracts")
    return replace(opened, content_sha256=content)


__all__ = ["Publication", "publish", "refuse_edited_targets"]
