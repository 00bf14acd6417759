"""Rules between the rows and files of a registry; each finds every place where it is broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kpi_reporting.errors import Problem
from kpi_reporting.registry import (
    contact_rules,
    event_rules,
    field_map_rules,
    form_rules,
    formula_rules,
    kpi_rules,
    meaning_rules,
    obligation_rules,
    period_rules,
    share_rules,
    target_rules,
    unit_rules,
)
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import FILES, Dated, Row, Setting
from kpi_reporting.registry.places import problem_at
from kpi_reporting.registry.registry import Registry

Rule = Callable[[Draft, Registry], Iterator[Problem]]

_YEAR = r"[12]\d{3}"
_DAY_NAME = "(mon|tue|wed|thu|fri|sat|sun)"
SETTINGS = {
    "registry_code": r"[a-z][a-z0-9_]{0,39}",
    "name_vi": r".+",
    "name_en": r".+",
    "province_code": r".+",
    "agency_code": r"[0-9A-Z]+(\.[0-9A-Z]+)*",
    "national_due_shift": r"none|next_working_day|previous_working_day",
    "straddle_side": r"last_day",
    "first_year": _YEAR,
    "last_year": _YEAR,
    "working_days": f"{_DAY_NAME}-{_DAY_NAME}",
    "measured_calendar": r".+",
}


def broken_rules(draft: Draft, registry: Registry) -> list[Problem]:
    """Return every problem that shows only when rows and files are seen together."""
    return [problem for rule in _RULES for problem in rule(draft, registry)]


def keys_are_unique(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """No two rows of a file have the same key."""
    for model in FILES:
        first_row: dict[tuple[str, ...], int] = {}
        for number, row in draft.rows(model):
            key = tuple(str(getattr(row, column)) for column in model.key)
            if key in first_row:
                message = f"the key {', '.join(model.key)} already stands in row {first_row[key]}"
                yield problem_at(row, number, model.key[0], "unique_key", message)
            first_row.setdefault(key, number)


def references_exist(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """What a row refers to stands in the other file."""
    for model in FILES:
        for column, (file, target) in model.references.items():
            yield from _dangling(draft, model, column, file, target)


def _dangling(draft: Draft, model: type[Row], column: str, file: str, target: str) -> Iterator[Problem]:
    known = draft.written(file, target)
    for number, row in draft.rows(model):
        value = getattr(row, column)
        if value is not None and (value,) not in known:
            yield problem_at(row, number, column, "reference", f"{file}.csv has no {target} {value!r}")


def dates_are_in_order(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A row does not end before it begins."""
    for model in FILES:
        for number, row in draft.rows(model):
            if isinstance(row, Dated) and row.valid_to is not None and row.valid_to < row.valid_from:
                yield problem_at(
                    row, number, "valid_to", "dates", f"the row begins later, on {row.valid_from}"
                )


def settings_are_known(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Every setting is there, known and well written."""
    given = {row.setting: (number, row) for number, row in draft.rows(Setting)}
    for name in SETTINGS.keys() - given.keys():
        yield Problem("settings", 0, "setting", "", "setting", f"the setting {name!r} is missing")
    for name, (number, row) in given.items():
        if name not in SETTINGS:
            known = f"unknown setting; known: {', '.join(SETTINGS)}"
            yield problem_at(row, number, "setting", "setting", known)
        elif not re.fullmatch(SETTINGS[name], row.value or ""):
            written = f"the value of {name} must be written as {SETTINGS[name]}"
            yield problem_at(row, number, "value", "setting", written)


_RULES: tuple[Rule, ...] = (
    keys_are_unique,
    references_exist,
    dates_are_in_order,
    settings_are_known,
    *unit_rules.RULES,
    *event_rules.RULES,
    *share_rules.RULES,
    *period_rules.RULES,
    *form_rules.RULES,
    *field_map_rules.RULES,
    *obligation_rules.RULES,
    *meaning_rules.RULES,
    *formula_rules.RULES,
    *kpi_rules.RULES,
    *target_rules.RULES,
    *contact_rules.RULES,
)
