"""The labels of a list's rows against their codes: a label of another row says that code or figures were mixed up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.sheet import Sheet, cell_text
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry.models import FieldRole, FormField
from kpi_reporting.text import folded_key


def label_findings(fields: Sequence[FormField], sheet: Sheet, table: Table) -> Iterator[Finding]:
    """Return the errors of rows whose label is another row's; words that are nobody's stay the sender's."""
    roles = {field.field_code: field.role for field in fields}
    places = {roles.get(code): column for column, code in table.columns.items()}
    code_column, label_column = places.get(FieldRole.ITEM_CODE), places.get(FieldRole.ITEM_LABEL)
    if code_column is None or label_column is None:
        return
    items = {field.item_code: field for field in fields if field.role is FieldRole.INDICATOR}
    labels = {code: _key(field.label) for code, field in items.items()}
    for row_number in range(table.first_row, table.last_row + 1):
        own = items.get(cell_text(sheet.cell(row_number, code_column)))
        label = cell_text(sheet.cell(row_number, label_column))
        if own is None or not label or _key(label) == labels[own.item_code]:
            continue
        other = next((item for code, item in items.items() if labels[code] == _key(label)), None)
        if other is not None:
            yield _finding(sheet, (row_number, label_column), own, other, label)


def _key(label: str) -> str:
    """A label without a number that some write before it."""
    return folded_key(label).lstrip("0123456789 ")


def _finding(sheet: Sheet, place: tuple[int, int], own: FormField, other: FormField, label: str) -> Finding:
    return Finding(
        "structure",
        "label_of_other_item",
        "error",
        f"Mã số {own.item_code} của biểu là “{own.label}”, nhưng dòng này ghi “{label}”, là chỉ tiêu của mã số "
        f"{other.item_code}.",
        f"Item {own.item_code} is {own.label!r}; the row says {label!r}, which is item {other.item_code}.",
        "Ghi đúng mã số của chỉ tiêu ở mỗi dòng, kiểm tra số liệu của cả hai dòng, rồi gửi lại.",
        sheet_name=sheet.name,
        cell=cell_address(*place),
        subject=own.field_code,
        found=label,
    )
