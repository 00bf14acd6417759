"""What waits in the inbox and would be collected together with the files that are checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from kpi_reporting.collect.drop_folder import lying_in
from kpi_reporting.collect.ledger import Ledger
from kpi_reporting.dry_run.offers import Placed
from kpi_reporting.periods import day_of
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Source
from kpi_reporting.warehouse.nights import Night


def waiting(
    ledger: psycopg.Connection, registry: Registry, inbox: Path, now: datetime, offered: Sequence[Placed]
) -> list[Placed]:
    """Files in the folders of the inbox that no night has collected, without those that are offered."""
    night, named = Night(now, registry.folder, inbox), {one.origin for one in offered}
    found: list[Placed] = []
    for source in registry.sources:
        if source.kind == "drop_folder" and source.holds_on(day_of(now)):
            lying_there = [one for one in _files(source, inbox) if one.origin not in named]
            known = Ledger(ledger, night).known(source, [one.origin for one in lying_there])
            found += [one for one in lying_there if (one.origin, one.sha256) not in known]
    return found


def _files(source: Source, inbox: Path) -> Iterator[Placed]:
    for path in lying_in(inbox / source.location, source):
        written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        yield Placed(path, source, path.relative_to(inbox).as_posix(), written_at)
