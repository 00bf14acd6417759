"""Addresses of cells as spreadsheets write them."""

from __future__ import annotations

import re

Place = tuple[int, int]
"""Row and column of a cell, both from 1."""

EXCEL_ROWS, EXCEL_COLUMNS = 1_048_576, 16_384
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


def place_of(address: str) -> Place:
    """Return row and column of an address such as AB12, both from 1.

    Raises:
        ValueError: it is none.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ValueError(f"{address[:20]!r} is no address of a cell")
    return int(found[2]), column_number(found[1])


def column_number(letters: str) -> int:
    """Return the number of a column from 1: AB is 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
