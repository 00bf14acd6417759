"""What every reader turns a file into: sheets of cells as sent, nothing converted, nothing guessed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from kpi_reporting.findings import Finding, storable
from kpi_reporting.readers.addresses import Place
from kpi_reporting.readers.defined_names import DefinedName
from kpi_reporting.readers.refusal import too_large

_LARGEST_EXPONENT = 1000
"""Beyond this a number is kept as text, as PostgreSQL's numeric has an end and no figure comes near it."""

_LONGEST_NAME = 255


@dataclass(frozen=True)
class ErrorCell:
    """A cell that shows an error (#DIV/0!), or a formula that was saved without its value (#NO_VALUE)."""

    text: str


Cell = None | bool | str | int | float | Decimal | date | time | timedelta | ErrorCell


@dataclass(frozen=True)
class Span:
    """A merged range, both ends included, counted from 1."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


class Formula(NamedTuple):
    """A formula as written; a shared one stands in its first cell, the others name its number and have no text.

    Of an ``.xls`` only a plain sum, a reference to another file (``[1]Sheet1!A1``) and a call that acts or goes by a
    name (``RTD()``) are told; others have no text.
    """

    text: str
    shared: str | None = None
    is_first: bool = True
    has_value: bool = True


@dataclass(frozen=True)
class Sheet:
    """A sheet; ``rows[0]`` is row 1, and its first cell column A.

    ``is_payload``: a program sent the rows, as JSON. ``delimiter`` stands between the fields of a CSV file, and is None
    for what is none; ``is_unended``: no line end follows its last row.
    """

    name: str
    rows: list[list[Cell]]
    merged: Sequence[Span] = ()
    hidden_rows: frozenset[int] = frozenset()
    formulas_without_value: Sequence[Place] = field(default_factory=list)
    hidden_columns: frozenset[int] = frozenset()
    formulas: Mapping[Place, Formula] = field(default_factory=dict)
    page_texts: Sequence[str] = ()
    is_payload: bool = False
    delimiter: str | None = None
    is_unended: bool = False

    def cell(self, row_number: int, column_number: int) -> Cell:
        """Return a cell by its numbers from 1; None outside the sheet."""
        row = self.rows[row_number - 1] if 0 < row_number <= len(self.rows) else []
        return row[column_number - 1] if 0 < column_number <= len(row) else None

    @cached_property
    def last_row(self) -> int:
        """Number of the last row that holds something; 0 for an empty sheet."""
        filled = (
            number for number in range(len(self.rows), 0, -1) if not is_blank_row(self.rows[number - 1])
        )
        return next(filled, 0)


@dataclass(frozen=True)
class Document:
    """A file as read; ``reader`` says how (csv: with encoding and delimiter), ``findings`` what else it carries.

    ``hidden`` sheets and ``texts`` beside the cells – text boxes, comments, titles – are looked at for marks alone. Of
    a hidden sheet the first rows are enough for that. ``names`` are those that it gives cells, also of hidden sheets.
    """

    reader: str
    sheets: list[Sheet]
    findings: Sequence[Finding] = ()
    hidden: Sequence[Sheet] = ()
    texts: Sequence[str] = ()
    names: Sequence[DefinedName] = ()

    def __post_init__(self) -> None:
        """Refuse a name that no spreadsheet program gives a sheet, and no index holds."""
        longest = max((len(sheet.name) for sheet in self.sheets), default=0)
        if longest > _LONGEST_NAME:
            raise too_large(f"tên trang dài {longest} ký tự, nhiều nhất {_LONGEST_NAME}")


def is_blank(cell: Cell) -> bool:
    """Tell whether a cell holds nothing a person sees."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_blank_row(row: Sequence[Cell]) -> bool:
    """Tell whether a row holds nothing a person sees."""
    return all(is_blank(cell) for cell in row)


def cell_text(cell: Cell) -> str:
    """Return what a cell says as text, whole numbers without a decimal point; empty for nothing."""
    if cell is None:
        return ""
    if isinstance(cell, ErrorCell):
        return cell.text
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def row_as_json(row: Sequence[Cell]) -> str:
    """Write a row as the JSON array that raw keeps; trailing empty cells are left out."""
    filled = next((count for count in range(len(row), 0, -1) if row[count - 1] is not None), 0)
    return f"[{','.join(_cell_as_json(cell) for cell in row[:filled])}]"


def _cell_as_json(cell: Cell) -> str:
    """Numbers keep every digit: a float is written in the shortest form that means the same float."""
    if cell is None or isinstance(cell, bool):
        return json.dumps(cell)
    if isinstance(cell, int | float | Decimal):
        return _number_as_json(cell)
    if isinstance(cell, ErrorCell):
        return json.dumps({"error": cell.text}, ensure_ascii=False)
    if isinstance(cell, date | time | timedelta):
        return json.dumps({"date": _instant_text(cell)})
    return json.dumps(storable(cell), ensure_ascii=False)


def _number_as_json(number: int | float | Decimal) -> str:
    if not math.isfinite(number) or abs(Decimal(number).adjusted()) > _LARGEST_EXPONENT:
        return json.dumps(str(number))
    if isinstance(number, float) and number.is_integer() and abs(number) < 2**53:
        return str(int(number))
    return str(number)


def _instant_text(cell: date | time | timedelta) -> str:
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return str(cell) if isinstance(cell, timedelta) else cell.isoformat()
