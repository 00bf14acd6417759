"""Figures that stand in single cells: one below the other, each right of its label and under its name."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from kpi_reporting.readers.form_places import is_name
from kpi_reporting.registry.models import FieldRole
from kpi_reporting.templates.content import SingleCell, Template
from kpi_reporting.templates.parts import (
    TEXT,
    THIN,
    WHOLE,
    WRAPPED,
    open_cell,
    validate_figures,
    write_header,
)
from kpi_reporting.templates.places import name_cell

_HEADINGS = {"Chỉ tiêu": 58, "Số liệu": 18, "Đơn vị tính": 18}


def write_cells(book: Workbook, sheet: Worksheet, template: Template, header_row: int) -> None:
    """Write label, open cell and unit of measure of each figure, a row for each."""
    for number, (heading, width) in enumerate(_HEADINGS.items(), 1):
        write_header(sheet, header_row, number, heading)
        sheet.column_dimensions["ABC"[number - 1]].width = width
    for row_number, cell in enumerate(template.cells, header_row + 1):
        _write_cell(book, sheet, row_number, cell)
    sheet.freeze_panes = f"A{header_row + 1}"


def _write_cell(book: Workbook, sheet: Worksheet, row_number: int, cell: SingleCell) -> None:
    is_figure = cell.field.role is FieldRole.INDICATOR
    for column, text in enumerate((cell.label, None, cell.measure), 1):
        written = sheet.cell(row_number, column, text)
        written.border, written.alignment, written.number_format = THIN, WRAPPED, TEXT
    place = sheet.cell(row_number, 2)
    place.number_format = WHOLE if is_figure else TEXT
    open_cell(place)
    if is_figure:
        validate_figures(sheet, place.coordinate, cell.label)
    if is_name(cell.field.label):
        name_cell(book, sheet, cell.field.label, place.coordinate)
