"""Filled-in forms as bytes: workbooks, CSV and JSON that are the same, byte for byte, whenever they are made."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from kpi_reporting.collect.http_api import canonical_json
from kpi_reporting.registry.models import FieldRole
from kpi_reporting.workbook_bytes import workbook_bytes
from sandbox import INVENTED_VI
from sandbox.drafts import Draft

_WIDTHS = (12, 46, 14)
_GROUPS = (
    "Hồ sơ tiếp nhận",
    "Hồ sơ đã giải quyết",
    "Hồ sơ đang giải quyết",
    "Kết quả trực tuyến",
    "Hồ sơ công việc",
)
Row = list[Any]


@dataclass(frozen=True)
class Grid:
    """A sheet before it is a file: rows of cells, and merged areas (first row, last row, first, last column)."""

    rows: list[Row]
    merged: list[tuple[int, int, int, int]]
    first_row: int


def as_bytes(draft: Draft, file_type: str) -> bytes:
    """Return a draft as a file of a type: xlsx, xls, csv or json."""
    writers = {"xlsx": _xlsx, "xls": _xls, "csv": _csv, "json": _json}
    return writers[file_type](draft)


def as_archive(files: Mapping[str, bytes], at: datetime) -> bytes:
    """Return files by their names as one zip archive, packed at an instant."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            member = ZipInfo(name, at.timetuple()[:6])
            member.compress_type = ZIP_DEFLATED
            archive.writestr(member, data)
    return stream.getvalue()


def as_payload(draft: Draft) -> dict[str, Any]:
    """Return a draft as the JSON object a sender's API hands out."""
    words = list(draft.stamp.values())
    return {
        **dict(zip(("form", "version", "unit", "period"), words, strict=True)),
        "nil": draft.is_nil,
        "rows": [dict(_members(draft, record)) for record in draft.records],
        "remark": INVENTED_VI,
    }


def _members(draft: Draft, record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """A program sends codes and figures: the item and its value, or one member per field of a table."""
    names = {FieldRole.ITEM_CODE: "item", FieldRole.VALUE: "value"}
    for column in draft.columns:
        if draft.layout == "table":
            yield column.field_code, record.get(column.field_code)
        elif column.role in names:
            yield names[column.role], record[column.field_code]


def grid_of(draft: Draft) -> Grid:
    """Lay a draft out: that it is invented, the stamp, a header of one or two rows, the records."""
    nil = [["Không phát sinh", "x"]] if draft.is_nil else []
    above = [[INVENTED_VI], *([word, value] for word, value in draft.stamp.items()), *nil, []]
    header, merged = _header([draft.label(column) for column in draft.columns], len(above) + 1)
    codes = [column.field_code for column in draft.columns]
    records = [[record.get(code) for code in codes] for record in draft.records]
    return Grid([*above, *header, *records], merged, len(above) + len(header) + 1)


def _header(labels: Sequence[str], row: int) -> tuple[list[Row], list[tuple[int, int, int, int]]]:
    """Write labels of a group below the group's own name, as forms on paper do; others stand over both rows."""
    groups = [next((one for one in _GROUPS if label.startswith(f"{one} ")), "") for label in labels]
    if not any(groups):
        return [list(labels)], []
    pairs = list(zip(groups, labels, strict=True))
    upper: Row = [group or label for group, label in pairs]
    lower: Row = [label.removeprefix(group).strip() if group else None for group, label in pairs]
    merged = []
    for first, last in _runs(groups):
        bottom = row if groups[first] else row + 1
        merged.append((row, bottom, first + 1, last + 1))
        upper[first + 1 : last + 1] = [None] * (last - first)
    return [upper, lower], merged


def _runs(groups: Sequence[str]) -> Iterator[tuple[int, int]]:
    first = 0
    for place in range(1, len(groups) + 1):
        if place == len(groups) or not groups[place] or groups[place] != groups[first]:
            yield first, place - 1
            first = place


def _xlsx(draft: Draft) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    grid, book = grid_of(draft), Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Biểu"
    for row in grid.rows:
        sheet.append(row)
    for top, bottom, left, right in grid.merged:
        sheet.merge_cells(start_row=top, end_row=bottom, start_column=left, end_column=right)
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    if draft.font:
        for cell in (cell for row in sheet.iter_rows(min_row=2) for cell in row):
            cell.font = Font(name=draft.font)
    book.properties.creator = book.properties.title = INVENTED_VI
    return workbook_bytes(book)


def _xls(draft: Draft) -> bytes:
    import xlwt

    grid, book = grid_of(draft), xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Biểu")
    covered = set()
    for top, bottom, left, right in grid.merged:
        sheet.write_merge(top - 1, bottom - 1, left - 1, right - 1, grid.rows[top - 1][left - 1])
        covered |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
    for row_number, row in enumerate(grid.rows, 1):
        for column_number, cell in enumerate(row, 1):
            if cell is not None and (row_number, column_number) not in covered:
                sheet.write(row_number - 1, column_number - 1, cell)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _csv(draft: Draft) -> bytes:
    """As Excel saves it in Vietnamese: a byte order mark, semicolons, a comma before decimals."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([_typed(cell) for cell in row] for row in grid_of(draft).rows)
    return text.getvalue().encode("utf-8-sig")


def _typed(cell: Any) -> str:
    return "" if cell is None else cell if isinstance(cell, str) else str(cell).replace(".", ",")


def _json(draft: Draft) -> bytes:
    return canonical_json(as_payload(draft)).encode()
