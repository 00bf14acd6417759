"""Good files, damaged at random: refused or read, but never a crash and never another figure."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
import xlrd
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.content import open_content
from kpi_reporting.readers.limits import DEFAULTS
from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.refusal import Refusal
from kpi_reporting.readers.sheet import Cell, ErrorCell
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.readers.xlsx import read_xlsx
from kpi_reporting.registry import Registry, load_registry
from tests.corpus import independent
from tests.corpus.cases import JULY
from tests.corpus.dangers import CSV, OLD_ROWS, old, zipped
from tests.corpus.making import SHEET, changed, hs01_book, hs01_rows
from tests.corpus.ods import ods
from tests.workbooks import THANH_HOA, hs01, saved

BODY = {"form": "HS-01", "unit": "14758", "period": "2025-M07", "rows": [{"item": "1.1", "value": 12}]}
GOOD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "xlsx": ("a.xlsx", hs01),
    "xls": ("a.xls", lambda: old(OLD_ROWS)),
    "ods": ("a.ods", ods),
    "csv": ("a.csv", (CSV + "1;Tổng số;5\n").encode),
    "json": ("a.json", lambda: json.dumps(BODY).encode()),
    "zip": ("a.zip", lambda: zipped({"a.xlsx": hs01()})),
}
FIGURES = {
    "xlsx": ["12", "30.5"], "xls": ["5", "3"], "ods": ["5", "3"], "csv": ["5"], "json": ["12"], "zip": ["12", "30.5"],
}  # fmt: skip
KEPT_BY_CHECKSUM = ("xlsx", "ods", "zip")
places = st.integers(min_value=0, max_value=20_000)
damages = st.lists(
    st.tuples(
        st.sampled_from(["set", "cut", "repeat", "insert"]), places, places, st.binary(min_size=1, max_size=8)
    ),
    min_size=1,
    max_size=4,
)


@cache
def registry() -> Registry:
    return load_registry(THANH_HOA)


def damaged(data: bytes, damage: list[tuple[str, int, int, bytes]]) -> bytes:
    for kind, anywhere, length, new in damage:
        place = anywhere % (len(data) or 1)
        until = place + length % 64
        if kind == "set":
            data = data[:place] + new + data[place + len(new) :]
        elif kind == "cut":
            data = data[:place] if length % 5 == 0 else data[:place] + data[until:]
        else:
            middle = data[place:until] if kind == "repeat" else new
            data = data[:place] + middle + data[place:]
    return data


def read(data: bytes, file_name: str) -> Reading:
    return read_submission(registry(), Submission(1, "communes", file_name, JULY, "", ""), data)


@pytest.mark.parametrize("kind", GOOD)
@settings(max_examples=60, deadline=None)
@given(damage=damages)
@example(damage=[("repeat", 340, 1, b"\0")])
def test_a_damaged_file_is_refused_or_read_and_says_so(
    kind: str, damage: list[tuple[str, int, int, bytes]]
) -> None:
    file_name, make = GOOD[kind]
    whole = make()
    reading = read(damaged(whole, damage), file_name)
    assert reading.state in ("read", "refused")
    assert reading.state == "read" or any(one.severity == "error" for one in reading.findings)
    if reading.state == "read":
        # What a checksum guards is read whole or not at all.
        assert_as_others_read(kind, reading, whole if kind in KEPT_BY_CHECKSUM else damaged(whole, damage))


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_file_gives_the_figures_that_were_put_into_it(kind: str) -> None:
    file_name, make = GOOD[kind]
    reading = read(make(), file_name)
    assert reading.sheet is not None
    assert reading.table is not None
    (column,) = (place for place, code in reading.table.columns.items() if code == "value")
    figures = [
        reading.sheet.cell(row, column) for row in range(reading.table.first_row, reading.table.last_row + 1)
    ]
    assert [Decimal(str(one)) for one in figures] == [Decimal(one) for one in FIGURES[kind]]
    assert_as_others_read(kind, reading, make())


@pytest.mark.parametrize("kind", ["csv", "json", "xls", "ods"])
@settings(max_examples=40, deadline=None)
@given(number=st.integers(0, 99))
def test_another_figure_is_read_as_others_read_it(kind: str, number: int) -> None:
    makes: dict[str, Callable[[], bytes]] = {
        "csv": (CSV + f"1;Tổng số;{number}\n").encode,
        "json": lambda: json.dumps({**BODY, "rows": [{"item": "1.1", "value": number}]}).encode(),
        "xls": lambda: old(hs01_rows(("1", 5), ("1.1", number))),
        "ods": lambda: ods(number),
    }
    reading = read(makes[kind](), f"a.{kind}")
    assert_as_others_read(kind, reading, makes[kind]())


def assert_as_others_read(kind: str, reading: Reading, data: bytes) -> None:
    """Compare each cell with what another reader makes of the same bytes; text in old encodings is not theirs."""
    assert reading.sheet is not None
    try:
        theirs = independent.READ[kind](data)
    except (UnicodeDecodeError, csv.Error, xlrd.XLRDError):
        return
    if kind == "csv" and "utf-8, semicolon" not in reading.reader:
        return
    for place, value in theirs.items():
        assert independent.same(reading.sheet.cell(*place), value), place


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=600), prefix=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
       suffix=st.sampled_from(["xlsx", "xls", "ods", "csv", "tsv", "json", "zip", "exe"]))  # fmt: skip
def test_whatever_the_bytes_are_they_are_opened_or_refused(data: bytes, prefix: bytes, suffix: str) -> None:
    with suppress(Refusal):
        assert open_content(prefix + data, f"a.{suffix}").reader


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False, width=64),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12).filter(lambda t: not t.startswith("=")),
    st.dates(date(1900, 3, 1), date(2999, 12, 31)),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(rows=st.lists(st.lists(cells, max_size=6), max_size=8))
def test_values_are_those_that_openpyxl_reads(rows: list[list[Any]]) -> None:
    book = hs01_book()
    for row in rows:
        book.worksheets[0].append(row)
    assert_same(saved(book))


# What a reader that guesses takes for another figure, or for a second one.
ODD = [
    b"<v\n>", b"<v>9</v></v>", b"<v>9</v><v>", b"<?x?>3", b"<![CDATA[3]]>", b"&#x33;", b'<z:v xmlns:z="u">9</z:v><v>',
    b'<v>9</v></c><c r="D8" t="n"><v>', b'</c><c r="D8"><v>9</v></c>', b'</c><c><v>9</v></c>', b'<c r="A1"><v>9</v></c><c ',
    b'</row><row r="8"><c r="D8"><v>9</v></c></row>', b'<sheetData/><sheetData>', b'r="8"', b"<v>9</v>", b"1e3", b" 3 ", b"3_3",
]  # fmt: skip
XML = st.lists(
    st.tuples(
        st.sampled_from(
            [
                b' t="n"',
                b"<v>",
                b"</v>",
                b"</c>",
                b'"',
                b"<row",
                b' r="D8"',
                b">",
                b"<is>",
                b"3",
                b"<c ",
                b"<sheetData>",
                b"</row>",
                b'r="7"',
            ]
        ),
        st.sampled_from(
            [b"", b" ", b' t="e"', b' t="str"', b"'", b"<!-- -->", b"<v/>", b"&#51;", b' t="b"', b"\n", *ODD]
        ),
        st.integers(0, 400),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=200, deadline=None)
@given(edits=XML)
@example(edits=[(b"3", b"&#51;", 243)])
@example(edits=[(b"3", b"<!-- -->", 124)])
@example(edits=[(b"<v>", b"<v>9</v><v>", 3)])
@example(edits=[(b"</v>", b'</v><z:v xmlns:z="u">9</z:v>', 3)])
@example(edits=[(b"</v>", b"&#48;</v>", 3), (b"<v>", b"<v\n>", 3)])
@example(edits=[(b"</c>", b'</c><c r="D7"><v>9</v></c>', 27)])
def test_where_a_strict_parser_reads_a_sheet_its_numbers_are_the_same(
    edits: list[tuple[bytes, bytes, int]],
) -> None:
    def edit(part: bytes) -> bytes:
        for old_bytes, new, number in edits:
            found = [at for at in range(len(part)) if part.startswith(old_bytes, at)]
            if found:
                at = found[number % len(found)]
                part = part[:at] + new + part[at + len(old_bytes) :]
        return part

    assert_same(changed(saved(hs01_book(("1", 5), ("1.1", 3), ("1.2", 30.5))), {SHEET: edit}))


def assert_same(data: bytes) -> None:
    """Compare with openpyxl, unless one of the two refuses the file."""
    try:
        (sheet,) = read_xlsx(Archive(data, DEFAULTS)).sheets
        others = load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
        theirs = {(one.row, one.column): one.value for row in others.iter_rows() for one in row}
    except (Refusal, ValueError, TypeError, KeyError, SyntaxError, AttributeError, zipfile.BadZipFile):
        return
    for place, value in theirs.items():
        ours = sheet.cell(*place)
        if not isinstance(ours, ErrorCell):
            assert as_compared(ours) == as_compared(value), place


def as_compared(cell: Cell) -> object:
    """Dates are days to one and instants to the other; an empty text is nothing to one of them."""
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    if isinstance(cell, bool | timedelta):
        return cell
    if isinstance(cell, int) and abs(cell) < 10**15:
        return float(cell)
    return None if cell == "" else cell
