"""Publication: one transaction that brings what readers see to what was computed and not stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import errors
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from kpi_reporting.errors import WarehouseError
from kpi_reporting.publish.comments import copy_comments
from kpi_reporting.publish.diff import apply_changes, count_changes, find_changes
from kpi_reporting.publish.figures import FIGURES, apply_figures, content_sha256, hold_back_blocked
from kpi_reporting.publish.tables import PUBLISHED, Layout, read_layout
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night

_BUSY = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)
_ATTEMPTS = 6
_LONGEST_WAIT_SECONDS = 5

_OPEN = """
insert into reporting.publications (
    night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed
)
values (%s, %s, %s, '', %s, %s, %s)
returning publication_id
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


def publish(conn: psycopg.Connection, night: Night, registry: Registry) -> Publication | None:
    """Publish everything that differs from what readers see, in one transaction; None when nothing does.

    Waits shortly for locks and tries again, so that no reader ever queues behind a publication.

    Raises:
        WarehouseError: marts and published tables do not fit, a mart is empty, or others held locks too long.
    """
    attempts = Retrying(
        retry=retry_if_exception_type(_BUSY),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.1, max=_LONGEST_WAIT_SECONDS),
        reraise=True,
    )
    try:
        return attempts(_publish_once, conn, night, registry)
    except _BUSY as error:
        raise WarehouseError(
            "Another session holds locks on the published tables, so nothing was published. "
            "End it or wait for it, then run this night again."
        ) from error


def _publish_once(conn: psycopg.Connection, night: Night, registry: Registry) -> Publication | None:
    with conn.transaction():
        conn.execute("set local lock_timeout = '2s'")
        conn.execute("select pg_advisory_xact_lock(hashtext('kpi_reporting.publish'))")
        layouts = [read_layout(conn, published) for published in PUBLISHED]
        counts = _find_all_changes(conn, layouts, night)
        conn.execute("update raw.computations set is_published = true")
        if not any(counts.values()):
            _drop_changes(conn, layouts)
            return None
        publication = _open(conn, night, registry, counts)
        return _fill(conn, layouts, publication)


def _find_all_changes(conn: psycopg.Connection, layouts: list[Layout], night: Night) -> dict[str, int]:
    total = {"added": 0, "changed": 0, "removed": 0}
    for layout in layouts:
        find_changes(conn, layout)
        if layout.published.name == FIGURES:
            hold_back_blocked(conn, night)
        for change, count in count_changes(conn, layout).items():
            total["changed" if change == "marked" else change] += count
    return total


def _drop_changes(conn: psycopg.Connection, layouts: list[Layout]) -> None:
    """Temporary tables go with their transaction; inside a caller's longer one they would stay."""
    for layout in layouts:
        conn.execute(b"drop table " + layout.changes.as_bytes(conn))
    conn.execute("drop table blocked")


def _open(conn: psycopg.Connection, night: Night, registry: Registry, counts: dict[str, int]) -> Publication:
    added, changed, removed = counts["added"], counts["changed"], counts["removed"]
    row = conn.execute(
        _OPEN, (night.night_id, night.as_of, registry.sha256, added, changed, removed)
    ).fetchone()
    if row is None:
        raise WarehouseError("reporting.publications took no row; nothing was published.")
    return Publication(int(row[0]), night.night_id, night.as_of, "", added, changed, removed)


def _fill(conn: psycopg.Connection, layouts: list[Layout], opened: Publication) -> Publication:
    for layout in layouts:
        apply = apply_figures if layout.published.name == FIGURES else apply_changes
        apply(conn, layout, opened.publication_id)
        copy_comments(conn, layout.published)
    figures = next(layout for layout in layouts if layout.published.name == FIGURES)
    content = content_sha256(conn, figures)
    conn.execute(
        "update reporting.publications set content_sha256 = %s where publication_id = %s",
        (content, opened.publication_id),
    )
    _drop_changes(conn, layouts)
    return Publication(**{**vars(opened), "content_sha256": content})


__all__ = ["Publication", "publish"]
