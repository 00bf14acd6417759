"""What a file's name and age say, wherever it lies: a folder of ours or a sender's server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from time import time  # noqa: TID251 - what is yet to come is so by the real clock

from kpi_reporting.errors import SourceError
from kpi_reporting.periods import ZONE
from kpi_reporting.registry.models import Source

FRESH = timedelta(minutes=1)
"""A file written this shortly before the night may still be being written, however quiet it is just now."""
SECOND_LOOK_SECONDS = 2.0
# What is ahead of the real time by less, the next night takes. What is only ahead of the night, a later night does.
_CLOCKS_DIFFER_SECONDS = 86_400
_UNFINISHED_SUFFIXES = frozenset({".part", ".partial", ".tmp", ".crdownload", ".filepart", ".download"})


def is_unfinished(name: str) -> bool:
    """Tell whether a name is one that programs give to what they have not finished, or lock."""
    return name.startswith((".", "~$")) or PurePosixPath(name).suffix.lower() in _UNFINISHED_SUFFIXES


def is_ahead(written_at: datetime) -> bool:
    """Tell whether a file was written on a day that is yet to come, by more than clocks differ."""
    return written_at.timestamp() > time() + _CLOCKS_DIFFER_SECONDS


def dated(name: str, written_at: datetime) -> str:
    """Return a file's name with the day it says it was written on, in Vietnam."""
    return f"{name} ({written_at.astimezone(ZONE):%d/%m/%Y})"


def ahead_of_time(source: Source, ahead: Sequence[str]) -> SourceError:
    """Return the error of a source with such files, each given as ``dated`` names it."""
    names = ", ".join(ahead)
    return SourceError(
        source.source_code,
        source.name_vi,
        f"{len(ahead)} tệp mang ngày sửa ở tương lai nên chưa nhận: {names}. Chỉnh ngày giờ của máy rồi lưu lại tệp.",
        f"{len(ahead)} files were written on a day that is yet to come: {names}. The other files are collected.",
        "Correct the clock of the machine they come from, touch the files, then retry this source.",
    )
