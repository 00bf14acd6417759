"""What of a template readers find its table and its period by, where the form version says that they do."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from kpi_reporting.readers.form_places import is_name
from kpi_reporting.readers.stamp import STAMP_LABELS
from kpi_reporting.templates.content import Template
from kpi_reporting.text import match_key

_PERIOD_ROW = 2 + list(STAMP_LABELS).index("period")


def write_places(book: Workbook, sheet: Worksheet, template: Template, free_row: int) -> int:
    """Write the anchors of the form, from a free row on; return the row of the table's header.

    The table begins below its anchor and ends before the next one, after one empty row. The cell of the stamp says the
    period, under a name where the form asks for one.
    """
    form, header_row = template.form, free_row
    written = {match_key(form.name_vi), *(match_key(column.label) for column in template.columns)}
    if form.anchor and match_key(form.anchor) not in written:
        _write(book, sheet, form.anchor, f"A{header_row}")
        header_row += not is_name(form.anchor)
    if form.end_anchor:
        _write(book, sheet, form.end_anchor, f"A{header_row + template.height + 2}")
    if form.period_anchor and is_name(form.period_anchor):
        _write(book, sheet, form.period_anchor, f"B{_PERIOD_ROW}")
    return header_row


def name_cell(book: Workbook, sheet: Worksheet, name: str, cell: str) -> None:
    """Give a cell in one of the first 26 columns a name, written ``=Name``."""
    place = f"{quote_sheetname(sheet.title)}!${cell[0]}${cell[1:]}"
    book.defined_names[name[1:]] = DefinedName(name[1:], attr_text=place)


def _write(book: Workbook, sheet: Worksheet, anchor: str, cell: str) -> None:
    if is_name(anchor):
        name_cell(book, sheet, anchor, cell)
    else:
        sheet[cell] = anchor
        sheet[cell].font = Font(bold=True)
