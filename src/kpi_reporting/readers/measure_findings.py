"""The unit of measure a sender states beside the figures, against the one of the form: money in another magnitude."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.sheet import Sheet, cell_text
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry.models import FieldRole, FormField
from kpi_reporting.text import match_key

_MONEY = {
    "đồng": 1, "vnđ": 1, "vnd": 1, "nghìn đồng": 10**3, "ngàn đồng": 10**3, "triệu đồng": 10**6,
    "tr.đồng": 10**6, "tr đồng": 10**6, "tỷ đồng": 10**9, "tỉ đồng": 10**9, "nghìn tỷ đồng": 10**12,
    "nghìn tỉ đồng": 10**12,
}  # fmt: skip
_STATED = re.compile(r"(?:đơn vị tính|đvt|đơn vị)\s*:\s*([^();]+)")
_LABEL = "đơn vị tính"


def measure_findings(
    fields: Sequence[FormField], measures: Mapping[str, str], sheet: Sheet, table: Table
) -> Iterator[Finding]:
    """Return the errors of figures stated in another magnitude of money than the form asks for.

    ``measures`` are the units of measure of indicators by their code. Only money is compared: other words for one
    unit of measure are too many to tell a mistake from a synonym.
    """
    by_code = {field.field_code: field for field in fields}
    columns = [by_code[code] for code in table.columns.values() if code in by_code]
    if any(field.role is FieldRole.VALUE for field in columns):
        yield from _of_list(fields, measures, sheet, table)
    else:
        asked = {_asked(field, measures) for field in columns if field.role is FieldRole.INDICATOR}
        yield from _above(sheet, table, asked)


def _of_list(
    fields: Sequence[FormField], measures: Mapping[str, str], sheet: Sheet, table: Table
) -> Iterator[Finding]:
    places = {code: column for column, code in table.columns.items()}
    measure = next(
        (f.field_code for f in fields if match_key(f.label) == _LABEL and f.field_code in places), None
    )
    code = next(
        (f.field_code for f in fields if f.role is FieldRole.ITEM_CODE and f.field_code in places), None
    )
    items = {field.item_code: field for field in fields if field.role is FieldRole.INDICATOR}
    if measure is None or code is None:
        yield from _above(sheet, table, {_asked(field, measures) for field in items.values()})
        return
    for row_number in range(table.first_row, table.last_row + 1):
        field = items.get(cell_text(sheet.cell(row_number, places[code])))
        if field:
            text = cell_text(sheet.cell(row_number, places[measure]))
            yield from _compared(sheet, (row_number, places[measure]), text, {_asked(field, measures)})


def _above(sheet: Sheet, table: Table, asked: set[Decimal | None]) -> Iterator[Finding]:
    """Compare what is stated above the header, as "Đơn vị tính: triệu đồng", with what all figures are asked in."""
    for row_number, row in enumerate(sheet.rows[: table.header_row - 1], 1):
        for column, cell in enumerate(row, 1):
            stated = _STATED.search(match_key(cell)) if isinstance(cell, str) else None
            if stated:
                yield from _compared(sheet, (row_number, column), stated[1], asked)


def _asked(field: FormField, measures: Mapping[str, str]) -> Decimal | None:
    """The magnitude of money a figure is typed in: that of its indicator times the factor of its field."""
    magnitude = _MONEY.get(match_key(measures.get(field.indicator_code or "", "")))
    return None if magnitude is None else magnitude * field.multiplier


def _compared(
    sheet: Sheet, place: tuple[int, int], text: str, asked: set[Decimal | None]
) -> Iterator[Finding]:
    stated = _MONEY.get(match_key(text).strip(" .:"))
    if stated is not None and asked and None not in asked and stated not in asked:
        yield Finding(
            "structure",
            "other_unit_of_measure",
            "error",
            f"Tệp ghi đơn vị tính “{text.strip()}” khác với đơn vị tính của biểu ({_named(asked)}).",
            f"The file states {text.strip()!r}; the form asks for {_named(asked)}.",
            "Quy đổi số liệu về đơn vị tính của biểu rồi gửi lại.",
            sheet_name=sheet.name,
            cell=cell_address(*place),
            found=text.strip(),
        )


def _named(asked: set[Decimal | None]) -> str:
    names = {magnitude: name for name, magnitude in reversed(_MONEY.items())}
    return ", ".join(sorted(names.get(int(one), str(one)) for one in asked if one is not None))
