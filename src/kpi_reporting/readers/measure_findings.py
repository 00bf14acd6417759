"""The unit of measure a sender states beside the figures, against the one of the form: nothing is converted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.measures import (
    Measure,
    is_plainly_money,
    magnitude_of,
    measure_of,
    money_in,
    plain,
)
from kpi_reporting.readers.sheet import Cell, Sheet, cell_text, is_blank
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry.models import FieldRole, FormField
from kpi_reporting.text import match_key

_STATED = re.compile(r"\b(?P<word>don vi tinh|dvt|don vi)\b\s*(?P<colon>:?)[\s.\-–(]*(?P<measure>[^();]*)")
_SEVERAL = re.compile(r"[,;/]|\b(?:và|va)\b")
_LABEL = "đơn vị tính"
_LABELS = frozenset({"dvt", "don vi", "don vi do"})


@dataclass(frozen=True)
class Stated:
    """A measure, the cell it stands in, and what stands there."""

    row_number: int
    column: int
    measure: str
    shown: str


def measure_findings(
    fields: Sequence[FormField],
    measures: Mapping[str, str],
    sheet: Sheet,
    table: Table,
    above: Sequence[Stated],
) -> Iterator[Finding]:
    """Return the errors of measures that are not recognised as the one the form asks for.

    ``measures`` are the units of measure of indicators by their code, ``above`` what is stated above the table. A
    measure may also stand in a column of its own, in a label, or alone in any cell of a list's row or beside a single
    cell.
    """
    by_code = {field.field_code: field for field in fields}
    columns = [by_code[code] for code in table.field_codes if code in by_code]
    is_list = any(field.role is FieldRole.VALUE for field in columns)
    figures = fields if is_list else columns
    asked = {measure_of(field, measures) for field in figures if field.role is FieldRole.INDICATOR}
    yield from _differing(sheet, above, asked)
    in_rows = (
        _in_rows(fields, measures, sheet, table) if is_list else _beside(by_code, measures, sheet, table)
    )
    for stated, near in in_rows:
        yield from _differing(sheet, [stated], near)


def measures_above(sheet: Sheet, table: Table) -> list[Stated]:
    """Return the measures that are stated above a table, for all of its figures.

    Stacked tables state a measure each: one below the anchor goes before those above it. Of single cells, what stands
    in rows between them counts too.
    """
    beside = {cell.first_row for cell in table.cells}
    last = min(max(beside, default=table.header_row), len(sheet.rows) + 1)
    own = list(_stated_in(sheet, [row for row in range(table.top_row, last) if row not in beside]))
    return own or list(_stated_in(sheet, range(1, table.top_row)))


def _stated_in(sheet: Sheet, rows: Iterable[int]) -> Iterator[Stated]:
    for row_number in rows:
        row = sheet.rows[row_number - 1]
        for column, cell in enumerate(row, 1):
            if isinstance(cell, str):
                yield from _stated(row_number, column, cell, row[column:])


def _stated(row_number: int, column: int, cell: str, right: Sequence[Cell]) -> Iterator[Stated]:
    """What a cell states, or the next one right of it; "Đơn vị: Sở Y tế" names an office, not a measure."""
    found = _STATED.search(plain(cell))
    if found is None:
        if is_plainly_money(cell):
            yield Stated(row_number, column, cell, cell.strip())
    elif found["word"] == "don vi":
        if found["colon"] and magnitude_of(found["measure"]) is not None:
            yield Stated(row_number, column, found["measure"], _behind_colon(cell))
    elif found["measure"].strip():
        yield Stated(row_number, column, found["measure"], _behind_colon(cell))
    else:
        for place, other in enumerate(right, column + 1):
            if not is_blank(other):
                yield Stated(row_number, place, cell_text(other), cell_text(other))
                return


def _behind_colon(cell: str) -> str:
    """The words of a sender behind "Đơn vị tính", with or without a colon."""
    text = normalize("NFC", cell_text(cell))
    behind = re.split(r"(?i)(?:đơn vị tính|đvt|đơn vị)[\s:.\-–(]*", text, maxsplit=1)[-1]
    return re.split(r"[();]", behind)[0].strip()


def _in_rows(
    fields: Sequence[FormField], measures: Mapping[str, str], sheet: Sheet, table: Table
) -> Iterator[tuple[Stated, set[Measure]]]:
    """The measures stated in the rows of a list, each with that of the row's figure."""
    by_code = {field.field_code: field for field in fields}
    roles = {column: by_code[code].role for column, code in table.columns.items() if code in by_code}
    own = {column for column, code in table.columns.items() if match_key(by_code[code].label) == _LABEL}
    own |= {column for column, text in table.unknown.items() if plain(text).strip(" .:") in _LABELS}
    items = {field.item_code: field for field in fields if field.role is FieldRole.INDICATOR}
    codes = [column for column, role in roles.items() if role is FieldRole.ITEM_CODE]
    for row_number in range(table.first_row, table.last_row + 1) if codes else ():
        field = items.get(cell_text(sheet.cell(row_number, codes[0])))
        if field is None:
            continue
        asked = measure_of(field, measures)
        for column, cell in enumerate(sheet.rows[row_number - 1], 1):
            if isinstance(cell, str) and roles.get(column) not in (FieldRole.VALUE, FieldRole.ITEM_CODE):
                for text in _of_cell(cell, field, is_measure=column in own):
                    yield Stated(row_number, column, text, cell.strip()), {asked}


