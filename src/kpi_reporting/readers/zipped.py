"""Reports sent in a zip archive: one is read as it is, several are unpacked and filed each by itself."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import PurePosixPath
from typing import NamedTuple
from zipfile import BadZipFile

from kpi_reporting.catalogue import built_in
from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.refusal import Refusal, damaged, unreadable, unsupported

REPORT_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt", ".json"})
_OTHER_OFFICE_FILES = ("word/", "ppt/", "visio/")


class Report(NamedTuple):
    """A file in an archive, by its path there."""

    path: str
    data: bytes

    @property
    def file_name(self) -> str:
        """Its name without the folders of the archive."""
        return PurePosixPath(self.path).name


class SeveralReports(Refusal):
    """An archive of several reports, which cannot be read as one; ``places`` are all paths in it."""

    def __init__(self, reports: Sequence[Report], places: Sequence[str]) -> None:
        self.reports, self.places = reports, places
        names = ", ".join(f"“{one.file_name}”" for one in reports[:5])
        refusal = unreadable(
            "archive_of_several",
            f"Tệp nén chứa {len(reports)} báo cáo ({names}) nhưng tên tệp không kết thúc bằng “.zip”.",
            f"The archive holds {len(reports)} reports ({names}), and its name does not end in .zip.",
            "Đổi đuôi tên tệp thành “.zip” rồi gửi lại, hoặc gửi riêng từng báo cáo.",
        )
        super().__init__(*refusal.findings)


def the_report_in(archive: Archive) -> Report:
    """Return the report of an archive that holds one.

    Raises:
        SeveralReports: it holds more than one.
        Refusal: it holds no report, or another archive, or is broken.
    """
    reports = [_unpacked(archive, path) for path in _paths_of_reports(archive)]
    if len(reports) > 1:
        raise SeveralReports(reports, places_in(archive))
    return reports[0]


def places_in(archive: Archive) -> list[str]:
    """Return the paths in an archive, those in UTF-8 that it does not call so in both ways to read them."""
    return [place for name in archive.names for place in readings_of(name)]


def readings_of(name: str) -> Iterator[str]:
    """Yield the ways to read the name of a member that may have been taken for that of an old system."""
    yield name
    with suppress(UnicodeError):
        yield name.encode("cp437").decode()


def _paths_of_reports(archive: Archive) -> list[str]:
    files = [name for name in archive.names if not name.endswith("/") and not _is_of_the_system(name)]
    if any(name.startswith(_OTHER_OFFICE_FILES) for name in files):
        raise unsupported("zip")
    suffixes = {name: PurePosixPath(name).suffix.lower() for name in files}
    if ".zip" in suffixes.values():
        raise Refusal(built_in("archive_in_archive").finding())
    reports = [name for name, suffix in suffixes.items() if suffix in REPORT_SUFFIXES]
    if not reports:
        raise unsupported("zip")
    return reports


def _unpacked(archive: Archive, path: str) -> Report:
    try:
        return Report(path, archive.read(path))
    except (BadZipFile, zlib.error) as error:
        raise damaged(error.__class__.__name__) from error


def _is_of_the_system(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in (
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
    )
