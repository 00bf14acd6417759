"""What all sheets of a template are made of: how cells look, which are open, what figures may be."""

from __future__ import annotations

from openpyxl.cell import Cell, MergedCell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

WHOLE, WITH_DECIMALS, TEXT = "#,##0", "#,##0.0#####", "@"
WRAPPED = Alignment(wrap_text=True, vertical="center")
_OPEN = PatternFill("solid", fgColor="FFF9DB")
_LINE = Side(style="thin", color="9AA0A6")
THIN = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_LARGEST = "1E+15"
_FIRST_CUSTOM_FORMAT = 164


def write_header(sheet: Worksheet, row_number: int, column: int, text: str) -> None:
    """Write the header of a column."""
    header = sheet.cell(row_number, column, text)
    header.font, header.border, header.alignment = Font(bold=True), THIN, WRAPPED


def open_cell(cell: Cell | MergedCell) -> None:
    """Let senders fill a cell in, and show that they may."""
    cell.protection, cell.fill, cell.border = Protection(locked=False), _OPEN, THIN


def validate_figures(sheet: Worksheet, area: str, what: str) -> None:
    """Take nothing but numbers in an area; ``what`` is asked for."""
    number = DataValidation("decimal", f"-{_LARGEST}", _LARGEST, allow_blank=True, operator="between")
    number.error, number.errorTitle = "Ô này chỉ nhận số.", "Số liệu"
    number.prompt, number.promptTitle = "Nhập số; bằng không thì nhập 0.", what[:32]
    sheet.add_data_validation(number)
    number.add(area)
    _show_decimals(sheet, area)


def _show_decimals(sheet: Worksheet, area: str) -> None:
    """A figure that is no whole number shows its decimals; a whole one has no comma behind it."""
    first = area.partition(":")[0]
    style = DifferentialStyle(numFmt=NumberFormat(_FIRST_CUSTOM_FORMAT, WITH_DECIMALS))
    formula = f"AND(ISNUMBER({first}),{first}<>INT({first}))"
    sheet.conditional_formatting.add(area, Rule("expression", dxf=style, formula=[formula]))