def _beside(
    by_code: Mapping[str, FormField], measures: Mapping[str, str], sheet: Sheet, table: Table
) -> Iterator[tuple[Stated, set[Measure]]]:
    """The measures stated in the rows of single cells, each with those of the next figures left and right of it."""
    for row_number in sorted({cell.first_row for cell in table.cells}):
        row = sheet.rows[row_number - 1] if row_number <= len(sheet.rows) else []
        figures = _figures_in(row_number, by_code, table)
        for column, cell in enumerate(row, 1):
            if isinstance(cell, str) and column not in figures:
                near = _next_to(column, figures)
                asked = {measure_of(field, measures) for field in near}
                for text in _in_text(cell, near):
                    yield Stated(row_number, column, text, cell.strip()), asked


def _figures_in(row_number: int, by_code: Mapping[str, FormField], table: Table) -> dict[int, FormField]:
    in_row = (cell.columns for cell in table.cells if cell.first_row == row_number)
    found = {column: by_code[code] for columns in in_row for column, code in columns.items()}
    return {column: field for column, field in found.items() if field.role is FieldRole.INDICATOR}


def _next_to(column: int, figures: Mapping[int, FormField]) -> list[FormField]:
    left, right = (
        [place for place in figures if place < column],
        [place for place in figures if place > column],
    )
    return [figures[place] for place in (*sorted(left)[-1:], *sorted(right)[:1])]


def _in_text(cell: str, near: Sequence[FormField]) -> Iterator[str]:
    """The measures of money in a cell that is no label of the figures near it."""
    if is_plainly_money(cell):
        yield cell.strip()
    elif match_key(cell) not in {match_key(field.label) for field in near}:
        yield from money_in(cell)


def _of_cell(cell: str, field: FormField, *, is_measure: bool) -> Iterator[str]:
    """The measures a cell names: its whole text, or words in a label that are not those of the form."""
    if is_measure:
        yield cell.strip()
    else:
        yield from _in_text(cell, [field])


def _differing(sheet: Sheet, all_stated: Iterable[Stated], asked: set[Measure]) -> Iterator[Finding]:
    for stated in all_stated:
        if not _is_asked(stated.measure, asked):
            yield _finding(sheet, stated, asked)


def _is_asked(text: str, asked: set[Measure]) -> bool:
    """Each of several measures has to be one of those asked for."""
    parts = [text] if any(one.is_named_by(text) for one in asked) else _SEVERAL.split(text)
    return not asked or all(any(one.is_named_by(part) for one in asked) for part in parts)


def _finding(sheet: Sheet, stated: Stated, asked: set[Measure]) -> Finding:
    names = ", ".join(sorted({one.name for one in asked}))
    return Finding(
        "structure",
        "other_unit_of_measure",
        "error",
        f"Tệp ghi đơn vị tính “{stated.shown}”; biểu yêu cầu: {names}.",
        f"The file states {stated.shown!r}; the form asks for {names}.",
        f"Ghi số liệu và đơn vị tính theo biểu ({names}) rồi gửi lại; hệ thống không tự quy đổi.",
        sheet_name=sheet.name,
        cell=cell_address(stated.row_number, stated.column),
        found=stated.shown,
    )
