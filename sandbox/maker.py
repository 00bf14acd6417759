"""Sendings turned into what a source holds: files in drop folders and on SFTP servers, items of the senders' APIs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random

from kpi_reporting.collect.http_api import canonical_json
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.periods import day_of
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Source, UnitKind
from sandbox.drafts import Draft, fill_in
from sandbox.faults import Slip
from sandbox.files import as_archive, as_bytes, as_payload
from sandbox.legacy import in_tcvn3
from sandbox.listing import Deletion, Item, SentFile
from sandbox.manifest import Entry
from sandbox.sendings import ZIPPED, Sending

_FOLDERS = {UnitKind.COMMUNE: "communes", UnitKind.DISTRICT: "districts"}
_OTHERS_FOLDER = "departments"
FOLDERS = (*_FOLDERS.values(), _OTHERS_FOLDER)
# Which share of the senders of a kind files what type of file.
_FILE_TYPES = {
    UnitKind.COMMUNE: {"xlsx": 80, "csv": 8, "xls": 7, "json": 5},
    UnitKind.DISTRICT: {"xlsx": 70, "xls": 25, "csv": 5},
}
_OTHERS_FILE_TYPES = {"xlsx": 85, "xls": 15}
_NAMED_FREELY = 0.2
_LOCK_FILE = b"\x07sandbox".ljust(165)


@dataclass(frozen=True)
class _Archive:
    """An archive its sender is filling: reports by their names, each sent as ``sending`` was."""

    source: Source
    sending: Sending
    reports: dict[str, bytes]


class Maker:
    """Writes files below a folder, gathers items and files of senders' servers.

    ``silent`` are the APIs that never answer; ``without_files`` are the units with an API, by their codes.
    """

    def __init__(self, registry: Registry, folder: Path, as_of: datetime, seed: int) -> None:
        """Make things that a night at ``as_of`` is to find."""
        self._registry, self._folder, self._seed = registry, folder, seed
        self._day = day_of(as_of)
        own = [one for one in registry.sources if one.kind != "drop_folder" and one.holds_on(self._day)]
        self._sources = {source.unit_code: source for source in reversed(own)}
        self._apis = [source for source in own if source.kind == "http_api"]
        self._items: dict[str, list[Item]] = {source.location: [] for source in self._apis}
        self._sent_files: dict[str, list[SentFile]] = {one.location: [] for one in own if one.kind == "sftp"}
        self._archives: dict[str, _Archive] = {}
        self.silent = self._apis[-1:]
        self.without_files = {str(source.unit_code) for source in self._apis}

    def deliveries(self) -> dict[str, tuple[Item, ...]]:
        """Return the items of each API by its location, the oldest first."""
        return {
            location: tuple(sorted(items, key=lambda item: (item.submitted_at, item.id)))
            for location, items in self._items.items()
        }

    def sent_files(self) -> dict[str, tuple[SentFile, ...]]:
        """Return the files of each SFTP source by its location, the oldest first."""
        return {
            location: tuple(sorted(files, key=lambda file: (file.sent_at, file.path)))
            for location, files in self._sent_files.items()
        }

    def deletions(self) -> dict[str, tuple[Deletion, ...]]:
        """Return what the APIs that tell changes took back: a draft sent by mistake, before any night could see it."""
        changing = [source for source in self._apis if source.paging == "cursor"]
        first = {one.location: items[0] for one in changing if (items := self.deliveries()[one.location])}
        return {
            location: (Deletion(f"{item.id}-draft", item.submitted_at, "Bản nháp gửi nhầm"),)
            for location, item in first.items()
        }

    def made(self, sending: Sending) -> Entry:
        """Write a sending where its sender sends, and return what is expected of it.

        Raises:
            KpiReportingError: the registry has no drop folder its sender could use.
        """
        source = self._sources.get(sending.owed.unit.code) or self._drop_folder(sending)
        if source.kind == "http_api":
            entry = self._handed_out(sending, source)
            return replace(entry, state=None) if source in self.silent else entry
        entry = (self._zipped if sending.particular == ZIPPED else self._filed)(sending, source)
        if sending.repeats and entry.state:
            return replace(entry, state="duplicate", rules=("duplicate",))
        return replace(entry, state=None) if sending.lock_file else entry

    def _drop_folder(self, sending: Sending) -> Source:
        location = _FOLDERS.get(sending.owed.unit.kind, _OTHERS_FOLDER)
        for source in self._registry.sources:
            if (source.kind, source.location) == ("drop_folder", location):
                return source
        raise KpiReportingError(
            f"The registry {self._registry.folder} has no drop folder {location!r} for {sending.owed}."
        )

    def _handed_out(self, sending: Sending, api: Source) -> Entry:
        owed = sending.owed
        payload = as_payload(self._draft(sending))
        item = Item(
            f"{owed.form.form_code}-{owed.period.code}-{sending.number}", sending.received_at, payload
        )
        self._items[api.location].append(item)
        return self._entry(sending, api, f"{api.location}/{item.id}", canonical_json(payload).encode())

    def _filed(self, sending: Sending, source: Source) -> Entry:
        data = _LOCK_FILE if sending.lock_file else self._bytes(sending)
        origin = f"{source.location}/{sending.owed.period.code}/{self._name(sending)}"
        self._put(source, SentFile(origin, sending.received_at, data))
        return self._entry(sending, source, origin, data)

    def _put(self, source: Source, file: SentFile) -> None:
        if source.kind == "sftp":
            self._sent_files[source.location].append(file)
        else:
            file.lay_below(self._folder)

    def _zipped(self, sending: Sending, source: Source) -> Entry:
        """Lay a report aside for the archive its sender makes of it and others."""
        form, data = sending.owed.form, self._bytes(sending)
        name = f"{form.form_code} {form.name_vi}.{self._file_type(sending)}".replace("/", "-")
        unit, period_code = sending.owed.unit, sending.owed.period.code
        origin = (
            f"{source.location}/{period_code}/Báo cáo kỳ {period_code} - {unit.name_vi} ({unit.code}).zip"
        )
        archive = self._archives.setdefault(origin, _Archive(source, sending, {}))
        archive.reports[name] = data
        return self._entry(sending, source, f"{origin}/{name}", data)

    def archives(self) -> list[Entry]:
        """Send the archives that were begun, and return what is expected of each."""
        return [self._packed(origin, archive) for origin, archive in self._archives.items()]

    def _packed(self, origin: str, archive: _Archive) -> Entry:
        sending = archive.sending
        data = as_archive(archive.reports, sending.received_at)
        self._put(archive.source, SentFile(origin, sending.received_at, data))
        entry = self._entry(sending, archive.source, origin, data)
        return replace(entry, form_code="", period_code="", state=entry.state and "unpacked", rules=())

    def _bytes(self, sending: Sending) -> bytes:
        data = as_bytes(self._draft(sending), self._file_type(sending))
        return sending.fault.spoil(data) if sending.fault else data

    def _draft(self, sending: Sending) -> Draft:
        draft = fill_in(self._registry, self._seed, sending.owed, sending.take, is_nil=sending.is_nil)
        if sending.particular == "legacy_font":
            _retype(draft)
        if sending.fault:
            draw = Random(f"{self._seed}/{sending.owed}/fault")
            sending.fault.change(Slip(draft, sending.owed, self._registry, draw))
        return draft

    def _file_type(self, sending: Sending) -> str:
        """What the sender always uses; some mistakes and fonts exist in workbooks only."""
        if sending.fault or sending.particular == "legacy_font":
            return "xlsx"
        unit = sending.owed.unit
        types = _FILE_TYPES.get(unit.kind, _OTHERS_FILE_TYPES)
        draw = Random(f"{self._seed}/{unit.code}/file type")
        return draw.choices(list(types), weights=list(types.values()))[0]

    def _name(self, sending: Sending) -> str:
        owed = sending.owed
        draw = Random(f"{self._seed}/{owed.unit.code}/file name")
        stem = f"{owed.form.form_code}_v{owed.form.form_version}_{owed.unit.code}_{owed.period.code}"
        if draw.random() < _NAMED_FREELY and not sending.fault:
            stem = f"Báo cáo {owed.form.form_code} kỳ {owed.period.code} - {owed.unit.name_vi} ({owed.unit.code})"
        again = "" if sending.number == 1 else f" - gửi lần {sending.number}"
        suffix = self._file_type(sending)
        return f"~${stem}.{suffix}" if sending.lock_file else f"{stem}{again}.{suffix}"

    def _entry(self, sending: Sending, source: Source, origin: str, data: bytes) -> Entry:
        owed, fault = sending.owed, sending.fault
        form_code = owed.form.form_code
        is_held = sending.received_at > owed.lock_at
        state = "held" if is_held else fault.state if fault else "accepted"
        rules = tuple(rule.format(form=form_code) for rule in fault.rules) if fault else ()
        return Entry(
            origin=origin,
            source_code=source.source_code,
            unit_code=owed.unit.code,
            form_code=form_code,
            period_code=owed.period.code,
            particular=sending.particular,
            received_at=sending.received_at,
            sha256=hashlib.sha256(data).hexdigest(),
            state=state if source.holds_on(self._day) else None,
            rules=("structure.received_after_lock",) if is_held else rules,
        )


def _retype(draft: Draft) -> None:
    """All text in TCVN3 and in its font, as a machine with old fonts does it."""
    draft.font = ".VnTime"
    draft.stamp = {in_tcvn3(word): value for word, value in draft.stamp.items()}
    draft.labels = {column.field_code: in_tcvn3(column.label) for column in draft.columns}
    for record in draft.records:
        record.update({key: in_tcvn3(cell) for key, cell in record.items() if isinstance(cell, str)})
