"""In what a file of another version differs from the version its period asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.cell_findings import described
from kpi_reporting.readers.sheet import Sheet, cell_text
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry.models import FieldRole, Form, FormField
from kpi_reporting.text import match_key

_MOST = 50


@dataclass(frozen=True)
class _Difference:
    """``cell`` is where it shows, if it is something that stands there; ``found`` is what."""

    subject: str
    text_vi: str
    text_en: str
    cell: tuple[int, int] | None = None
    found: str | None = None


def version_differences(
    form: Form, fields: Sequence[FormField], sheet: Sheet, table: Table
) -> Iterator[Finding]:
    """Yield one finding per difference, the first fifty; or the one that there is none but the number."""
    own = _cells(table) if table.is_of_cells else _columns(table)
    differences = [*own, *_items(fields, sheet, table)]
    for difference in islice(differences, _MOST):
        yield _finding(form, sheet, difference)
    if not differences:
        yield _same(form, sheet)


def _columns(table: Table) -> Iterator[_Difference]:
    for label in (*table.missing, *table.absent):
        yield _Difference(label, f"thiếu cột “{label}”", f"the column {label!r} is missing")
    for column, text in table.unknown.items():
        cell = (table.header_row, column)
        yield _Difference(text, f"thừa cột “{text}”", f"the column {text!r} is not in it", cell, text)


def _cells(table: Table) -> Iterator[_Difference]:
    for label in (*table.missing, *table.absent):
        yield _Difference(label, f"thiếu {described(label)}", f"it has no cell for {label!r}")


def _items(fields: Sequence[FormField], sheet: Sheet, table: Table) -> Iterator[_Difference]:
    """Rows of a list, compared by code and then by label."""
    places = {code: column for column, code in table.columns.items()}
    columns = {field.role: places.get(field.field_code) for field in fields}
    code_column, label_column = columns.get(FieldRole.ITEM_CODE), columns.get(FieldRole.ITEM_LABEL)
    if code_column is None:
        return
    rows = {
        code: row_number
        for row_number in range(table.last_row, table.first_row - 1, -1)
        if (code := cell_text(sheet.cell(row_number, code_column)))
    }
    items = {field.item_code: field for field in fields if field.role is FieldRole.INDICATOR}
    yield from (_missing_item(item) for code, item in items.items() if code not in rows)
    for code, row_number in sorted(rows.items(), key=lambda found: found[1]):
        cell = (row_number, code_column)
        label = cell_text(sheet.cell(row_number, label_column)) if label_column else ""
        if code not in items:
            yield _unknown_item(code, label, cell)
        elif label and match_key(label) != match_key(items[code].label):
            yield _renamed_item(items[code], label, (row_number, label_column or code_column))


def _missing_item(item: FormField) -> _Difference:
    what = f"{item.item_code} “{item.label}”"
    return _Difference(item.field_code, f"thiếu chỉ tiêu {what}", f"the item {what} is missing")


def _unknown_item(code: str, label: str, cell: tuple[int, int]) -> _Difference:
    what = f"{code} “{label}”" if label else code
    return _Difference(code, f"thừa chỉ tiêu {what}", f"the item {what} is not in it", cell, code)


def _renamed_item(item: FormField, label: str, cell: tuple[int, int]) -> _Difference:
    return _Difference(
        item.field_code,
        f"chỉ tiêu {item.item_code} là “{item.label}”, tệp ghi “{label}”",
        f"item {item.item_code} is {item.label!r}, the file says {label!r}",
        cell,
        label,
    )


def _finding(form: Form, sheet: Sheet, difference: _Difference) -> Finding:
    return Finding(
        "structure",
        "version_difference",
        "error",
        f"So với biểu {form.form_code} phiên bản {form.form_version}: {difference.text_vi}.",
        f"Compared with {form.form_code} v{form.form_version}: {difference.text_en}.",
        f"Chép số liệu sang biểu mẫu phiên bản {form.form_version} rồi gửi lại.",
        sheet_name=sheet.name,
        cell=cell_address(*difference.cell) if difference.cell else None,
        subject=difference.subject,
        found=difference.found,
    )


def _same(form: Form, sheet: Sheet) -> Finding:
    return Finding(
        "structure",
        "same_as_version",
        "info",
        f"Bảng có đúng các cột và chỉ tiêu của biểu {form.form_code} phiên bản {form.form_version}.",
        f"The table has the columns and items of {form.form_code} v{form.form_version}; only the number differs.",
        f"Kiểm tra, ghi “{form.form_version}” ở ô “Phiên bản” rồi gửi lại.",
        sheet_name=sheet.name,
        found=str(form.form_version),
    )
