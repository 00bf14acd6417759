"""From the registry to the seeds of dbt: every file as it is, plus what only Python can derive.

Names get a ``match_key``, units a ``sort_key``, and the rules of calendars and due days become rows: SQL
joins them and computes no date of its own.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from kpi_reporting.periods import ZONE, Period, due_day, national_due_day, periods_of_year
from kpi_reporting.registry.formula_terms import FormulaTerms
from kpi_reporting.registry.models import FILES, Form, Row
from kpi_reporting.registry.registry import Registry
from kpi_reporting.registry.resolve_units import (
    ResolvedBoundary,
    ResolvedSuccession,
    resolved_boundaries,
    resolved_crosswalk,
)
from kpi_reporting.text import match_key, sort_key

_NIGHT_FALL = time(23, 59, 59, 999999)

_MATCH_KEY = "Form in which two spellings of {0} are equal."
_SORT_KEY = "Sorts {0} like a Vietnamese dictionary, under any collation."
DERIVED: Mapping[str, tuple[tuple[str, str, Callable[[str], str], str], ...]] = {
    "units": (
        ("match_key", "name_vi", match_key, _MATCH_KEY),
        ("sort_key", "name_vi", sort_key, _SORT_KEY),
    ),
    "unit_aliases": (("match_key", "alias", match_key, _MATCH_KEY),),
    "form_fields": (("match_key", "label", match_key, _MATCH_KEY),),
    "form_rows": (("match_key", "match_text", match_key, _MATCH_KEY),),
    "form_notes": (("match_key", "note_text", match_key, _MATCH_KEY),),
}
"""Per file: derived column, the column it comes from, how, and its description."""


class ResolvedPeriod(BaseModel):
    """A period of a calendar, with the days its rules give it."""

    model_config = ConfigDict(frozen=True)
    calendar_code: str = Field(description="Calendar the period belongs to.")
    period_code: str = Field(description="Code of the period inside its calendar.")
    period_kind: str = Field(description="Kind of period.")
    year: int = Field(description="Reporting year.")
    number: int = Field(description="Place among the periods of its kind in the year.")
    first_day: date = Field(description="First day of the period.")
    last_day: date = Field(description="Last day of the period.")
    national_due_day: date | None = Field(description="Day due at the national level; empty means unknown.")


class ResolvedFormPeriod(BaseModel):
    """When a form version is open, due and locked for a period."""

    model_config = ConfigDict(frozen=True)
    form_code: str = Field(description="Form.")
    form_version: int = Field(description="Version of the form that holds on the period's last day.")
    calendar_code: str = Field(description="Calendar of the form's regime.")
    period_code: str = Field(description="Code of the period inside its calendar.")
    open_at: datetime = Field(description="First instant after the period's last day.")
    due_at: datetime = Field(description="Last instant of the due day; what comes after it is late.")
    lock_at: datetime = Field(description="Last instant before first filings are held.")
    correction_lock_at: datetime = Field(description="Last instant before corrections are held.")


class ResolvedFormulaTerm(BaseModel):
    """A term of a formula version, spelled out."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
    formula_code: str = Field(description="Formula.")
    formula_version: int = Field(description="Version of the formula.")
    side: str = Field(description="numerator, denominator, or weight: what weighs a unit.")
    indicator_code: str = Field(description="Indicator that is added.")
    breakdown_code: str = Field(description="Breakdown of the indicator.")
    coefficient: Decimal = Field(description="Factor of the term, negative to subtract.")


def resolved_formula_terms(registry: Registry) -> Iterator[ResolvedFormulaTerm]:
    """Yield the terms every formula version comes down to."""
    known = FormulaTerms(registry.kpi_formulas, registry.kpi_terms, registry.breakdowns)
    for formula in registry.kpi_formulas:
        yield from (ResolvedFormulaTerm.model_validate(term) for term in known.of(formula))


