"""Who owes which form for which period, as the registry says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kpi_reporting.periods import Period, parse_period
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Form, Unit
from kpi_reporting.registry.owing import units_owing
from kpi_reporting.registry.resolve import ResolvedFormPeriod, resolved_form_periods


@dataclass(frozen=True)
class Obligation:
    """One unit owes one form for one period; ``due_at`` and ``lock_at`` carry their offset."""

    unit: Unit
    form: Form
    period: Period
    due_at: datetime
    lock_at: datetime

    def __str__(self) -> str:
        return f"{self.form.form_code} {self.period.code} {self.unit.code}"


def obligations(registry: Registry, as_of: datetime) -> list[Obligation]:
    """Return what is owed for every period that has ended by ``as_of``, units in the order of the registry."""
    ended = (one for one in resolved_form_periods(registry) if one.open_at <= as_of)
    return [owed for form_period in ended for owed in _of(registry, form_period)]


def _of(registry: Registry, dated: ResolvedFormPeriod) -> Iterator[Obligation]:
    form = next(
        form
        for form in registry.forms
        if (form.form_code, form.form_version) == (dated.form_code, dated.form_version)
    )
    period = parse_period(registry, dated.calendar_code, dated.period_code)
    for unit in units_owing(registry, form.form_code, period.last_day):
        yield Obligation(unit, form, period, dated.due_at, dated.lock_at)
