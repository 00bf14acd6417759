"""Rules of where a form version says that its table, its cells and its period stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpi_reporting.errors import Problem
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import ANY_PERIOD, TITLE, FieldRole, Form, FormField
from kpi_reporting.registry.places import problem_at
from kpi_reporting.registry.registry import Registry
from kpi_reporting.text import match_key

_SHEET_NAME = re.compile(r"(?!')[^\[\]:*?/\\]{1,31}(?<!')")
_DEFINED_NAME = re.compile(r"=(?![A-Za-z]{1,3}[0-9]+$)[^\W\d][\w.]*")
_HEADED_BY_FIGURES = {"list": FieldRole.VALUE, "table": FieldRole.INDICATOR}
_ANCHORS = ("anchor", "end_anchor", "period_anchor")
_NO_NAME = "after = stands the name of a cell: letters, digits, _ and ., and no address such as B5"


def sheets_can_have_their_names(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A sheet is called as spreadsheet programs let it be called."""
    for number, form in draft.rows(Form):
        if form.sheet is not None and not _SHEET_NAME.fullmatch(form.sheet):
            message = r"no sheet can be called so: at most 31 letters, none of []:*?/\ and no ' at an end"
            yield problem_at(form, number, "sheet", "field_map", message)


def anchors_can_be_found(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """An anchor is a text or the name of a cell; only the period may stand in the title, wherever that is."""
    for number, form in draft.rows(Form):
        for column in _ANCHORS:
            anchor = getattr(form, column) or ""
            if anchor.startswith("=") and not _DEFINED_NAME.fullmatch(anchor):
                yield problem_at(form, number, column, "field_map", _NO_NAME)
            if anchor == TITLE and column != "period_anchor":
                message = f"{TITLE} means the title, which is no place of a table; write a text or =Name"
                yield problem_at(form, number, column, "field_map", message)


def tables_end_elsewhere(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A table does not end where it begins."""
    for number, form in draft.rows(Form):
        ends = form.anchor and form.end_anchor and match_key(form.anchor) == match_key(form.end_anchor)
        if ends:
            message = "the table would end before the row in which it begins; name what stands below it"
            yield problem_at(form, number, "end_anchor", "field_map", message)


def rows_have_one_period(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A form version has at most one column that says the period of a row."""
    seen: dict[tuple[str, int], int] = {}
    for number, field in draft.rows(FormField):
        if field.role is FieldRole.PERIOD:
            earlier = seen.setdefault((field.form_code, field.form_version), number)
            if earlier != number:
                message = f"row {earlier} is the form's column of periods already"
                yield problem_at(field, number, "role", "field_map", message)


def cells_can_be_named(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Only a form of single cells names them, and only as spreadsheet programs let cells be named."""
    layouts = {(form.form_code, form.form_version): form.layout for _, form in draft.rows(Form)}
    for number, field in draft.rows(FormField):
        layout = layouts.get((field.form_code, field.form_version), "cells")
        if field.label.startswith("=") and layout != "cells":
            message = (
                f"a {layout} is found by the texts of its header; only the layout cells takes names of cells"
            )
            yield problem_at(field, number, "label", "field_map", message)
        elif field.label.startswith("=") and not _DEFINED_NAME.fullmatch(field.label):
            yield problem_at(field, number, "label", "field_map", _NO_NAME)


def periods_stand_in_one_place(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Only headers of figures name periods, and not in a form that names them row by row."""
    layouts = {(form.form_code, form.form_version): form.layout for _, form in draft.rows(Form)}
    by_row = {
        (field.form_code, field.form_version)
        for _, field in draft.rows(FormField)
        if field.role is FieldRole.PERIOD
    }
    for number, field in draft.rows(FormField):
        version = field.form_code, field.form_version
        if ANY_PERIOD not in field.label:
            continue
        if field.role is not _HEADED_BY_FIGURES.get(layouts.get(version, "")) or version in by_row:
            message = f"{ANY_PERIOD} is for the header of figures in a form without a column of periods"
            yield problem_at(field, number, "label", "field_map", message)
        elif field.label.count(ANY_PERIOD) > 1:
            yield problem_at(field, number, "label", "field_map", f"{ANY_PERIOD} stands in a label once")


RULES = (
    sheets_can_have_their_names,
    anchors_can_be_found,
    tables_end_elsewhere,
    rows_have_one_period,
    cells_can_be_named,
    periods_stand_in_one_place,
)
