"""A report sent in a zip archive: the one file in it, when there is exactly one."""

from __future__ import annotations

import zlib
from pathlib import PurePosixPath
from zipfile import BadZipFile

from kpi_reporting.catalogue import built_in
from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.refusal import Refusal, damaged, unreadable, unsupported

REPORT_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt", ".json"})
_OTHER_OFFICE_FILES = ("word/", "ppt/", "visio/")


def the_report_in(archive: Archive) -> tuple[str, bytes]:
    """Return name and bytes of the report in an archive.

    Raises:
        Refusal: it holds no report, or more than one, or another archive.
    """
    files = [name for name in archive.names if not name.endswith("/") and not _is_of_the_system(name)]
    if any(name.startswith(_OTHER_OFFICE_FILES) for name in files):
        raise unsupported("zip")
    suffixes = {name: PurePosixPath(name).suffix.lower() for name in files}
    if ".zip" in suffixes.values():
        raise _nested()
    reports = [name for name, suffix in suffixes.items() if suffix in REPORT_SUFFIXES]
    if not reports:
        raise unsupported("zip")
    if len(reports) > 1:
        raise _several(reports)
    try:
        return PurePosixPath(reports[0]).name, archive.read(reports[0])
    except (BadZipFile, zlib.error) as error:
        raise damaged(error.__class__.__name__) from error


def _is_of_the_system(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in (
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
    )


def _nested() -> Exception:
    return Refusal(built_in("archive_in_archive").finding())


def _several(reports: list[str]) -> Exception:
    names = ", ".join(f"“{name}”" for name in reports[:5])
    return unreadable(
        "archive_of_several",
        f"Tệp nén chứa {len(reports)} báo cáo ({names}); mỗi lần gửi là một báo cáo.",
        f"The archive holds {len(reports)} reports ({names}); one submission is one report.",
        "Gửi từng tệp báo cáo riêng.",
    )
