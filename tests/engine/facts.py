"""What the naive implementation computes from: plain values, without a file or a database behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

Side = Literal["numerator", "denominator"]


@dataclass(frozen=True)
class Unit:
    """A dated unit; it exists from its first to its last day, both included."""

    unit_id: str
    parent_id: str | None
    first_day: date
    last_day: date | None = None

    def exists_on(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True)
class Period:
    """A period that has ended; ``year`` is the reporting year it belongs to."""

    calendar_code: str
    code: str
    kind: str
    year: int
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Form:
    """A form and the (indicator, breakdown) pairs it asks for."""

    form_code: str
    calendar_code: str
    period_kind: str
    figures: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Formula:
    """A version of a formula."""

    formula_code: str
    version: int
    kpi_code: str
    factor: Fraction
    decimals: int
    over_time: str
    over_units: str
    missing_mode: str
    span: str = "period"
    span_parts: int | None = None
    weight_indicator_code: str | None = None
    valid_from: date = date.min
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Term:
    """A row of the terms: an indicator, all breakdowns of a group, or a side of another formula."""

    formula_code: str
    version: int
    side: Side
    indicator_code: str | None = None
    breakdown_code: str = "total"
    breakdown_group: str | None = None
    ref_formula_code: str | None = None
    ref_side: Side | None = None
    coefficient: Fraction = Fraction(1)


@dataclass(frozen=True)
class Observation:
    """An actual figure in force, and the filing that brought it."""

    unit_id: str
    period: Period
    indicator_code: str
    breakdown_code: str
    value: Fraction
    received_at: datetime
    submission: int


@dataclass(frozen=True)
class Nil:
    """A nil filing in force, for one unit it speaks for and one indicator of its form."""

    unit_id: str
    period: Period
    indicator_code: str
    received_at: datetime
    submission: int


@dataclass(frozen=True)
class Owed:
    """A unit that owed a form for a period, itself or through the form that speaks for it."""

    unit_id: str
    form_code: str
    period: Period


@dataclass(frozen=True)
class Facts:
    """Everything a night knows; ``breakdowns`` gives the group of each breakdown."""

    units: tuple[Unit, ...]
    periods: tuple[Period, ...]
    forms: tuple[Form, ...]
    formulas: tuple[Formula, ...]
    terms: tuple[Term, ...]
    breakdowns: dict[str, str] = field(default_factory=dict)
    observations: tuple[Observation, ...] = ()
    nils: tuple[Nil, ...] = ()
    owed: tuple[Owed, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A row of the result; fractions are exact, ``value`` and the interval are rounded already."""

    kpi_code: str
    formula_code: str
    formula_version: int
    unit_id: str
    calendar_code: str
    period_code: str
    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    units_counted: int
    units_owed: int
    coverage: Fraction | None
    data_state: str
    reason: str | None
    value_low: Fraction | None
    value_high: Fraction | None
