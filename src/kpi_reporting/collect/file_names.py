"""What a file's name and age say, wherever it lies: a folder of ours or a sender's server."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePosixPath

FRESH = timedelta(minutes=1)
"""A file written this shortly before the night may still be being written, however quiet it is just now."""
SECOND_LOOK_SECONDS = 2.0
_UNFINISHED_SUFFIXES = frozenset({".part", ".partial", ".tmp", ".crdownload", ".filepart", ".download"})


def is_unfinished(name: str) -> bool:
    """Tell whether a name is one that programs give to what they have not finished, or lock."""
    return name.startswith((".", "~$")) or PurePosixPath(name).suffix.lower() in _UNFINISHED_SUFFIXES
