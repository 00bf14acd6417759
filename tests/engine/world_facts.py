"""From the rows and filings of a random province to what the naive implementation computes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction

from tests.engine.boundaries import Succession, Territories
from tests.engine.facts import Facts, Form, Formula, Nil, Observation, Owed, Term, Unit
from tests.engine.formulas import Row
from tests.engine.ledgers import NIGHTS, Filing, all_periods, owners, spoken_for, units_on, what_is_said
from tests.engine.targets import Target
from tests.engine.worlds import FIELDS, KINDS, Registry

VIETNAM = timezone(timedelta(hours=7))


def facts_of(registry: Registry, filings: Iterable[Filing], as_of: datetime) -> Facts:
    """Return what is known at an instant, given the filings that lay in the inbox by then."""
    in_force = _in_force(filings, as_of)
    day = as_of.astimezone(VIETNAM).date()
    return Facts(
        units=tuple(unit_of(row) for row in registry["units"]),
        periods=tuple(period for period in all_periods() if period.last_day < day),
        forms=tuple(_form(code) for code in KINDS),
        formulas=tuple(_formula(registry, row) for row in registry["kpi_formulas"]),
        terms=tuple(_term(row) for row in registry["kpi_terms"]),
        breakdowns={row["breakdown_code"]: row["breakdown_group"] for row in registry["breakdowns"]},
        observations=tuple(_believed(registry, in_force)),
        nils=tuple(one for filing in in_force for one in _nils(registry, filing)),
        owed=tuple(_owed(registry)),
    )


def _in_force(filings: Iterable[Filing], as_of: datetime) -> list[Filing]:
    """Return per sender, form and period what was said last; nothing of what was withdrawn before the night."""
    return [one for one in what_is_said(filings) if one.taken_back is None or NIGHTS[one.taken_back] >= as_of]


def _believed(registry: Registry, in_force: list[Filing]) -> Iterable[Observation]:
    """Return the observations; of two forms that bring the same figure the one received last is believed."""
    brought = [one for filing in in_force for one in _observations(registry, filing)]
    by_time = sorted(brought, key=lambda one: one.received_at)
    return {
        (one.unit_id, one.period, one.indicator_code, one.breakdown_code): one for one in by_time
    }.values()


def _observations(registry: Registry, filing: Filing) -> Iterator[Observation]:
    codes = {row["code"]: row["unit_id"] for row in units_on(registry, filing.period.last_day)}
    places = {
        name: (indicator, breakdown)
        for name, indicator, breakdown, kind in FIELDS[filing.form_code]
        if kind == "actual"
    }
    for code, figures in filing.content.items():
        for name in figures.keys() & places.keys():
            yield Observation(
                codes[code], filing.period, *places[name], Fraction(figures[name]), filing.received_at, filing.number
            )  # fmt: skip


def _nils(registry: Registry, filing: Filing) -> Iterator[Nil]:
    if not filing.is_nil:
        return
    sender = next(
        row for row in units_on(registry, filing.period.last_day) if row["code"] == filing.sender_code
    )
    for unit in spoken_for(registry, filing.form_code, sender, filing.period):
        for indicator, _ in _form(filing.form_code).figures:
            yield Nil(unit["unit_id"], filing.period, indicator, filing.received_at, filing.number)


def _owed(registry: Registry) -> Iterator[Owed]:
    for form_code, kind in KINDS.items():
        for period in all_periods():
            if period.kind == kind and not (form_code == "T-01" and period.last_day > date(2025, 6, 30)):
                for sender in owners(registry, form_code, period):
                    for unit in spoken_for(registry, form_code, sender, period):
                        yield Owed(unit["unit_id"], form_code, period)


def unit_of(row: Row) -> Unit:
    """Return a unit as its row of the registry says."""
    return Unit(
        row["unit_id"], row["parent_id"] or None, _day(row["valid_from"]) or date.min, _day(row["valid_to"])
    )


def territories_of(registry: Registry, as_of: datetime) -> Territories:
    """Return where every unit lies on the day of an instant."""
    successions = [
        Succession(
            date.fromisoformat(row["effective_day"]),
            row["from_unit_id"],
            row["to_unit_id"],
            Fraction(row["share"]) if row["share"] else None,
            row["confirmed"] == "true",
        )
        for row in registry["unit_events"]
        if row["from_unit_id"] and row["to_unit_id"]
    ]
    units = [unit_of(row) for row in registry["units"]]
    return Territories(units, successions, as_of.astimezone(VIETNAM).date())


def _form(code: str) -> Form:
    figures = {(indicator, breakdown) for _, indicator, breakdown, kind in FIELDS[code] if kind == "actual"}
    return Form(code, "administrative", KINDS[code], frozenset(figures))


def _formula(registry: Registry, row: Row) -> Formula:
    kpi = next(kpi for kpi in registry["kpis"] if kpi["kpi_code"] == row["kpi_code"])
    return Formula(
        formula_code=row["formula_code"],
        version=int(row["formula_version"]),
        kpi_code=row["kpi_code"],
        factor=Fraction(row["factor"]),
        decimals=int(kpi["decimals"]),
        over_time=row["over_time"],
        over_units=row["over_units"],
        missing_mode=row["missing_mode"],
        span=row["span"],
        span_parts=int(row["span_parts"]) if row["span_parts"] else None,
        weight_indicator_code=row["weight_indicator_code"] or None,
        valid_from=_day(row["valid_from"]) or date.min,
        valid_to=_day(row["valid_to"]),
    )


def targets_of(registry: Registry) -> list[Target]:
    """Return the targets; the one unit a target is for is the one that has the code on its first day."""
    first = {row["target_code"]: row for row in registry["targets"] if row["target_version"] == "1"}
    return [_target(registry, row, first[row["target_code"]]["kind"]) for row in registry["targets"]]


def _target(registry: Registry, row: Row, first_kind: str) -> Target:
    first_day = _day(row["valid_from"]) or date.min
    named = [
        unit["unit_id"]
        for unit in units_on(registry, first_day)
        if (unit["code"], unit["kind"]) == (row["unit_code"], row["unit_kind"])
    ]
    return Target(
        code=row["target_code"],
        version=int(row["target_version"]),
        kpi_code=row["kpi_code"],
        year=int(row["target_year"]) if row["target_year"] else None,
        period_kind=row["period_kind"] or None,
        operator=row["operator"],
        threshold=Fraction(row["threshold"]) if row["threshold"] else None,
        threshold_high=Fraction(row["threshold_high"]) if row["threshold_high"] else None,
        trajectory=row["trajectory"],
        measured_by=row["measured_by"] or None,
        unit_kind=row["unit_kind"],
        unit_id=named[0] if row["unit_code"] else None,
        is_registered=first_kind == "registered",
        first_day=first_day,
        last_day=_day(row["valid_to"]),
    )


def _term(row: Row) -> Term:
    return Term(
        formula_code=row["formula_code"],
        version=int(row["formula_version"]),
        side="numerator" if row["side"] == "numerator" else "denominator",
        indicator_code=row["indicator_code"] or None,
        breakdown_code=row["breakdown_code"],
        breakdown_group=row["breakdown_group"] or None,
        ref_formula_code=row["ref_formula_code"] or None,
        ref_side=None
        if not row["ref_side"]
        else "numerator"
        if row["ref_side"] == "numerator"
        else "denominator",
        coefficient=Fraction(row["coefficient"]),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
