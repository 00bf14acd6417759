"""What is wrong with the table of a submission: lists of differences, with cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.sheet import Sheet, cell_text, is_blank_row
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry.models import FieldRole, Form, FormField

_MOST_CELLS = 50
_NOTHING = frozenset({"", "0", "-", "–"})


def no_table(form: Form, labels: Sequence[str]) -> Finding:
    """Return the finding of a file in which no header of the form occurs."""
    return Finding(
        "structure",
        "no_table",
        "error",
        f"Không tìm thấy bảng số liệu của biểu {form.form_code} phiên bản {form.form_version} trong tệp.",
        f"No label of {form.form_code} v{form.form_version} occurs in the first rows of any visible sheet.",
        f"Dùng đúng biểu mẫu có các cột: {_quoted(labels)}.",
    )


def table_findings(form: Form, sheet: Sheet, table: Table) -> Iterator[Finding]:
    """Return what differs from the form version: errors refuse the submission, warnings do not."""
    if table.missing:
        yield _missing_columns(form, sheet, table)
    if table.absent:
        yield _absent_columns(form, sheet, table)
    if table.doubled:
        yield _doubled_columns(form, sheet, table)
    if table.is_complete and table.last_row < table.first_row:
        yield _no_rows(sheet, table)
    for column, text in table.unknown.items():
        yield _unknown_column(form, sheet, table, column, text)
    yield from _merged_cells(sheet, table)


def hidden_findings(sheet: Sheet, table: Table) -> Iterator[Finding]:
    """Return the warnings of what is read although nobody sees it."""
    yield from _hidden_rows(sheet, table)
    yield from _hidden_columns(sheet, table)


def nil_findings(sheet: Sheet, table: Table, fields: Sequence[FormField]) -> Iterator[Finding]:
    """Return the error of a filing that says nil and holds a figure all the same."""
    figures = {field.field_code for field in fields if field.role in (FieldRole.VALUE, FieldRole.INDICATOR)}
    told = (
        (cell_address(row_number, column), cell_text(sheet.cell(row_number, column)))
        for part in table.parts
        for row_number in range(part.first_row, part.last_row + 1)
        for column, field_code in part.columns.items()
        if field_code in figures
    )
    found = next(((cell, text) for cell, text in told if text not in _NOTHING), None)
    if found is not None:
        yield _figure_despite_nil(sheet, *found)


def _figure_despite_nil(sheet: Sheet, cell: str, text: str) -> Finding:
    return Finding(
        "structure",
        "figure_despite_nil",
        "error",
        "Báo cáo ghi “Không phát sinh” nhưng trong bảng vẫn có số liệu.",
        "The filing says nil and holds a figure.",
        "Bỏ dấu “Không phát sinh”, hoặc xóa số liệu trong bảng, rồi gửi lại.",
        sheet_name=sheet.name,
        cell=cell,
        found=text,
    )


def _missing_columns(form: Form, sheet: Sheet, table: Table) -> Finding:
    instead = (
        f" Cột có trong tệp nhưng không thuộc biểu: {_quoted(table.unknown.values())}."
        if table.unknown
        else ""
    )
    return Finding(
        "structure",
        "missing_columns",
        "error",
        f"Bảng thiếu cột bắt buộc của biểu {form.form_code} phiên bản {form.form_version}: "
        f"{_quoted(table.missing)}.{instead}",
        f"Required columns of {form.form_code} v{form.form_version} are missing: {_quoted(table.missing)}.",
        "Dùng đúng biểu mẫu, không đổi tên hay xóa cột, rồi gửi lại.",
        sheet_name=sheet.name,
        cell=cell_address(table.header_row, min(table.columns)),
        found=_quoted(table.unknown.values()) or None,
    )


def _absent_columns(form: Form, sheet: Sheet, table: Table) -> Finding:
    return Finding(
        "structure",
        "absent_columns",
        "warning",
        f"Bảng không có các cột số liệu sau của biểu {form.form_code}: {_quoted(table.absent)}.",
        f"Columns of figures that may be left out are not there: {_quoted(table.absent)}.",
        "Nếu đơn vị có số liệu cho các cột này, bổ sung đúng tên cột rồi gửi lại.",
        sheet_name=sheet.name,
        cell=cell_address(table.header_row, min(table.columns)),
    )


def _doubled_columns(form: Form, sheet: Sheet, table: Table) -> Finding:
    return Finding(
        "structure",
        "doubled_columns",
        "error",
        f"Nhiều cột mang cùng một tên của biểu {form.form_code}: {_quoted(table.doubled)}.",
        f"More than one column carries the label: {_quoted(table.doubled)}.",
        "Giữ lại một cột cho mỗi chỉ tiêu rồi gửi lại.",
        sheet_name=sheet.name,
        cell=cell_address(table.header_row, min(table.columns)),
        found=_quoted(table.doubled),
    )


def _no_rows(sheet: Sheet, table: Table) -> Finding:
    return Finding(
        "structure",
        "no_rows",
        "error",
        "Bảng không có dòng số liệu nào.",
        "There is no row below the header, and the filing does not say nil.",
        "Điền số liệu rồi gửi lại; nếu kỳ này không phát sinh, ghi “Không phát sinh” và dấu x ở ô bên phải.",
        sheet_name=sheet.name,
        cell=cell_address(table.first_row, min(table.columns)),
    )


def _unknown_column(form: Form, sheet: Sheet, table: Table, column: int, text: str) -> Finding:
    return Finding(
        "structure",
        "unknown_column",
        "warning",
        f"Cột “{text}” không thuộc biểu {form.form_code} phiên bản {form.form_version} nên không được tính.",
        f"The column {text!r} is no field of {form.form_code} v{form.form_version}; it is kept and not computed.",
        "Nếu là số liệu của biểu, sửa lại tên cột theo biểu mẫu rồi gửi lại.",
        sheet_name=sheet.name,
        cell=cell_address(table.header_row, column),
        found=text,
    )


def _hidden_rows(sheet: Sheet, table: Table) -> Iterator[Finding]:
    rows = [range(part.first_row, part.last_row + 1) for part in table.parts]
    hidden = [
        row
        for row in sorted(sheet.hidden_rows)
        if any(row in one for one in rows) and not is_blank_row(sheet.rows[row - 1])
    ]
    if hidden:
        numbers = ", ".join(str(row) for row in hidden[:_MOST_CELLS])
        yield Finding(
            "readable",
            "hidden_rows",
            "warning",
            f"Bảng có {len(hidden)} dòng bị ẩn nhưng chứa dữ liệu: {numbers}. Các dòng này vẫn được đọc.",
            f"{len(hidden)} hidden rows hold data and are read: {numbers}.",
            "Bỏ ẩn các dòng để kiểm tra; xóa dòng không thuộc báo cáo rồi gửi lại.",
            sheet_name=sheet.name,
            cell=cell_address(hidden[0], 1),
        )


def _hidden_columns(sheet: Sheet, table: Table) -> Iterator[Finding]:
    hidden = sorted({column for part in table.parts for column in part.columns} & sheet.hidden_columns)
    if hidden:
        letters = ", ".join(cell_address(1, column)[:-1] for column in hidden)
        yield Finding(
            "readable",
            "hidden_columns",
            "warning",
            f"Bảng có cột bị ẩn thuộc biểu: {letters}. Các cột này vẫn được đọc.",
            f"Hidden columns of the form are read: {letters}.",
            "Bỏ ẩn các cột để kiểm tra số liệu rồi gửi lại.",
            sheet_name=sheet.name,
            cell=cell_address(table.header_row, hidden[0]),
        )


def _merged_cells(sheet: Sheet, table: Table) -> Iterator[Finding]:
    for area in sheet.merged:
        columns = [col for col in table.columns if area.first_column <= col <= area.last_column]
        if columns and area.first_row < area.last_row and area.first_row >= table.first_row:
            yield Finding(
                "structure",
                "merged_cells",
                "warning",
                f"Các dòng {area.first_row}–{area.last_row} bị gộp ô; chỉ dòng đầu có giá trị.",
                f"Rows {area.first_row} to {area.last_row} are merged; only the first one has the value.",
                "Bỏ gộp ô và điền giá trị cho từng dòng rồi gửi lại.",
                sheet_name=sheet.name,
                cell=cell_address(area.first_row, columns[0]),
            )


def _quoted(labels: Iterable[str]) -> str:
    return ", ".join(f"“{label}”" for label in labels)
