"""Rows of running numbers below a header: columns that are numbered, or figures that happen to run on from a code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.corpus.cases import JUNE, FaultyFile, faulty
from tests.corpus.making import filled
from tests.workbooks import DISTRICT_GROUPS, LIST_HEADER, saved

EITHER = "!numbers_or_figures@A7"
BARE = ("Mã số", "Số liệu", "Ghi chú")
NAMELESS: dict[str, Any] = {"optional": ("item_label",)}
FIGURES = [f"{group} {column}" for group, columns in DISTRICT_GROUPS.items() for column in columns]


def listed(header: Sequence[str], *rows: Sequence[Any]) -> bytes:
    """A list whose header is row 6."""
    return saved(filled("HS-01", "14758", "2025-M07", [header, *rows]))


def district(first: Any) -> bytes:
    """A table without the names of its communes; the row below its header begins with something and runs on to 17."""
    rows = [["Mã xã", *FIGURES], [first, *range(2, 18)], ["14797", *[1] * 16]]
    return saved(filled("HS-01H", "380", "2025-M06", rows))


FILES: list[FaultyFile] = [
    faulty("a first item whose figures run on from its code", lambda: listed(BARE, ["1", 2, 3], ["1.1", 3, None]), EITHER,
           **NAMELESS),
    faulty("a first item as a number whose figures run on", lambda: listed(BARE, [1, 2, 3], ["2", 3, None]), EITHER,
           **NAMELESS),
    faulty("columns numbered above the item of that number",
           lambda: listed(BARE, [1, 2, 3], ["1", 5, None], ["1.1", 3, None]), **NAMELESS),
    faulty("columns numbered in brackets", lambda: listed(BARE, ["(1)", "(2)", "(3)"], ["1.1", 3, None]), **NAMELESS),
    faulty("columns of names numbered above other items",
           lambda: listed(LIST_HEADER, [1, 2, 3, 4, 5], ["1.1", "Chỉ tiêu", "hồ sơ", 3, None])),
    faulty("columns that begin with letters", lambda: listed(BARE, ["A", 1, 2], ["1.1", 3, None]), **NAMELESS),
    faulty("a table that numbers its columns", lambda: district(1), source="districts", received_at=JUNE,
           optional=("unit_name",)),
]  # fmt: skip
