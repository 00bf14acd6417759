"""Hazards of formulas in a table: saved without a value, typed over, summing too little, fed from other files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.addresses import Place, place_of
from kpi_reporting.readers.sheet import Formula, Sheet, cell_text
from kpi_reporting.readers.structure import Table

_MOST_CELLS = 50
_FEWEST_FORMULAS = 3
_MOST_ROWS_MISSED = 3
_SUM = re.compile(
    r"\s*SUM\(\s*(\$?[A-Z]{1,3}\$?[0-9]+)\s*:\s*(\$?[A-Z]{1,3}\$?[0-9]+)\s*\)\s*", re.IGNORECASE
)
# What Google's tables take from elsewhere stands in quotes inside a formula of no other name.
_OTHER_FILE = re.compile(
    r"\[[0-9]+\]|\[[^\[\]]+\.(?:xls|ods|csv)\w?\]|'file:|\bIMPORT(?:RANGE|DATA|XML|HTML|FEED)\(",
    re.IGNORECASE,
)


def formula_findings(sheet: Sheet, table: Table) -> Iterator[Finding]:
    """Return what is wrong with the formulas of a table; what has no value refuses the submission."""
    yield from _without_value(sheet, table)
    if sheet.formulas:
        inside = {place: sheet.formulas[place] for place in _inside(sheet.formulas, table)}
        yield from _typed_over(sheet, table, inside)
        yield from _short_sums(sheet, table, inside)
        yield from _linked(sheet, inside)


def _inside(places: Iterable[Place], table: Table) -> Iterator[Place]:
    for part in table.parts:
        rows = range(part.first_row, part.last_row + 1)
        yield from (place for place in places if place[0] in rows and place[1] in part.columns)


def _without_value(sheet: Sheet, table: Table) -> Iterator[Finding]:
    cells = list(_inside(sheet.formulas_without_value, table))
    for row_number, column in cells[:_MOST_CELLS]:
        yield Finding(
            "readable",
            "formula_without_value",
            "error",
            f"Ô chứa công thức nhưng không có giá trị đã tính (cả bảng có {len(cells)} ô như vậy).",
            f"The formula was saved without a value ({len(cells)} such cells in the table).",
            "Mở tệp bằng Excel để công thức được tính, lưu lại rồi gửi lại.",
            sheet_name=sheet.name,
            cell=cell_address(row_number, column),
        )


def _typed_over(sheet: Sheet, table: Table, formulas: Mapping[Place, Formula]) -> Iterator[Finding]:
    """A column or row of formulas – two thirds of its numbers, at least three – has numbers without one."""
    typed = {place for line in _lines(sheet, table) for place in _odd_ones(line, formulas)}
    for place in sorted(typed)[:_MOST_CELLS]:
        yield Finding(
            "readable",
            "typed_over_formula",
            "warning",
            "Ô chứa số nhập tay trong khi các ô cùng cột hoặc cùng dòng là công thức; có thể công thức đã bị ghi đè.",
            "The cell holds a typed number where its neighbours are formulas.",
            "Kiểm tra lại ô này; khôi phục công thức nếu số bị ghi đè, rồi gửi lại.",
            sheet_name=sheet.name,
            cell=cell_address(*place),
            found=cell_text(sheet.cell(*place)),
        )


def _lines(sheet: Sheet, table: Table) -> Iterator[list[Place]]:
    """Yield the places of numbers, column by column and row by row."""
    columns: dict[int, list[Place]] = defaultdict(list)
    for part in table.parts:
        for row_number in range(part.first_row, part.last_row + 1):
            places = [
                (row_number, column) for column in part.columns if _is_number(sheet, row_number, column)
            ]
            for place in places:
                columns[place[1]].append(place)
            yield places
    yield from columns.values()


def _odd_ones(line: Sequence[Place], formulas: Mapping[Place, Formula]) -> list[Place]:
    typed = [place for place in line if place not in formulas]
    computed = len(line) - len(typed)
    return typed if computed >= _FEWEST_FORMULAS and computed >= 2 * len(typed) else []


def _is_number(sheet: Sheet, row_number: int, column: int) -> bool:
    cell = sheet.cell(row_number, column)
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _short_sums(sheet: Sheet, table: Table, formulas: Mapping[Place, Formula]) -> Iterator[Finding]:
    firsts = {
        formula.shared: (place, formula)
        for place, formula in formulas.items()
        if formula.is_first and formula.shared is not None
    }
    for place, formula in formulas.items():
        summed = _SUM.fullmatch(_text(place, formula, firsts))
        if summed:
            first, last = (place_of(address.upper()) for address in summed.groups())
            missed = _missed(sheet, table, place, first, last, formulas)
            if missed:
                yield _short_sum(sheet, place, summed[0].strip(), missed)


def _text(place: Place, formula: Formula, firsts: Mapping[str, tuple[Place, Formula]]) -> str:
    """Return a formula's text, empty when its reader does not tell it; a shared one is moved from its first cell."""
    if formula.text or formula.shared is None or formula.shared not in firsts:
        return formula.text
    origin, first = firsts[formula.shared]
    if not _SUM.fullmatch(first.text):
        return ""
    from openpyxl.formula.translate import Translator

    moved = Translator(f"={first.text}", cell_address(*origin)).translate_formula(cell_address(*place))
    return str(moved).removeprefix("=")


def _missed(
    sheet: Sheet, table: Table, place: Place, first: Place, last: Place, formulas: Mapping[Place, Formula]
) -> list[int]:
    """Rows of typed numbers right after the range, up to the total or to the end of the column's numbers."""
    row_number, column = place
    if not first[1] == last[1] == column or first[0] < table.first_row:
        return []
    end = row_number if row_number > last[0] else table.last_row + 1
    missed = []
    for below in range(last[0] + 1, end):
        if not _is_number(sheet, below, column) or (below, column) in formulas:
            break
        missed.append(below)
    reaches_total = row_number < first[0] or last[0] + len(missed) + 1 == row_number
    return missed if reaches_total and 0 < len(missed) <= _MOST_ROWS_MISSED else []


def _short_sum(sheet: Sheet, place: Place, formula: str, missed: Sequence[int]) -> Finding:
    rows = ", ".join(str(row) for row in missed)
    return Finding(
        "readable",
        "short_sum",
        "warning",
        f"Công thức {formula} bỏ sót dòng {rows} ngay sau vùng cộng.",
        f"{formula} misses row {rows}, which follows its range.",
        "Mở rộng vùng cộng đến dòng cuối của bảng rồi gửi lại.",
        sheet_name=sheet.name,
        cell=cell_address(*place),
        found=cell_text(sheet.cell(*place)),
    )


def _linked(sheet: Sheet, formulas: Mapping[Place, Formula]) -> Iterator[Finding]:
    linked = sorted(place for place, formula in formulas.items() if _OTHER_FILE.search(formula.text))
    if linked:
        yield Finding(
            "readable",
            "figure_from_other_file",
            "warning",
            f"{len(linked)} ô lấy giá trị từ tệp khác; hệ thống đọc giá trị của lần lưu cuối.",
            f"{len(linked)} cells take their values from another file; their last saved values are read.",
            "Dán giá trị thay cho liên kết rồi gửi lại nếu số liệu ở tệp kia đã thay đổi.",
            sheet_name=sheet.name,
            cell=cell_address(*linked[0]),
            found=formulas[linked[0]].text[:100],
        )
