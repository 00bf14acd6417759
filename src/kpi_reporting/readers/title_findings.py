"""The title above a table against the period a filing claims: last month's file sent again under a new stamp."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.periods import Period, kind_of
from kpi_reporting.readers.period_texts import periods_in
from kpi_reporting.readers.sheet import Cell, Sheet
from kpi_reporting.readers.structure import Table
from kpi_reporting.text import match_key

TITLE_ROWS = 15
"""Rows above a table in which its title may stand."""

_NUMBERS_OF_DATA = 3
_HAS_YEAR = re.compile(r"[12]\d{3}(?!\d)")
_BEGINS_A_TITLE = re.compile(
    r"\W*(?:báo cáo|biểu|bảng|phụ lục|tổng hợp|kết quả|tình hình|thống kê|số liệu|kỳ|trong|cả năm"
    r"|tháng|quý|qúy|quí|năm|[69] tháng|sáu tháng|chín tháng)(?!\w)"
)
# Words of lines that name a period which is not that of the report: acts, templates, plans, estimates, comparisons.
_OF_SOMETHING_ELSE = re.compile(
    r"(?<!\w)(?:căn cứ|kèm|mẫu|phiên bản|hiệu lực|cập nhật|ban hành|áp dụng|thông tư|nghị (?:định|quyết)"
    r"|quyết định|luật|công văn|văn bản|đề án|chương trình|kế hoạch|nhiệm vụ|phương hướng|giao|so (?:với|sánh|cùng)"
    r"|cùng kỳ|ước|dự (?:kiến|báo|toán)|lũy kế|giai đoạn|(?:tháng|quý|năm|kỳ) (?:trước|sau)"
    r"|đến (?:hết |cuối )?(?:tháng|quý|năm|ngày))(?!\w)"
)


def title_findings(period: Period, sheet: Sheet, table: Table) -> Iterator[Finding]:
    """Return the warning of a title that names one period of the filing's kind, and another than the filing's.

    The period's name counts, not its days: "tháng 7" of a calendar that begins on the 15th is its seventh month.
    """
    named: dict[str, tuple[str, str]] = {}
    for cell, text in titles_above(sheet, table):
        for code in periods_in(text):
            if kind_of(code) == period.kind:
                named.setdefault(code, (cell, text))
    if len(named) == 1 and period.code not in named:
        ((cell, text),) = named.values()
        yield _finding(period, sheet, cell, text)


def titles_above(sheet: Sheet, table: Table) -> Iterator[tuple[str, str]]:
    """Yield address and text of what is worded like a title; figures of a table above end the search upwards."""
    for row_number in range(table.header_row - 1, max(0, table.header_row - 1 - TITLE_ROWS), -1):
        row = sheet.rows[row_number - 1]
        if sum(map(_is_number, row)) >= _NUMBERS_OF_DATA:
            return
        for column, cell in enumerate(row, 1):
            if isinstance(cell, str) and _HAS_YEAR.search(cell) and _is_title(match_key(cell)):
                yield cell_address(row_number, column), " ".join(cell.split())


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float | Decimal) or (isinstance(cell, str) and cell.strip().isdecimal())


def _is_title(key: str) -> bool:
    return _BEGINS_A_TITLE.match(key) is not None and not _OF_SOMETHING_ELSE.search(key)


def _finding(period: Period, sheet: Sheet, cell: str, text: str) -> Finding:
    return built_in("title_of_other_period").finding(
        message_vi=f"Tiêu đề “{text}” ghi kỳ khác với kỳ của báo cáo ({period.code}).",
        message_en=f"The title {text!r} names another period than the filing, which is for {period.code}.",
        sheet_name=sheet.name,
        cell=cell,
        found=text,
    )
