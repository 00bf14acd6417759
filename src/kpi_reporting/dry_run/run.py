"""The steps of a night from the folder to the door, taken in the warehouse beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from kpi_reporting import transform
from kpi_reporting.checks import check_door
from kpi_reporting.dry_run.beside import registry_beside, warehouse_beside
from kpi_reporting.dry_run.offers import Offer, Placed, collect, place
from kpi_reporting.dry_run.past import (
    continue_numbers,
    copy_earlier_layouts,
    copy_figures,
    copy_same_bytes,
    copy_same_obligations,
)
from kpi_reporting.dry_run.verdicts import Verdict, give_verdicts
from kpi_reporting.dry_run.waiting import waiting
from kpi_reporting.night import Step
from kpi_reporting.readers import read_new
from kpi_reporting.registry import Registry
from kpi_reporting.runtime.warehouse import running_warehouse
from kpi_reporting.settings import Settings
from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.nights import Night, open_night

# What was decided after the last night has its effect in the next one.
_NEWEST = """
select greatest(
    (select max(n.as_of) from raw.nights as n),
    (select max(w.asked_at) from raw.withdrawals as w),
    (select max(d.decided_at) from raw.held_decisions as d),
    (select max(e.explained_at) from raw.explanations as e),
    (select max(w.approved_at) from raw.waivers as w)
)
"""


def dry_run(settings: Settings, registry: Registry, offer: Offer) -> list[Verdict]:
    """Say what a night would make of the offered files, filed together; nothing of it is kept anywhere.

    The steps are the night's own. They work in a warehouse beside the real one, which holds the same registry and what
    the ledger knows about the obligations the files answer.

    Raises:
        KpiReportingError: a file is not there, or the warehouse cannot be used.
    """
    offered = place(registry, settings.inbox, offer)
    with running_warehouse(settings, registry.code) as address, _only_read(address) as ledger:
        others = waiting(ledger, registry, settings.inbox, offer.now, offered) if offer.with_inbox else []
        placed = [*offered, *others]
        beside = registry_beside(registry, {one.source.source_code: one.source for one in placed}.values())
        with (
            warehouse_beside(settings, beside) as conn,
            TemporaryDirectory(prefix="kpi-check-") as folder,
        ):
            at = _open(settings, beside, ledger, conn, placed, Path(folder))
            first = _take_steps(at, ledger, placed)
            return give_verdicts(at.conn, at.night, offered, first)


@contextmanager
def _only_read(address: str) -> Iterator[psycopg.Connection]:
    with connect(address, "kpi-reporting check") as ledger:
        ledger.read_only = True
        yield ledger


def _open(
    settings: Settings,
    beside: Registry,
    ledger: psycopg.Connection,
    conn: psycopg.Connection,
    placed: Sequence[Placed],
    folder: Path,
) -> Step:
    """Open the earliest night that sees the files and everything that is known by now."""
    with ledger.transaction():
        newest: datetime | None = (ledger.execute(_NEWEST).fetchone() or (None,))[0]
    as_of = max([*(one.received_at for one in placed), *([newest] if newest else [])])
    night = Night(as_of, beside.folder, folder / "inbox")
    open_night(conn, night, beside.code, beside.sha256)
    return Step(replace(settings, landing=f"file://{folder}/landing"), beside, night, conn)


def _take_steps(at: Step, ledger: psycopg.Connection, placed: Sequence[Placed]) -> int:
    """Take the steps to the door; return the number of the first new submission."""
    first = continue_numbers(ledger, at.conn)
    copy_same_bytes(ledger, at.conn, [one.sha256 for one in placed])
    collect(at.conn, at.registry, at.night, at.settings.landing, placed)
    read_new(at.conn, at.registry, at.night, at.settings.landing)
    copy_same_obligations(ledger, at.conn, at.registry)
    transform.stage_new(at.conn, at.settings, at.registry)
    copy_earlier_layouts(ledger, at.conn)
    copy_figures(ledger, at.conn)
    check_door(at.conn, at.dsn, at.registry, at.night, at.expectations)
    return first
