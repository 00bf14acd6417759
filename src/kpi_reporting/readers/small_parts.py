"""Small parts that workbooks of one template have in common, byte by byte: looked at once, not once per workbook."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_Found = TypeVar("_Found")
_SMALL, _MOST = 16 * 1024, 256


def once_if_small(look: Callable[[bytes], _Found]) -> Callable[[bytes], _Found]:
    """Remember what a function finds in a small part; nobody may change what it returns."""
    remembered = lru_cache(maxsize=_MOST)(look)

    @wraps(look)
    def looked(part: bytes) -> _Found:
        return remembered(part) if len(part) <= _SMALL else look(part)

    return looked
