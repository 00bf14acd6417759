"""The cells of a file, read a second way: by other libraries, or by a small walk of our own."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import xlrd
from openpyxl import load_workbook

Cells = dict[tuple[int, int], object]
_OFFICE, _TABLE, _TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text")
)


def of_xlsx(data: bytes) -> Cells:
    sheet = load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    return {(one.row, one.column): one.value for row in sheet.iter_rows() for one in row}


def of_zip(data: bytes) -> Cells:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return of_xlsx(archive.read(archive.namelist()[0]))


def of_xls(data: bytes) -> Cells:
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - the library prints its complaints
        sheet = xlrd.open_workbook(file_contents=data, logfile=nowhere).sheet_by_index(0)
    return {
        (row + 1, column + 1): sheet.cell_value(row, column)
        for row in range(sheet.nrows)
        for column in range(sheet.ncols)
        if sheet.cell_type(row, column) in (xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER)
    }


def of_csv(data: bytes) -> Cells:
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
    return {
        (number, column): cell for number, row in enumerate(rows, 1) for column, cell in enumerate(row, 1)
    }


def of_json(data: bytes) -> Cells:
    rows = json.loads(data)["rows"]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    return {
        (number, column): row.get(key)
        for number, row in enumerate(rows, 2)
        for column, key in enumerate(keys, 1)
    }


def of_ods(data: bytes) -> Cells:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        table = fromstring(archive.read("content.xml")).find(f".//{_TABLE}table")
    assert table is not None
    cells: Cells = {}
    row_number = 0
    for row in table.iter(f"{_TABLE}table-row"):
        for _ in range(min(_times(row, "rows"), 20)):
            row_number += 1
            cells |= {(row_number, column): value for column, value in enumerate(_row(row), 1)}
    return cells


def _row(row: Element) -> Iterator[object]:
    for cell in row:
        for _ in range(min(_times(cell, "columns"), 20)):
            number = cell.get(f"{_OFFICE}value")
            yield float(number) if number else "".join(p.text or "" for p in cell.iter(f"{_TEXT}p")) or None


def _times(element: Element, what: str) -> int:
    return int(element.get(f"{_TABLE}number-{what}-repeated", "1"))


READ: dict[str, Callable[[bytes], Cells]] = {
    "xlsx": of_xlsx, "zip": of_zip, "xls": of_xls, "ods": of_ods, "csv": of_csv, "json": of_json,
}  # fmt: skip


def same(ours: Any, theirs: Any) -> bool:
    """Nothing and an empty text are one; so are 12, 12.0 and a Decimal of 12."""
    ours, theirs = (None if isinstance(cell, str) and not cell.strip() else cell for cell in (ours, theirs))
    if any(cell is None or isinstance(cell, str) for cell in (ours, theirs)):
        return bool(ours == theirs)
    return float(ours) == float(theirs)
