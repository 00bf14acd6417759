"""A template as a workbook: three visible sheets, of which only the cells a sender fills in are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from kpi_reporting.readers.stamp import STAMP_LABELS
from kpi_reporting.registry.models import FieldRole, FormField
from kpi_reporting.templates.cells import write_cells
from kpi_reporting.templates.content import Template
from kpi_reporting.templates.parts import (
    TEXT,
    THIN,
    WHOLE,
    WRAPPED,
    open_cell,
    validate_figures,
    write_header,
)
from kpi_reporting.templates.places import write_places

FORM_SHEET, NOTES_SHEET, LISTS_SHEET = "Biểu", "Hướng dẫn", "Danh mục"
_FIGURES = (FieldRole.VALUE, FieldRole.INDICATOR)
_BESIDE_FIGURES = (FieldRole.NOTE, FieldRole.PERIOD)
_WIDTHS = {FieldRole.ITEM_LABEL: 58, FieldRole.UNIT_NAME: 40, FieldRole.BREAKDOWN: 40, FieldRole.NOTE: 22}


@dataclass(frozen=True)
class _Choice:
    """Where a list of choices stands, as a formula."""

    area: str
    heading: str


def workbook_of(template: Template) -> Workbook:
    """Return the workbook of a template: the form, how to fill it in, what may be chosen."""
    book = Workbook()
    form = book.worksheets[0]
    form.title = template.form.sheet or FORM_SHEET
    notes, lists = book.create_sheet(NOTES_SHEET), book.create_sheet(LISTS_SHEET)
    choices = _write_lists(lists, template)
    _write_notes(notes, template)
    header_row = write_places(book, form, template, _write_stamp(form, template, choices) + 2)
    if template.cells:
        write_cells(book, form, template, header_row)
    else:
        _write_table(form, template, header_row, choices)
    for sheet in book.worksheets:
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False
    book.security = WorkbookProtection(lockStructure=True)
    book.properties.title = f"{template.form.form_code} v{template.form.form_version}"
    book.properties.creator = "kpi-reporting"
    return book


def _write_lists(sheet: Worksheet, template: Template) -> Mapping[str, _Choice]:
    """Write each list into two columns; return where the cells of the form find theirs."""
    found: dict[str, _Choice] = {}
    for number, choices in enumerate(template.lists):
        left = 3 * number + 1
        for row, entry in enumerate((choices.headings, *choices.entries), 1):
            for place, text in enumerate(entry):
                sheet.cell(row, left + place, text).number_format = TEXT
        for name, place in choices.offered.items():
            letter = get_column_letter(left + place)
            area = f"{quote_sheetname(sheet.title)}!${letter}$2:${letter}${len(choices.entries) + 1}"
            found[name] = _Choice(area, choices.headings[place])
        for place, width in enumerate((16, 44)):
            sheet.cell(1, left + place).font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(left + place)].width = width
    return found


def _write_notes(sheet: Worksheet, template: Template) -> None:
    sheet.column_dimensions["A"].width = 110
    for row, note in enumerate(template.notes, 1):
        sheet.cell(row, 1, note).alignment = WRAPPED


def _write_stamp(sheet: Worksheet, template: Template, choices: Mapping[str, _Choice]) -> int:
    """Write the title and, below it, label by label what readers identify a filing by; return the last row."""
    form, unit = template.form, template.unit
    said: dict[str, str | int | None] = dict.fromkeys(STAMP_LABELS)
    said |= {"form": form.form_code, "version": form.form_version}
    said |= {"unit": unit.code, "unit_name": unit.name_vi} if unit else {}
    sheet.cell(1, 1, form.name_vi).font = Font(bold=True, size=13)
    for row, (word, label) in enumerate(STAMP_LABELS.items(), 2):
        sheet.cell(row, 1, label).font = Font(bold=True)
        cell = sheet.cell(row, 2, said[word])
        cell.number_format = TEXT
        if said[word] is None:
            open_cell(cell)
            _offer(sheet, cell.coordinate, label, choices)
    _validate_nil(sheet, f"B{len(STAMP_LABELS) + 1}")
    return len(STAMP_LABELS) + 1


def _write_table(
    sheet: Worksheet, template: Template, header_row: int, choices: Mapping[str, _Choice]
) -> None:
    first, last = header_row + 1, header_row + len(template.rows)
    for number, column in enumerate(template.columns, 1):
        letter = get_column_letter(number)
        write_header(sheet, header_row, number, column.label)
        sheet.column_dimensions[letter].width = _WIDTHS.get(column.role, 18)
        for row, written in enumerate(template.rows, first):
            _write_cell(sheet.cell(row, number), column, written, is_offered=column.field_code in choices)
        _validate_column(sheet, column, f"{letter}{first}:{letter}{last}", choices)
    sheet.freeze_panes = f"A{first}"
    sheet.print_title_rows = f"{header_row}:{header_row}"
    sheet.page_setup.orientation = "landscape" if len(template.columns) > 6 else "portrait"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _write_cell(
    cell: Cell | MergedCell, column: FormField, written: Mapping[str, str], *, is_offered: bool
) -> None:
    cell.border, cell.alignment = THIN, WRAPPED
    cell.number_format = WHOLE if column.role in _FIGURES else TEXT
    if text := written.get(column.field_code):
        cell.value = text
    elif is_offered or column.role in (*_FIGURES, *_BESIDE_FIGURES) or not written:
        open_cell(cell)


def _validate_column(sheet: Worksheet, column: FormField, area: str, choices: Mapping[str, _Choice]) -> None:
    if column.role in _FIGURES:
        validate_figures(sheet, area, column.label)
    elif column.field_code in choices:
        _offer(sheet, area, column.field_code, choices)


def _offer(sheet: Worksheet, area: str, name: str, choices: Mapping[str, _Choice]) -> None:
    if name in choices:
        choice = choices[name]
        offered = DataValidation("list", choice.area, allow_blank=True)
        offered.error, offered.errorTitle = f"Chọn trong trang “{LISTS_SHEET}”.", choice.heading
        sheet.add_data_validation(offered)
        offered.add(area)


def _validate_nil(sheet: Worksheet, cell: str) -> None:
    nil = DataValidation("list", '"x"', allow_blank=True)
    nil.prompt, nil.promptTitle = "Chọn x nếu cả kỳ không phát sinh.", STAMP_LABELS["nil"]
    sheet.add_data_validation(nil)
    nil.add(cell)
