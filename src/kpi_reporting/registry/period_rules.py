"""Rules of calendars, kinds of periods and days off."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_reporting.errors import Problem
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import Holiday, PeriodKind, Setting
from kpi_reporting.registry.places import problem_at
from kpi_reporting.registry.registry import Registry

_SHAPES = {"month": (1, 12), "quarter": (3, 4), "half": (6, 2), "nine_month": (9, 1), "year": (12, 1)}
_SATURDAY = 5


def kinds_of_periods_nest(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Twelve months, four quarters and two halves are one year; a nine-month period stands alone."""
    for number, kind in draft.rows(PeriodKind):
        months, count = _SHAPES[kind.kind]
        if kind.months != months:
            yield problem_at(
                kind, number, "months", "nesting", f"a {kind.kind} has {months} reporting months"
            )
        if kind.count != count:
            yield problem_at(kind, number, "count", "nesting", f"a year has {count} of the kind {kind.kind}")


def due_rules_are_whole(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A national due rule has its value, and a value has its rule."""
    for number, kind in draft.rows(PeriodKind):
        if (kind.due_rule is None) != (kind.due_value is None):
            message = "due_rule and due_value are both given or both empty"
            yield problem_at(kind, number, "due_value", "due_rule", message)


def worked_weekends_are_weekends(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Only a Saturday or Sunday can be worked instead of another day."""
    for number, row in draft.rows(Holiday):
        if row.kind == "working_weekend" and row.day.weekday() < _SATURDAY:
            yield problem_at(row, number, "day", "holiday", "the day is no Saturday or Sunday")


def years_are_in_order(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """The last year of periods is not before the first."""
    years = {row.setting: (number, row) for number, row in draft.rows(Setting)}
    if "first_year" in years and "last_year" in years:
        number, last = years["last_year"]
        if (last.value or "") < (years["first_year"][1].value or ""):
            yield problem_at(last, number, "value", "setting", "last_year is before first_year")


def measured_calendar_exists(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """What the product measures itself follows a calendar of the registry."""
    known = {calendar.calendar_code for calendar in registry.calendars}
    for number, row in draft.rows(Setting):
        if row.setting == "measured_calendar" and row.value not in known:
            yield problem_at(row, number, "value", "reference", f"calendars.csv has no {row.value!r}")


RULES = (
    kinds_of_periods_nest,
    due_rules_are_whole,
    worked_weekends_are_weekends,
    years_are_in_order,
    measured_calendar_exists,
)
