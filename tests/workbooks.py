"""Filings made for tests, as senders would make them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

PROJECT = Path(__file__).parents[1]
THANH_HOA = PROJECT / "dbt_project/seeds/thanh_hoa"
LIST_HEADER = ("Mã số", "Chỉ tiêu", "Đơn vị tính", "Số liệu", "Ghi chú")
DISTRICT_GROUPS = {
    "Hồ sơ tiếp nhận": ("Tổng số", "Trực tuyến", "Trực tiếp", "Bưu chính công ích", "Kỳ trước chuyển sang"),
    "Hồ sơ đã giải quyết": ("Tổng số", "Trước hạn", "Đúng hạn", "Quá hạn"),
    "Hồ sơ đang giải quyết": ("Tổng số", "Trong hạn", "Quá hạn"),
    "Kết quả trực tuyến": ("Giải quyết trực tuyến", "Toàn trình"),
    "Hồ sơ công việc": ("Tổng số", "Điện tử"),
}


def stamp(form: str, unit: Any, period: str, version: Any = 1, nil: str | None = None) -> list[list[Any]]:
    """The rows above a form's table."""
    rows = [["Mã biểu", form], ["Phiên bản", version], ["Mã đơn vị", unit], ["Kỳ báo cáo", period]]
    return [*rows, ["Không phát sinh", nil]] if nil else rows


def list_rows(values: Sequence[tuple[str, Any]], header: Sequence[str] = LIST_HEADER) -> list[list[Any]]:
    """The table of a list form: one row per item code and figure."""
    return [list(header), *([code, f"Chỉ tiêu {code}", "hồ sơ", value, None] for code, value in values)]


def workbook(rows: Sequence[Sequence[Any]], title: str = "Biểu") -> Workbook:
    """A workbook whose only sheet holds the rows."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return book


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def hs01(unit: Any = "14758", period: str = "2025-M07", **stamped: Any) -> bytes:
    """A commune's monthly filing with two figures."""
    table = list_rows([("1.1", 12), ("1.2", 30.5)])
    return saved(workbook([*stamp("HS-01", unit, period, **stamped), [], *table]))


def district_book(unit: str = "380", period: str = "2025-M06") -> Workbook:
    """A district's filing: a merged header of two rows, its communes, and their total."""
    upper: list[Any] = ["Mã xã", "Tên xã"]
    lower: list[Any] = [None, None]
    for group, columns in DISTRICT_GROUPS.items():
        upper += [group, *[None] * (len(columns) - 1)]
        lower += columns
    figures = list(range(1, 17))
    body = [["14797", "Phường Điện Biên", *figures], [None, "Tổng cộng", *figures]]
    book = workbook([*stamp("HS-01H", unit, period), [], upper, lower, *body])
    _merge_header(book, 6)
    return book


def _merge_header(book: Workbook, row: int) -> None:
    sheet, column = book.worksheets[0], 3
    for place in (1, 2):
        sheet.merge_cells(start_row=row, end_row=row + 1, start_column=place, end_column=place)
    for columns in DISTRICT_GROUPS.values():
        sheet.merge_cells(
            start_row=row, end_row=row, start_column=column, end_column=column + len(columns) - 1
        )
        column += len(columns)
