"""Who owes a form on a day."""

from __future__ import annotations

from datetime import date

from kpi_reporting.registry.models import Unit
from kpi_reporting.registry.registry import Registry


def units_owing(registry: Registry, form_code: str, day: date) -> list[Unit]:
    """Return the units that owe a form on a day, in the order of the registry; those it does not apply to owe none."""
    exempt = {
        row.unit_code for row in registry.not_applicable if row.form_code == form_code and row.holds_on(day)
    }
    duties = [row for row in registry.obligations if row.form_code == form_code and row.holds_on(day)]
    named = (
        unit
        for duty in duties
        for unit in registry.history.units_on(day, duty.unit_kind)
        if duty.unit_code in (None, unit.code) and unit.code not in exempt
    )
    return list({unit.unit_id: unit for unit in named}.values())
