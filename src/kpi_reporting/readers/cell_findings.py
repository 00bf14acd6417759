"""What is wrong with the places of single cells: not there, there twice, two figures in one, one figure in several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.addresses import Place
from kpi_reporting.readers.field_findings import split_by_comma
from kpi_reporting.readers.form_places import is_name
from kpi_reporting.readers.sheet import Sheet
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry.models import Form, FormField

_MOST = 50


def cell_findings(form: Form, fields: Sequence[FormField], sheet: Sheet, table: Table) -> Iterator[Finding]:
    """Return what differs from the form version in the cells that a form of single cells names."""
    labels = {field.field_code: field.label for field in fields}
    for rule_id, not_there in (("cell_not_found", table.missing), ("cell_absent", table.absent)):
        for label in islice(not_there, _MOST):
            yield _not_found(rule_id, form, sheet, label)
    for label in islice(table.doubled, _MOST):
        yield _found_twice(
            sheet, label, [_first(cell) for cell in table.cells if _is_of(cell, label, labels)]
        )
    yield from islice(_shared(sheet, table, labels), _MOST)
    for cell in table.cells:
        if len(cell.columns) > 1 or cell.first_row < cell.last_row:
            yield _in_several_cells(sheet, cell, labels)
        elif sheet.delimiter == "," and (split := split_by_comma(sheet, _first(cell))):
            yield split


def more_than_one_row(sheet: Sheet, table: Table) -> Iterator[Finding]:
    """Return the error of a payload with several rows: each figure of a form of single cells has one value."""
    count = table.last_row - table.first_row + 1
    if count > 1:
        yield built_in("more_than_one_row").finding(
            message_vi=f"Gói dữ liệu có {count} dòng, nhưng mỗi số liệu của biểu chỉ có một giá trị.",
            message_en=f"The payload has {count} rows; each figure of the form has one value.",
            sheet_name=sheet.name,
            cell=cell_address(table.first_row + 1, 1),
            found=str(count),
        )


def described(label: str) -> str:
    """Return in Vietnamese which cell a label means."""
    return f"ô được đặt tên “{label[1:]}”" if is_name(label) else f"ô bên phải chữ “{label}”"


def _is_of(cell: Table, label: str, labels: dict[str, str]) -> bool:
    return any(labels[code] == label for code in cell.columns.values())


def _first(cell: Table) -> Place:
    return cell.first_row, min(cell.columns)


def _not_found(rule_id: str, form: Form, sheet: Sheet, label: str) -> Finding:
    where = f"của biểu {form.form_code} phiên bản {form.form_version} trong trang “{sheet.name}”"
    only_in_workbooks = sheet.delimiter is not None and is_name(label)
    return built_in(rule_id).finding(
        message_vi=f"Không có {described(label)} {where}."
        + (" Tệp CSV không giữ tên ô." if only_in_workbooks else ""),
        message_en=f"{form.form_code} v{form.form_version} has a figure at {label!r}, which {sheet.name!r} has not.",
        sheet_name=sheet.name,
        subject=label,
    )


def _found_twice(sheet: Sheet, label: str, places: Sequence[Place]) -> Finding:
    told = _listed(places)
    return built_in("cell_found_twice").finding(
        message_vi=f"Có {len(places)} ô đều là {described(label)}, nên không biết số liệu nào là của biểu: {told}.",
        message_en=f"{label!r} means {len(places)} cells: {told}.",
        sheet_name=sheet.name,
        cell=cell_address(*places[1]),
        subject=label,
        found=told,
    )


def _shared(sheet: Sheet, table: Table, labels: dict[str, str]) -> Iterator[Finding]:
    """One figure would count as two."""
    taken: dict[Place, str] = {}
    for cell in table.cells:
        for column, code in cell.columns.items():
            earlier = taken.setdefault((cell.first_row, column), code)
            if earlier != code:
                yield _two_figures(sheet, (cell.first_row, column), labels[earlier], labels[code])


def _two_figures(sheet: Sheet, place: Place, first: str, second: str) -> Finding:
    return built_in("cell_of_two_figures").finding(
        message_vi=f"Cùng một ô là {described(first)} và cũng là {described(second)}.",
        message_en=f"One cell is both {first!r} and {second!r}.",
        sheet_name=sheet.name,
        cell=cell_address(*place),
        subject=second,
    )


def _in_several_cells(sheet: Sheet, cell: Table, labels: dict[str, str]) -> Finding:
    label = labels[next(iter(cell.columns.values()))]
    area = f"{cell_address(*_first(cell))}:{cell_address(cell.last_row, max(cell.columns))}"
    return built_in("figure_in_several_cells").finding(
        message_vi=f"Tên “{label[1:]}” chỉ cả vùng {area}, trong đó không chỉ ô đầu tiên có nội dung.",
        message_en=f"The name {label[1:]!r} means {area}, and more than its first cell is filled.",
        sheet_name=sheet.name,
        cell=cell_address(*_first(cell)),
        subject=label,
        found=area,
    )


def _listed(places: Iterable[Place]) -> str:
    return ", ".join(cell_address(*place) for place in islice(places, _MOST))
