"""Old Excel workbooks (.xls): formulas, links and marks that the library reading their values passes over."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import xlwt

from tests.corpus.biff import (
    book_of,
    bytes_of,
    compound,
    counted,
    filled,
    formula,
    other_name,
    property_set,
    record,
    references,
    shape_text,
    source,
)
from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.making import hs01_rows

FIGURES = 3
THREE = b"\x1e\x03\x00"
SUM_OF_ONE = b"\x19\x10\x00\x00"
_FIVE = hs01_rows(("1", 9), ("1.1", 3), ("1.2", 3), ("2", 3), ("3", 3))


def area(first_row: int, last_row: int, column: int = FIGURES, token: int = 0x25) -> bytes:
    return struct.pack("<BHHHH", token, first_row, last_row, 0xC000 | column, 0xC000 | column)


def with_formulas(rows: Sequence[Sequence[Any]], *written: bytes, everywhere: bytes = b"") -> bytes:
    return bytes_of(book_of(rows), everywhere, {0: b"".join(written)})


def filing(everywhere: bytes = b"", in_sheet: bytes = b"") -> bytes:
    return bytes_of(book_of(hs01_rows(("1", 5))), everywhere, {0: in_sheet})


def linked_to_a_program(text: str) -> bytes:
    return bytes_of(book_of([[text], *hs01_rows(("1", 5))]), source("cmd\3/C calc") + other_name(2, "A0"))


def paged(text: str, *, is_footer: bool = False) -> bytes:
    return filing(in_sheet=record(0x0015 if is_footer else 0x0014, counted(text)))


def hidden(rows: Sequence[Sequence[Any]], visibility: int = 1, name: str = "Nháp") -> bytes:
    book = book_of(hs01_rows(("1", 5)))
    sheet = book.add_sheet(name)
    filled(sheet, rows)
    sheet.visibility = visibility
    return bytes_of(book)


def first_page(text: str) -> bytes:
    """The page of its own that Excel 2007 lets the first one have, told in a record of later times."""
    counts = struct.pack("<HHHHH", 0, 0, 0, len(text), 0)
    return filing(in_sheet=record(0x089C, bytes(28) + counts + counted(text)))


def titled(first: dict[int, str], second: dict[int, str] | None = None, encoding: str = "utf-8") -> bytes:
    code_page = {"utf-8": 65001}.get(encoding, 28591)
    return compound(
        {
            "Workbook": book_of(hs01_rows(("1", 5))).get_biff_data(),
            "\5SummaryInformation": property_set(first, encoding, code_page),
            "\5DocumentSummaryInformation": property_set(second or {}, encoding, code_page),
        }
    )


def uncomputed(written: str) -> bytes:
    """A figure as a program leaves it that does not compute."""
    book = book_of(hs01_rows(("1", 5), ("1.1", None), ("1.2", 4)))
    book.get_sheet(0).write(7, FIGURES, xlwt.Formula(written))
    return bytes_of(book)


def from_other_file() -> bytes:
    linked = formula(7, FIGURES, struct.pack("<BHHH", 0x5A, 1, 4, 2))
    everywhere = source("\1D:\3tổng hợp.xls", "Biểu 1", "Biểu 2") + references((0, 0), (0, 1))
    return with_formulas(hs01_rows(("1", 5), ("1.1", None)), linked, everywhere=everywhere)


def shared_sum() -> bytes:
    """Sums of three columns that stand once: the first cell has them, the others point at it; they miss a row."""
    pointing = struct.pack("<BHH", 0x01, 11, FIGURES)
    moving = struct.pack("<BHHHH", 0x2D, -5 & 0xFFFF, -3 & 0xFFFF, 0xC000, 0xC000)
    tokens = moving + SUM_OF_ONE
    once = record(0x04BC, struct.pack("<HHBBBBH", 11, 11, FIGURES, FIGURES, 0, 1, len(tokens)) + tokens)
    return with_formulas([*_FIVE, ["4", "Chỉ tiêu 4", "hồ sơ"]], formula(11, FIGURES, pointing, more=once))


FILES: list[FaultyFile] = [
    faulty(name, make, *found, file_name="a.xls")
    for name, make, *found in (
        (
            "an old figure typed over a formula",
            lambda: with_formulas(
                hs01_rows(("1", 5), *((code, None) for code in ("1.1", "1.2", "2"))),
                *(formula(row, FIGURES, THREE) for row in (7, 8, 9)),
            ),
            "typed_over_formula@D7",
        ),
        (
            "an old sum that misses the last row",
            lambda: with_formulas(
                [*hs01_rows(("1", None)), *_FIVE[7:]], formula(6, FIGURES, area(7, 9) + SUM_OF_ONE)
            ),
            "short_sum@D7",
        ),
        (
            "an old sum, written with how many it sums, that misses the last row",
            lambda: with_formulas(
                [*hs01_rows(("1", None)), *_FIVE[7:]],
                formula(6, FIGURES, area(7, 9, token=0x45) + b"\x42\x01\x04\x00"),
            ),
            "short_sum@D7",
        ),
        (
            "an old sum of all rows",
            lambda: with_formulas(
                [*hs01_rows(("1", None)), *_FIVE[7:]], formula(6, FIGURES, area(7, 10) + SUM_OF_ONE)
            ),
        ),
        ("an old sum that is shared and misses two rows", shared_sum, "short_sum@D12"),
        (
            "an old sum below a formula that is none",
            lambda: with_formulas(
                hs01_rows(*((str(number), None if number in (5, 8, 9) else 3) for number in range(1, 10))),
                formula(10, FIGURES, THREE),
                formula(14, FIGURES, area(11, 12) + SUM_OF_ONE),
            ),
        ),
        ("old marked by its title", lambda: titled({2: "TUYỆT MẬT"}), "!state_secret"),
        ("old marked by its status", lambda: titled({}, {26: "Mật"}), "!state_secret"),
        (
            "old marked by its keywords, in bytes",
            lambda: titled({5: "M\xcbT"}, encoding="latin-1"),
            "!state_secret",
        ),
        ("an old file by somebody called like a grade", lambda: titled({4: "Mật", 8: "Mật"})),
        ("an old sum never computed", lambda: uncomputed("SUM(D9:D9)"), "!formula_without_value@D8"),
        ("an old product never computed", lambda: uncomputed("D9*2"), "!formula_without_value@D8"),
        ("an old formula that may be an empty text", lambda: uncomputed('IF(D9=4;"";1)')),
        ("an old figure from another file", from_other_file, "external_links", "figure_from_other_file@D8"),
        (
            "an old link to another file",
            lambda: filing(source("\1\5http://a.vn/b.xls", "Biểu")),
            "external_links",
        ),
        (
            "an old link to a program",
            lambda: filing(source("cmd\3/C calc") + other_name(2, "A0")),
            "!dde_link",
        ),
        (
            "an old linked object",
            lambda: filing(source("Word.Document\3C:\\a.doc") + other_name(0x10, "a")),
            "external_links",
        ),
        ("an old list of its own sheets", lambda: filing(record(0x01AE, b"\1\0\1\4"))),
        ("old marked on its page", lambda: paged("&RTỐI MẬT"), "!state_secret"),
        ("old marked below its page", lambda: paged("&CMật&RTrang &P", is_footer=True), "!state_secret"),
        ("old marked on its first page", lambda: first_page("&CTuyệt mật"), "!state_secret"),
        ("old marked on a hidden sheet", lambda: hidden([["Độ mật: Mật"]]), "!state_secret"),
        ("old marked on a very hidden sheet", lambda: hidden([["TỐI MẬT"]], 2), "!state_secret"),
        ("old marked by the name of a hidden sheet", lambda: hidden([[1]], name="MẬT"), "!state_secret"),
        ("old marked in a shape", lambda: filing(in_sheet=shape_text("TỐI MẬT")), "!state_secret"),
        (
            "old marked in a shape of two records",
            lambda: filing(in_sheet=shape_text("Tuyệt ", "mật")),
            "!state_secret",
        ),
        ("old marked in a shape in TCVN3", lambda: filing(in_sheet=shape_text("TUYÖT MËT")), "!state_secret"),
        ("old marked in a comment", lambda: filing(in_sheet=shape_text("A:\nMật")), "!state_secret"),
        ("an old page about security", lambda: paged("&CBảo mật")),
        ("an old hidden count by grade", lambda: hidden([["Mật", 5], ["Tối mật", 3]]), "hidden_sheet"),
        (
            "old with a grade below the first rows of a hidden sheet",
            lambda: hidden([*[[1]] * 15, ["MẬT"]]),
            "hidden_sheet",
        ),
        (
            "an old text of no shape",
            lambda: filing(in_sheet=shape_text("Bảo mật", is_of_an_object=False)),
            "!unreadable_file",
        ),
        ("an old shape about security", lambda: filing(in_sheet=shape_text("Bảo mật"))),
        (
            "old marked in a cell and linked to a program",
            lambda: linked_to_a_program("Độ mật: Mật"),
            "!state_secret",
        ),
        (
            "old with a word in a cell and linked to a program",
            lambda: linked_to_a_program("Bảo mật"),
            "!dde_link",
        ),
        ("old marked in a cell and cut off", lambda: hidden([["TUYỆT MẬT"]])[:-2048], "!state_secret"),
        ("old with a grade in a cell and cut off", lambda: hidden([["Mật", 5]])[:-2048], "!unreadable_file"),
    )
]
