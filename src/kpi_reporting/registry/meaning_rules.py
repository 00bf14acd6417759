"""Rules that keep what a form says unambiguous: one meaning per text, one place per figure."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from kpi_reporting.errors import Problem
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import FieldRole, FormField, FormNote, FormRow
from kpi_reporting.registry.places import problem_at
from kpi_reporting.registry.registry import Registry
from kpi_reporting.text import match_key


def notes_are_told_apart(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """No two notes of a form are the same text in other spellings."""
    seen: dict[Hashable, int] = {}
    for number, note in draft.rows(FormNote):
        earlier = seen.setdefault((note.form_code, match_key(note.note_text)), number)
        if earlier != number:
            message = f"row {earlier} has the same text in another spelling"
            yield problem_at(note, number, "note_text", "unique_text", message)


def marks_are_told_apart(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """No two marks of a field in one section are the same text in other spellings."""
    seen: dict[Hashable, int] = {}
    for number, row in draft.rows(FormRow):
        place = (row.form_code, row.form_version, row.field_code, row.section_code)
        earlier = seen.setdefault((*place, match_key(row.match_text or "")), number)
        if earlier != number:
            message = f"row {earlier} has the same text in another spelling"
            yield problem_at(row, number, "match_text", "unique_text", message)


def figures_stand_in_one_place(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A form brings an indicator's figure of a breakdown and kind once, so that it is counted once."""
    seen: dict[Hashable, int] = {}
    for number, field in draft.rows(FormField):
        if field.indicator_code is None:
            continue
        figure = (field.indicator_code, field.breakdown_code, field.observation_kind)
        earlier = seen.setdefault((field.form_code, field.form_version, *figure), number)
        if earlier != number:
            message = (
                f"row {earlier} brings the same figure; it would be counted twice or the wrong one believed"
            )
            yield problem_at(field, number, "indicator_code", "unique_figure", message)


def breakdowns_come_one_way(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A form with a column of breakdowns has no columns that are broken down themselves."""
    by_column = {
        (field.form_code, field.form_version)
        for _, field in draft.rows(FormField)
        if field.role is FieldRole.BREAKDOWN
    }
    for number, field in draft.rows(FormField):
        if field.breakdown_code != "total" and (field.form_code, field.form_version) in by_column:
            message = "a column of the form names the breakdown of each row already"
            yield problem_at(field, number, "breakdown_code", "layout", message)


RULES = (notes_are_told_apart, marks_are_told_apart, figures_stand_in_one_place, breakdowns_come_one_way)
