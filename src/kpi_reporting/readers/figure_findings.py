"""Hazards of a table's cells: what stands where a figure belongs, and text that would act when opened again.

None of these decides about a submission: whether a figure that cannot be read makes it unacceptable depends on its row,
which the checks at the door know. They say precisely what was found, where, and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.number_text import kind_of_text
from kpi_reporting.readers.sheet import Cell, ErrorCell, Sheet, cell_text
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry.models import FieldRole, Form, FormField

_MOST_CELLS = 50
_FIGURES = (FieldRole.VALUE, FieldRole.INDICATOR)
_ACTS_AS_FORMULA = re.compile(r"\s*(?:[=@]\s*[\w('\"+-]|[+-].*\|.*!)")
_RULE_OF = {"other_locale": "other_locale", "with_unit": "unit_in_figure", "date": "date_in_figure"}


def figure_findings(
    form: Form, fields: Sequence[FormField], sheet: Sheet, table: Table, *, is_workbook: bool
) -> Iterator[Finding]:
    """Return what is odd about the cells of a table, at most fifty of a kind."""
    roles = {field.field_code: field.role for field in fields}
    hazards: dict[str, list[tuple[int, int]]] = {}
    for part in table.parts:
        figures = [column for column, code in part.columns.items() if roles.get(code) in _FIGURES]
        for place, rule_id in _hazards(form, sheet, part, figures):
            hazards.setdefault(rule_id, []).append(place)
    as_text = hazards.pop("number_as_text", [])
    for rule_id, places in hazards.items():
        yield from (_finding(rule_id, sheet, place, len(places)) for place in places[:_MOST_CELLS])
    if as_text and is_workbook:
        yield _numbers_as_text(sheet, as_text)


def _hazards(
    form: Form, sheet: Sheet, table: Table, figures: Sequence[int]
) -> Iterator[tuple[tuple[int, int], str]]:
    columns = [(column, column in figures) for column in table.columns]
    for row_number in range(table.first_row, table.last_row + 1):
        row = sheet.rows[row_number - 1]
        width = len(row)
        for column, is_figure in columns:
            cell = row[column - 1] if column <= width else None
            if cell is None or type(cell) is float:
                continue
            rule_id = _rule_of(cell, is_figure, form)
            if rule_id:
                yield (row_number, column), rule_id


def _rule_of(cell: Cell, is_figure: bool, form: Form) -> str | None:
    if isinstance(cell, str):
        if _ACTS_AS_FORMULA.match(cell):
            return "formula_as_text"
        kind = kind_of_text(cell, form.number_locale) if is_figure else "words"
        return "number_as_text" if kind == "number" else _RULE_OF.get(kind)
    if is_figure and isinstance(cell, ErrorCell) and cell.text != "#NO_VALUE":
        return "error_cell"
    return "date_in_figure" if is_figure and isinstance(cell, date | time | timedelta) else None


def _finding(rule_id: str, sheet: Sheet, place: tuple[int, int], count: int) -> Finding:
    rule = built_in(rule_id)
    more_vi = f" Cả bảng có {count} ô như vậy." if count > 1 else ""
    more_en = f" There are {count} such cells." if count > 1 else ""
    return rule.finding(
        message_vi=rule.reason_vi + more_vi,
        message_en=rule.reason_en + more_en,
        sheet_name=sheet.name,
        cell=cell_address(*place),
        found=cell_text(sheet.cell(*place))[:100],
    )


def _numbers_as_text(sheet: Sheet, places: Sequence[tuple[int, int]]) -> Finding:
    return built_in("number_as_text").finding(
        message_vi=f"{len(places)} ô số liệu được lưu dưới dạng chữ; hệ thống đọc theo cách ghi số quy định của biểu.",
        message_en=f"{len(places)} figures are stored as text and read by the form's locale.",
        sheet_name=sheet.name,
        cell=cell_address(*places[0]),
        found=cell_text(sheet.cell(*places[0]))[:100],
    )
