"""Rules of forms, their fields and marked rows, who owes them and where they are collected."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from kpi_reporting.errors import PeriodError, Problem
from kpi_reporting.periods import parse_period
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import (
    FieldRole,
    Form,
    FormField,
    FormNote,
    FormRow,
    LockException,
    NotApplicable,
    Obligation,
    PeriodKind,
    Regime,
    Source,
    Unit,
)
from kpi_reporting.registry.places import overlap, overlapping, problem_at
from kpi_reporting.registry.registry import Registry
from kpi_reporting.text import match_key

_LIST_ONLY = (FieldRole.ITEM_CODE, FieldRole.ITEM_LABEL, FieldRole.VALUE)
_FOREIGN = {
    "table": _LIST_ONLY,
    "cells": tuple(role for role in FieldRole if role not in (FieldRole.INDICATOR, FieldRole.NOTE)),
}


def versions_follow_each_other(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day a form has at most one version."""
    for number, form, earlier in overlapping(draft.rows(Form), lambda form: form.form_code):
        message = f"the version in row {earlier} holds on some of these days"
        yield problem_at(form, number, "valid_from", "overlap", message)


def period_kinds_exist(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """The calendar of a form's regime has periods of the form's kind."""
    calendars = {regime.regime_code: regime.calendar_code for _, regime in draft.rows(Regime)}
    kinds = draft.written("period_kinds", "calendar_code", "kind")
    for number, form in draft.rows(Form):
        calendar = calendars.get(form.regime_code)
        if calendar and (calendar, form.period_kind) not in kinds:
            message = f"the calendar {calendar} has no periods of this kind in {PeriodKind.file}.csv"
            yield problem_at(form, number, "period_kind", "reference", message)


def policies_can_be_followed(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Only a table has rows it may leave out and take back; parts are not weighed against another channel."""
    for number, form in draft.rows(Form):
        if form.filing_policy == "delete" and form.layout != "table":
            message = "only a table can take rows back; the figures of a list or of single cells are always all there"
            yield problem_at(form, number, "filing_policy", "filing_policy", message)
        if form.filing_policy != "replace" and form.winning_channel is not None:
            message = "one channel can win only where every filing is whole: leave it empty, or write replace"
            yield problem_at(form, number, "winning_channel", "filing_policy", message)


def form_codes_exist(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Fields and marked rows belong to a version, whatever else names a form to one of its codes."""
    versions, codes = draft.written("forms", "form_code", "form_version"), draft.written("forms", "form_code")
    parts: list[tuple[int, FormField | FormRow]] = [*draft.rows(FormField), *draft.rows(FormRow)]
    for number, row in parts:
        if (row.form_code, str(row.form_version)) not in versions:
            message = f"forms.csv has no version {row.form_version} of {row.form_code!r}"
            yield problem_at(row, number, "form_code", "reference", message)
    users: list[tuple[int, FormNote | Obligation | NotApplicable | LockException | Source]] = [
        *draft.rows(FormNote),
        *draft.rows(Obligation),
        *draft.rows(NotApplicable),
        *draft.rows(LockException),
        *draft.rows(Source),
    ]
    for number, user in users:
        if user.form_code and (user.form_code,) not in codes:
            message = f"forms.csv has no form {user.form_code!r}"
            yield problem_at(user, number, "form_code", "reference", message)


def fields_fit_their_role(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A figure names its indicator, nothing else does; in a list it also names its row's code."""
    layouts = _layouts(draft)
    for number, field in draft.rows(FormField):
        is_figure, layout = (
            field.role is FieldRole.INDICATOR,
            layouts.get((field.form_code, field.form_version)),
        )
        if is_figure != (field.indicator_code is not None):
            message = f"a field with the role {field.role} {'needs an' if is_figure else 'has no'} indicator"
            yield problem_at(field, number, "indicator_code", "role", message)
        if layout and (is_figure and layout == "list") != (field.item_code is not None):
            message = "rows of a list, and only they, have the code that stands in the item_code column"
            yield problem_at(field, number, "item_code", "role", message)


def roles_fit_the_layout(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A table has no columns of codes and figures of a list; single cells hold figures and notes."""
    layouts = _layouts(draft)
    for number, field in draft.rows(FormField):
        layout = layouts.get((field.form_code, field.form_version))
        if field.role in _FOREIGN.get(layout or "", ()):
            yield problem_at(
                field, number, "role", "layout", f"a form of the layout {layout} has no field of this role"
            )


def layouts_are_whole(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A list has exactly one column of codes and one of figures; every form has at least one figure."""
    counts: dict[tuple[str, int], Counter[FieldRole]] = defaultdict(Counter)
    for _, field in draft.rows(FormField):
        counts[field.form_code, field.form_version][field.role] += 1
    for number, form in draft.rows(Form):
        found = counts[form.form_code, form.form_version]
        if not found[FieldRole.INDICATOR]:
            yield problem_at(form, number, "form_code", "layout", "the form has no figure in form_fields.csv")
        for role in (FieldRole.ITEM_CODE, FieldRole.VALUE):
            if form.layout == "list" and found[role] != 1:
                message = f"a list needs exactly one {role} column, form_fields.csv has {found[role]}"
                yield problem_at(form, number, "layout", "layout", message)


def labels_are_told_apart(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """No two columns of a form have the same header, no two rows of a list the same code."""
    seen: dict[tuple[object, ...], int] = {}
    for number, field in draft.rows(FormField):
        column = "item_code" if field.item_code else "label"
        mark = match_key(getattr(field, column))
        earlier = seen.setdefault((field.form_code, field.form_version, column, mark), number)
        if earlier != number:
            yield problem_at(field, number, column, "unique_label", f"row {earlier} has the same {column}")


def marked_rows_are_whole(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A marked row looks at a field of its form and names what its kind needs."""
    layouts = _layouts(draft)
    fields = draft.written("form_fields", "form_code", "form_version", "field_code")
    units = draft.written("units", "unit_id")
    for number, row in draft.rows(FormRow):
        if (row.form_code, str(row.form_version), row.field_code) not in fields:
            yield problem_at(row, number, "field_code", "reference", "the form has no such field")
        if layouts.get((row.form_code, row.form_version)) == "cells":
            yield problem_at(row, number, "form_code", "layout", "a form of single cells has no rows to mark")
        if (row.row_kind == "unit") != (row.unit_id is not None):
            yield problem_at(
                row, number, "unit_id", "marked_row", "rows of the kind unit, and only they, name a unit"
            )
        if row.unit_id and (row.unit_id,) not in units:
            yield problem_at(row, number, "unit_id", "reference", f"units.csv has no unit_id {row.unit_id!r}")
        if row.row_kind == "section" and not row.section_code:
            yield problem_at(row, number, "section_code", "marked_row", "a section needs its code")


def sections_are_opened(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A mark that holds in a section names a section that some row opens."""
    rows = list(draft.rows(FormRow))
    opened = {(r.form_code, r.form_version, r.section_code) for _, r in rows if r.row_kind == "section"}
    for number, row in rows:
        if row.section_code and (row.form_code, row.form_version, row.section_code) not in opened:
            yield problem_at(
                row, number, "section_code", "reference", "no row of the form opens this section"
            )


def written_periods_exist(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A period written in a note, a source or an exception exists in the calendar of its form."""
    regimes = {regime.regime_code: regime.calendar_code for _, regime in draft.rows(Regime)}
    calendars = {form.form_code: regimes.get(form.regime_code) for _, form in draft.rows(Form)}
    dated: list[tuple[int, FormNote | Source | LockException]] = [
        *draft.rows(FormNote),
        *draft.rows(Source),
        *draft.rows(LockException),
    ]
    for number, row in dated:
        calendar = calendars.get(row.form_code or "")
        fault = _period_fault(registry, calendar, row.period_code)
        if fault:
            yield problem_at(row, number, "period_code", "period", fault)


def _period_fault(registry: Registry, calendar: str | None, code: str | None) -> str | None:
    if code is None or calendar is None:
        return "a period needs the form it belongs to" if code and calendar is None else None
    try:
        parse_period(registry, calendar, code)
    except PeriodError as error:
        return str(error)
    return None


def notes_are_whole(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A note about another period says which; a note about missing data names none."""
    for number, note in draft.rows(FormNote):
        if (note.meaning == "other_period") != (note.period_code is not None):
            message = "notes of the meaning other_period, and only they, name a period"
            yield problem_at(note, number, "period_code", "note", message)


def obliged_units_exist(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Somebody of the kind, or the one unit named, exists on some day of the obligation."""
    units = [unit for _, unit in draft.rows(Unit)]
    for number, row in draft.rows(Obligation):
        wanted = [u for u in units if u.kind == row.unit_kind and row.unit_code in (None, u.code)]
        if not any(overlap(unit, row) for unit in wanted):
            column = "unit_code" if row.unit_code else "unit_kind"
            message = f"units.csv has no such {row.unit_kind} on any of these days"
            yield problem_at(row, number, column, "reference", message)


def sources_are_consistent(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A source that is asked over the network names its connection, a drop folder none; its sender exists."""
    codes = draft.written("units", "code")
    for number, source in draft.rows(Source):
        if (source.kind != "drop_folder") != (source.connection_id is not None):
            message = "sources of the kinds http_api and sftp, and only they, name a connection"
            yield problem_at(source, number, "connection_id", "source", message)
        if source.unit_code and (source.unit_code,) not in codes:
            yield problem_at(source, number, "unit_code", "reference", "units.csv has no unit with this code")
        for fault in _location_faults(source):
            yield problem_at(source, number, "location", "source", fault)


def _location_faults(source: Source) -> Iterator[str]:
    if source.location.startswith("/") or ".." in source.location.split("/"):
        yield "the location must stay below the inbox, or below the connection's address"


def _layouts(draft: Draft) -> dict[tuple[str, int], str]:
    return {(form.form_code, form.form_version): form.layout for _, form in draft.rows(Form)}


RULES = (
    versions_follow_each_other,
    period_kinds_exist,
    policies_can_be_followed,
    form_codes_exist,
    fields_fit_their_role,
    roles_fit_the_layout,
    layouts_are_whole,
    labels_are_told_apart,
    marked_rows_are_whole,
    sections_are_opened,
    written_periods_exist,
    notes_are_whole,
    obliged_units_exist,
    sources_are_consistent,
)
