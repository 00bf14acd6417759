"""Hazards of a table's cells: what stands where a figure belongs, and text that would act when opened again.

None of these decides about a submission: whether a figure that cannot be read makes it unacceptable depends on its row,
which the checks at the door know. They say precisely what was found, where, and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta

from kpi_reporting.findings import Finding, Severity, cell_address
from kpi_reporting.readers.number_text import kind_of_text
from kpi_reporting.readers.sheet import Cell, ErrorCell, Sheet, cell_text
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry.models import FieldRole, Form, FormField

_MOST_CELLS = 50
_FIGURES = (FieldRole.VALUE, FieldRole.INDICATOR)
_ACTS_AS_FORMULA = re.compile(r"\s*(?:[=@]\s*[\w('\"+-]|[+-].*\|.*!)")
_SENTENCES: dict[str, tuple[Severity, str, str, str]] = {
    "error_cell": (
        "warning",
        "Ô số liệu đang báo lỗi công thức nên không có giá trị.",
        "The cell of a figure shows an error of a formula.",
        "Sửa công thức hoặc nhập số trực tiếp, lưu lại rồi gửi lại.",
    ),
    "date_in_figure": (
        "warning",
        "Ô số liệu chứa ngày tháng; thường do Excel tự đổi số như 1/2 hoặc 3.5 thành ngày.",
        "The cell of a figure holds a date; spreadsheets turn numbers such as 1/2 into dates.",
        "Đổi định dạng ô thành Số, nhập lại số liệu rồi gửi lại.",
    ),
    "unit_in_figure": (
        "warning",
        "Ô số liệu ghi kèm đơn vị tính; hệ thống không tự quy đổi.",
        "The cell of a figure names a unit of measure; nothing is converted by guess.",
        "Chỉ nhập số, theo đúng đơn vị tính của biểu, rồi gửi lại.",
    ),
    "other_locale": (
        "warning",
        "Ô số liệu là chữ, và cách ghi dấu phân cách không theo quy định của biểu nên không đoán giá trị.",
        "The text of a figure is written in another locale than the form declares; its value is not guessed.",
        "Nhập lại ô này dưới dạng số, hoặc ghi dấu phân cách theo quy định của biểu, rồi gửi lại.",
    ),
    "formula_as_text": (
        "warning",
        "Ô chữ bắt đầu như một công thức; hệ thống giữ nguyên là chữ và không tính.",
        "The text begins like a formula; it is kept as text and never evaluated.",
        "Nhập giá trị thay cho công thức rồi gửi lại.",
    ),
}
_RULE_OF = {"other_locale": "other_locale", "with_unit": "unit_in_figure", "date": "date_in_figure"}


def figure_findings(
    form: Form, fields: Sequence[FormField], sheet: Sheet, table: Table, *, is_workbook: bool
) -> Iterator[Finding]:
    """Return what is odd about the cells of a table, at most fifty of a kind."""
    roles = {field.field_code: field.role for field in fields}
    figures = [column for column, code in table.columns.items() if roles.get(code) in _FIGURES]
    hazards: dict[str, list[tuple[int, int]]] = {}
    for place, rule_id in _hazards(form, sheet, table, figures):
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
    severity, message_vi, message_en, action_vi = _SENTENCES[rule_id]
    more_vi = f" Cả bảng có {count} ô như vậy." if count > 1 else ""
    more_en = f" There are {count} such cells." if count > 1 else ""
    return Finding(
        "readable",
        rule_id,
        severity,
        message_vi + more_vi,
        message_en + more_en,
        action_vi,
        sheet_name=sheet.name,
        cell=cell_address(*place),
        found=cell_text(sheet.cell(*place))[:100],
    )


def _numbers_as_text(sheet: Sheet, places: Sequence[tuple[int, int]]) -> Finding:
    return Finding(
        "readable",
        "number_as_text",
        "info",
        f"{len(places)} ô số liệu được lưu dưới dạng chữ; hệ thống đọc theo cách ghi số quy định của biểu.",
        f"{len(places)} figures are stored as text and read by the form's locale.",
        "Đổi định dạng các ô này thành Số cho lần gửi sau.",
        sheet_name=sheet.name,
        cell=cell_address(*places[0]),
        found=cell_text(sheet.cell(*places[0]))[:100],
    )
