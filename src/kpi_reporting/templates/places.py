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
        _write(book, sheet, form.end_anchor, f"A{header_row + len(template.rows) + 2}")
    if form.period_anchor and is_name(form.period_anchor):
        _write(book, sheet, form.period_anchor, f"B{_PERIOD_ROW}")
    return header_row


def _write(book: Workbook, sheet: Worksheet, anchor: str, cell: str) -> None:
    if is_name(anchor):
        column, row = cell[0], cell[1:]
        place = f"{quote_sheetname(sheet.title)}!${column}${row}"
        book.defined_names[anchor[1:]] = DefinedName(anchor[1:], attr_text=place)
    else:
        sheet[cell] = anchor
        sheet[cell].font = Font(bold=True)
