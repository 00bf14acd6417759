"""Drop folders: every settled file below a source's folder, told apart by content and never by name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

from kpi_reporting.collect.file_names import (
    FRESH,
    SECOND_LOOK_SECONDS,
    ahead_of_time,
    dated,
    is_ahead,
    is_unfinished,
)
from kpi_reporting.collect.ledger import Ledger, Payload
from kpi_reporting.collect.outcomes import SourceOutcome
from kpi_reporting.errors import SourceError
from kpi_reporting.landing import Landing, media_type
from kpi_reporting.registry.models import Source
from kpi_reporting.warehouse.nights import Night

_FILES_PER_ENTRY = 100

_Looks = tuple[int, int]


@dataclass(frozen=True)
class _File:
    path: Path
    origin: str
    received_at: datetime
    sha256: str
    looks: _Looks

    def is_as_it_was(self) -> bool:
        """Tell whether nobody wrote to the file since, or took it away."""
        try:
            return _looks(self.path) == self.looks
        except OSError:
            return False


def collect_folder(source: Source, night: Night, ledger: Ledger, landing: Landing) -> SourceOutcome:
    """Collect the files that lie in the folder as of the night and are not in the ledger.

    A file was received when it was last written; one that is still being written is left for the next night. Hashing
    all files every night is what makes a corrected file with the old name and time count, and costs little beside
    reading one workbook.

    Raises:
        SourceError: the folder is not there, or some files cannot be opened or were written on a day that is yet to
            come; the others are collected.
    """
    unreadable: list[str] = []
    ahead: list[str] = []
    received = known = 0
    lying_there = _whole(list(_files(source, night, unreadable, ahead)), night)
    for start in range(0, len(lying_there), _FILES_PER_ENTRY):
        files = lying_there[start : start + _FILES_PER_ENTRY]
        in_ledger = ledger.known(source, [file.origin for file in files])
        new = [file for file in files if (file.origin, file.sha256) not in in_ledger]
        received += ledger.record(source, list(_landed(new, landing, unreadable)))
        known += len(files) - len(new)
    if unreadable:
        raise _cannot_open(source, unreadable)
    if ahead:
        raise ahead_of_time(source, ahead)
    return SourceOutcome(source.source_code, received, known)


def _files(source: Source, night: Night, unreadable: list[str], ahead: list[str]) -> Iterator[_File]:
    folder = night.inbox / source.location
    if not folder.is_dir():
        raise _no_folder(source, folder)
    for path in lying_in(folder, source):
        try:
            file = _settled(path, night)
        except OSError as error:
            unreadable.append(f"{path.relative_to(night.inbox).as_posix()} ({error.strerror})")
            continue
        if file and is_ahead(file.received_at):
            ahead.append(dated(file.origin, file.received_at))
        elif file and file.received_at <= night.as_of:
            yield file


def lying_in(folder: Path, source: Source) -> Iterator[Path]:
    """Files of a source that lie in its folder and are not unfinished by their name, in order."""
    for path in sorted(folder.rglob(source.file_pattern)):
        if path.is_file() and not path.is_symlink() and not is_unfinished(path.name):
            yield path


def _settled(path: Path, night: Night) -> _File | None:
    """Return the file, or None when it was written to while being read: the next night takes it."""
    looks = _looks(path)
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    if looks != _looks(path):
        return None
    origin = path.relative_to(night.inbox).as_posix()
    return _File(path, origin, datetime.fromtimestamp(path.stat().st_mtime, UTC), sha256, looks)


def _looks(path: Path) -> _Looks:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


def _whole(files: list[_File], night: Night) -> list[_File]:
    """Look a second time at what was written just before the night, and leave what is still being written to.

    Whoever writes may pause between two parts; a file that was quiet for a minute is taken to be whole.
    """
    fresh = {file.path for file in files if file.received_at > night.as_of - FRESH}
    if not fresh:
        return files
    sleep(SECOND_LOOK_SECONDS)
    return [file for file in files if file.path not in fresh or file.is_as_it_was()]


def _landed(files: list[_File], landing: Landing, unreadable: list[str]) -> Iterator[Payload]:
    for file in files:
        try:
            stream = file.path.open("rb")
        except OSError as error:
            unreadable.append(f"{file.origin} ({error.strerror})")
            continue
        with stream:
            stored = landing.store(stream)
        if stored.sha256 != file.sha256 or not file.is_as_it_was():
            continue
        yield Payload(file.origin, file.path.name, media_type(file.path.name), file.received_at, stored)


def _no_folder(source: Source, folder: Path) -> SourceError:
    return SourceError(
        source.source_code,
        source.name_vi,
        f"Không tìm thấy thư mục nhận báo cáo {source.location}.",
        f"The folder {folder} does not exist.",
        f"Create or mount {folder}, or end the source {source.source_code} in the registry (valid_to).",
    )


def _cannot_open(source: Source, unreadable: list[str]) -> SourceError:
    names = ", ".join(unreadable)
    return SourceError(
        source.source_code,
        source.name_vi,
        f"Không mở được {len(unreadable)} tệp: {names}.",
        f"{len(unreadable)} files cannot be opened: {names}. The other files are collected.",
        "Give the service account the right to read these files, then retry this source.",
    )
