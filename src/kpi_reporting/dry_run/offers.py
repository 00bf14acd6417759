"""Files offered for a dry run, laid where the night would collect them."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from kpi_reporting.collect import collect_source
from kpi_reporting.collect.api_answers import parse_body
from kpi_reporting.collect.http_api import land_payload, payload_hash
from kpi_reporting.collect.ledger import Ledger
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.json_text import DoubledKey
from kpi_reporting.landing import Landing
from kpi_reporting.periods import day_of
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Source
from kpi_reporting.warehouse.nights import Night

_NO_SOURCE = "check"


@dataclass(frozen=True)
class Offer:
    """What is checked: files, when they will be received, and what the sender's source says of all it brings.

    Without ``received_at`` (aware) a file that lies in the inbox was received when it was last written, as the night
    has it, and any other is received ``now``. ``with_inbox`` also looks at what waits in the inbox beside them.
    """

    paths: Sequence[Path]
    now: datetime
    received_at: datetime | None = None
    unit_code: str | None = None
    form_code: str | None = None
    period_code: str | None = None
    with_inbox: bool = False


@dataclass(frozen=True)
class Placed:
    """A file with the source it comes through and the place its source keeps it at."""

    path: Path
    source: Source
    origin: str
    received_at: datetime

    @property
    def sha256(self) -> str:
        """Hash of the bytes the collector stores of it.

        Raises:
            KpiReportingError: its source is an API and it holds no JSON object.
        """
        if self.source.kind == "http_api":
            return payload_hash(self.payload)
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    @property
    def payload(self) -> dict[str, Any]:
        """What a file holds that comes through an API.

        Raises:
            KpiReportingError: it is no JSON object, or tells a key twice.
        """
        try:
            found = parse_body(self.path.read_bytes())
        except DoubledKey as doubled:
            raise KpiReportingError(f"{self.path}: {doubled}.") from None
        except ValueError:
            found = None
        if isinstance(found, dict):
            return found
        raise KpiReportingError(
            f"{self.path} is no JSON object, which is what {self.source.name_vi} files through its API."
        )


def place(registry: Registry, inbox: Path, offer: Offer) -> list[Placed]:
    """Tell for each file through which source it comes, in the order given.

    Raises:
        KpiReportingError: a file is not there.
    """
    placed: list[Placed] = []
    for path in offer.paths:
        if not path.is_file():
            raise KpiReportingError(f"{path} is not a file.")
        found = _in_inbox(registry, inbox, offer, path.absolute()) or _from_elsewhere(registry, offer, path)
        if found.origin in {one.origin for one in placed}:
            origin = f"{found.source.location}/{len(placed)}/{path.name}"
            found = Placed(path, found.source, origin, found.received_at)
        placed.append(found)
    return placed


def _in_inbox(registry: Registry, inbox: Path, offer: Offer, path: Path) -> Placed | None:
    """A file that lies there already comes through its folder, whatever else is said of it."""
    folders = [
        source
        for source in registry.sources
        if source.kind == "drop_folder" and path.is_relative_to(inbox / source.location)
    ]
    if not folders:
        return None
    folder = next((source for source in folders if path.match(source.file_pattern)), folders[0])
    written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Placed(path, folder, path.relative_to(inbox).as_posix(), offer.received_at or written_at)


def _from_elsewhere(registry: Registry, offer: Offer, path: Path) -> Placed:
    received_at = offer.received_at or offer.now
    own = next(_sources_of(registry, offer.unit_code, path, day_of(received_at)), None)
    source = own or Source(
        source_code=_NO_SOURCE,
        name_vi="Kiểm tra trước khi gửi",
        kind="drop_folder",
        location=_NO_SOURCE,
        unit_code=offer.unit_code,
        valid_from=date.min,
    )
    told = {"form_code": offer.form_code, "period_code": offer.period_code}
    source = source.model_copy(update={name: value for name, value in told.items() if value is not None})
    name = path.stem if source.kind == "http_api" else path.name
    return Placed(path, source, f"{source.location}/{name}", received_at)


def _sources_of(registry: Registry, unit_code: str | None, path: Path, day: date) -> Iterator[Source]:
    """The sender's own sources that take such a file: an API takes JSON alone, a server's folder is like any other."""
    for source in registry.sources:
        takes = source.kind != "http_api" or path.suffix.lower() == ".json"
        if unit_code is not None and source.unit_code == unit_code and takes and source.holds_on(day):
            yield source.model_copy(update={"kind": "drop_folder"}) if source.kind == "sftp" else source


def collect(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str, placed: Sequence[Placed]
) -> None:
    """Enter the files into the ledger as the night would: folders are looked through, payloads are taken."""
    today = day_of(night.as_of)
    open_now = [one for one in placed if one.source.holds_on(today)]
    for one in open_now:
        if one.source.kind == "http_api":
            _take(conn, registry, night, landing, one)
        else:
            _lay(night.inbox, one)
    folders = dict.fromkeys(one.source.source_code for one in open_now if one.source.kind == "drop_folder")
    for source_code in folders:
        collect_source(conn, registry, night, source_code, None, landing)


def _lay(inbox: Path, one: Placed) -> None:
    target = inbox / one.origin
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(one.path, target)
    since_1970 = (one.received_at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
    os.utime(target, ns=(since_1970 * 1000,) * 2)


def _take(conn: psycopg.Connection, registry: Registry, night: Night, landing: str, one: Placed) -> None:
    store = Landing(landing, registry.code)
    entry = land_payload(one.source, one.path.stem, one.received_at, one.payload, store)
    Ledger(conn, night).record(one.source, [entry])
