"""Which sheet of a file holds the form: the one that bears its stamp. A second form is never passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding
from kpi_reporting.readers.cells import find_cells
from kpi_reporting.readers.content import Content
from kpi_reporting.readers.form_places import Misplaced, places_of
from kpi_reporting.readers.number_text import kind_of_text
from kpi_reporting.readers.period_columns import by_period, find_table_of_period
from kpi_reporting.readers.refusal import Refusal
from kpi_reporting.readers.sheet import Cell, Sheet, is_blank
from kpi_reporting.readers.stamp import Stamp, differing
from kpi_reporting.readers.structure import Table, find_table
from kpi_reporting.registry.models import FieldRole, Form, FormField

_FIGURES = (FieldRole.VALUE, FieldRole.INDICATOR)
_MOST_NAMES = 5
Found = tuple[Sheet, Table]


def stamps_in_conflict(stamps: Sequence[Stamp]) -> Iterator[Finding]:
    """Yield one finding when sheets say that they are different filings."""
    conflicting = [other for other in stamps[1:] if _differ(stamps[0], other)]
    if conflicting:
        yield _several([_described(stamp) for stamp in (stamps[0], *conflicting)], conflicting[0].sheet_name)


def table_of(
    content: Content, form: Form, fields: Sequence[FormField], period_code: str | None = None
) -> Found | None:
    """Return the table of the form; where no sheet is clearly the form, the one that fits best, the first of equals.

    Where the form has a column for each period, its figures are those of the period that is given.

    Raises:
        Misplaced: the form names a sheet or an anchor that is not there, or is there more than once.
        Refusal: more than one sheet holds the form.
    """
    columns, sheets = content.columns(form, fields), content.sheets(form, fields)
    tables = {
        place: (sheets[place], _table_in(sheets[place], rows, content, form, columns, period_code))
        for place, rows in places_of(form, content, sheets).items()
    }
    found = {place: (sheet, table) for place, (sheet, table) in tables.items() if table is not None}
    stamped = {stamp.place for stamp in content.stamps}
    forms = [place for place, one in found.items() if _is_form(*one, form, fields, place in stamped)]
    if forms and stamped.isdisjoint(forms):
        forms = [place for place, one in found.items() if place in forms or _may_be_form(*one, form, fields)]
    if len(forms) > 1:
        names = [f"“{sheets[place].name}”" for place in forms]
        raise Refusal(_several(names, sheets[forms[1]].name))
    return found[forms[0]] if forms else min(found.values(), key=_misfit, default=None)


def table_anywhere(
    content: Content, form: Form, fields: Sequence[FormField], period_code: str | None = None
) -> Found | None:
    """Return the table of the form wherever it stands when it does not stand where the form says.

    Raises:
        Refusal: more than one sheet holds the form.
    """
    try:
        return table_of(content, form, fields, period_code)
    except Misplaced:
        anywhere = {"sheet": None, "anchor": None, "end_anchor": None}
        return table_of(content, form.model_copy(update=anywhere), fields, period_code)


def _table_in(
    sheet: Sheet,
    rows: range,
    content: Content,
    form: Form,
    wanted: Sequence[FormField],
    period_code: str | None,
) -> Table | None:
    """A program names single cells and columns of periods by the codes of their fields."""
    if form.layout == "cells" and not sheet.is_payload:
        return find_cells(sheet, content.names, wanted, rows)
    if period_code and by_period(wanted) and not sheet.is_payload:
        return find_table_of_period(sheet, wanted, rows, form.period_kind, period_code)
    return find_table(sheet, wanted, rows)


def _is_form(sheet: Sheet, table: Table, form: Form, fields: Sequence[FormField], is_stamped: bool) -> bool:
    """A stamp makes even an empty or mutilated table the form; a word of a header on a cover is none."""
    has_figures = any(_has_figure(sheet, part, form, _figure_columns(part, fields)) for part in table.parts)
    return (has_figures and not table.missing) or (is_stamped and (has_figures or len(table.field_codes) > 1))


def _may_be_form(sheet: Sheet, table: Table, form: Form, fields: Sequence[FormField]) -> bool:
    """Where no stamp says which sheet is meant, it may be one whose columns were renamed, not one that has fewer."""
    columns = [*_figure_columns(table, fields), *table.unknown]
    has_place = bool(table.unknown) or not table.missing
    return has_place and len(table.columns) > 1 and _has_figure(sheet, table, form, columns)


def _figure_columns(table: Table, fields: Sequence[FormField]) -> list[int]:
    figures = {field.field_code for field in fields if field.role in _FIGURES}
    return [column for column, field_code in table.columns.items() if field_code in figures]


def _has_figure(sheet: Sheet, table: Table, form: Form, columns: Sequence[int]) -> bool:
    rows = range(table.first_row, table.last_row + 1)
    return any(_is_figure(sheet.cell(row, column), form) for row in rows for column in columns)


def _is_figure(cell: Cell, form: Form) -> bool:
    """Words below a header explain how to fill it in."""
    if isinstance(cell, str):
        return kind_of_text(cell, form.number_locale) != "words"
    return not is_blank(cell)


def _misfit(found: Found) -> tuple[int, int, int]:
    _, table = found
    return len(table.missing), len(table.doubled), -len(table.field_codes)


def _differ(one: Stamp, other: Stamp) -> bool:
    versions = one.claim.version, other.claim.version
    return (
        bool(differing(one.claim, other.claim))
        or one.claim.is_nil != other.claim.is_nil
        or (None not in versions and versions[0] != versions[1])
    )


def _described(stamp: Stamp) -> str:
    claim = stamp.claim
    said = (claim.form, claim.unit, claim.period, "không phát sinh" if claim.is_nil else None)
    return f"“{stamp.sheet_name}” ({', '.join(text for text in said if text)})"


def _several(names: Iterable[str], sheet_name: str) -> Finding:
    told = list(names)
    listed = ", ".join(told[:_MOST_NAMES]) + (", …" if len(told) > _MOST_NAMES else "")
    rule = built_in("several_forms_in_one_file")
    return rule.finding(
        message_vi=f"Các trang tính {listed} đều chứa biểu nên không biết trang nào là báo cáo.",
        message_en=f"More than one visible sheet is a form: {listed}; none of them is read.",
        sheet_name=sheet_name,
        found=listed,
    )
