"""A warehouse with an inbox in which files are dropped, checked, and judged by nights."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from kpi_reporting import dry_run
from kpi_reporting.dry_run import Offer, Verdict
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse import connect
from tests.golden.chain import run_night

NIGHT = "2025-07-18T01:00:00+07:00"
EVENING = datetime.fromisoformat("2025-07-16T20:00:00+07:00")
TO_THE_DOOR = ("read", "stage", "check_at_door")


@dataclass(frozen=True)
class Place:
    """A warehouse, an inbox, and the registry they belong to."""

    settings: Any
    registry: Registry
    conn: psycopg.Connection

    @property
    def inbox(self) -> Path:
        return self.settings.inbox

    def drop(self, name: str, data: bytes, at: datetime = EVENING) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (at.timestamp(), at.timestamp()))
        return path

    def check(self, *paths: Path, **said: Any) -> list[Verdict]:
        offer = Offer(paths, datetime.fromisoformat(NIGHT), **said)
        return dry_run.dry_run(self.settings, self.registry, offer)

    def night(self, as_of: str = NIGHT) -> None:
        run_night(self.settings, self.registry.folder, self.inbox, as_of, TO_THE_DOOR)

    def commune(self, place: int) -> str:
        """Code of a commune that owes HS-01 for July; those at the end file nothing else here."""
        return self.registry.history.units_on(EVENING.date(), "commune")[place].code

    def last_number(self) -> int:
        with self.conn.transaction():
            row = self.conn.execute("select coalesce(max(submission_id), 0) from raw.submissions").fetchone()
        return row[0] if row else 0


@contextmanager
def placed(dsn: str, settings: Any, folder: Path, registry: Registry) -> Iterator[Place]:
    """A place below a folder, with the inbox of each kind of sender."""
    own = replace(settings, inbox=folder / "inbox", landing=f"file://{folder}/landing")
    for name in ("communes", "departments", "districts"):
        (own.inbox / name).mkdir(parents=True)
    with connect(dsn) as conn:
        yield Place(own, registry, conn)