def resolved_periods(registry: Registry) -> Iterator[ResolvedPeriod]:
    """Yield the periods of every calendar from the setting ``first_year`` to ``last_year``."""
    for calendar_code, period in _periods(registry):
        yield ResolvedPeriod(
            calendar_code=calendar_code,
            period_code=period.code,
            period_kind=period.kind,
            year=period.year,
            number=period.number,
            first_day=period.first_day,
            last_day=period.last_day,
            national_due_day=national_due_day(registry, period),
        )


def resolved_form_periods(registry: Registry) -> Iterator[ResolvedFormPeriod]:
    """Yield every period of every form version that holds on the period's last day."""
    calendars = {regime.regime_code: regime.calendar_code for regime in registry.regimes}
    periods = list(_periods(registry))
    for form in registry.forms:
        for calendar_code, period in periods:
            if calendar_code == calendars[form.regime_code] and _belongs(form, period):
                yield _form_period(registry, form, period)


def _belongs(form: Form, period: Period) -> bool:
    return period.kind == form.period_kind and form.holds_on(period.last_day)


def _form_period(registry: Registry, form: Form, period: Period) -> ResolvedFormPeriod:
    due = due_day(registry, period, form.due_rule, form.due_value, form.due_shift)
    corrections = form.correction_lock_after_days
    return ResolvedFormPeriod(
        form_code=form.form_code,
        form_version=form.form_version,
        calendar_code=period.calendar_code,
        period_code=period.code,
        open_at=datetime.combine(period.last_day + timedelta(days=1), time.min, ZONE),
        due_at=_night_fall(due),
        lock_at=_night_fall(due, form.lock_after_days),
        correction_lock_at=_night_fall(due, form.lock_after_days if corrections is None else corrections),
    )


def _night_fall(day: date, days_later: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=days_later), _NIGHT_FALL, ZONE)


def _periods(registry: Registry) -> Iterator[tuple[str, Period]]:
    years = range(int(registry.setting("first_year")), int(registry.setting("last_year")) + 1)
    for calendar in registry.calendars:
        for year in years:
            for period in periods_of_year(registry, calendar.calendar_code, year):
                yield calendar.calendar_code, period


RESOLVED: Mapping[str, tuple[type[BaseModel], tuple[str, ...], Callable[[Registry], Iterable[BaseModel]]]] = {
    "periods": (ResolvedPeriod, ("calendar_code", "period_code"), resolved_periods),
    "form_periods": (ResolvedFormPeriod, ("form_code", "form_version", "period_code"), resolved_form_periods),
    "formula_terms": (
        ResolvedFormulaTerm,
        ("formula_code", "formula_version", "side", "indicator_code", "breakdown_code"),
        resolved_formula_terms,
    ),
    "boundary_versions": (ResolvedBoundary, ("boundary_code",), resolved_boundaries),
    "unit_crosswalk": (
        ResolvedSuccession,
        ("share_kind", "from_unit_id", "to_unit_id", "valid_on"),
        resolved_crosswalk,
    ),
}
"""Per derived file: the class of its rows, their key, and where they come from."""


def resolve(registry: Registry, out_dir: Path) -> None:
    """Write the seeds of a registry into a folder, one CSV file each.

    Booleans are written true or false, days as ISO dates, instants with the offset +07:00.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    for model in FILES:
        derived = [name for name, *_ in DERIVED.get(model.file, ())]
        rows = (_with_derived(row) for row in registry.rows(model))
        _write(out_dir / f"{model.file}.csv", [*model.model_fields, *derived], rows)
    for name, (resolved, _, derive) in RESOLVED.items():
        _write(out_dir / f"{name}.csv", list(resolved.model_fields), (dict(row) for row in derive(registry)))


def _with_derived(row: Row) -> dict[str, Any]:
    cells = dict(row)
    for name, column, derive, _ in DERIVED.get(row.file, ()):
        text = cells[column]
        cells[name] = None if text is None else derive(text)
    return cells


def _write(path: Path, columns: list[str], rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(row[column]) for column in columns] for row in rows)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)
