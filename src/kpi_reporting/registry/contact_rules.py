"""Rules of whom reminders are written to."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_reporting.errors import Problem
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import Contact, Unit
from kpi_reporting.registry.places import overlap, overlapping, problem_at
from kpi_reporting.registry.registry import Registry


def contacts_belong_to_units(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """An address is that of a unit that exists on some of its days."""
    units = [unit for _, unit in draft.rows(Unit)]
    for number, row in draft.rows(Contact):
        if not any(unit.code == row.unit_code and overlap(row, unit) for unit in units):
            yield problem_at(row, number, "unit_code", "reference", "no such unit on any of these days")


def addresses_stand_once(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day an address of a unit stands in one row, however its letters are written."""
    rows = draft.rows(Contact)
    for number, row, earlier in overlapping(rows, lambda row: (row.unit_code, row.email.casefold())):
        yield problem_at(row, number, "email", "overlap", f"row {earlier} has it on some of these days")


RULES = (contacts_belong_to_units, addresses_stand_once)
