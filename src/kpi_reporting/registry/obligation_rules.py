"""Rules of what lifts a duty or its lock: it concerns somebody who has the duty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kpi_reporting.errors import PeriodError, Problem
from kpi_reporting.periods import Period, parse_period
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import LockException, NotApplicable, Obligation, RuleOverride, Unit
from kpi_reporting.registry.places import overlap, overlapping, problem_at
from kpi_reporting.registry.registry import Registry


def exemptions_follow_each_other(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day a form is declared not applicable to a unit at most once."""
    rows = draft.rows(NotApplicable)
    for number, row, earlier in overlapping(rows, lambda row: (row.form_code, row.unit_code)):
        yield problem_at(row, number, "valid_from", "overlap", f"row {earlier} says so on some of these days")


def exempt_units_owe(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Not applicable is said of a unit that would owe the form on some of these days."""
    for number, row in draft.rows(NotApplicable):
        duties = _duties(draft, row.form_code, row.unit_code)
        if not any(
            overlap(row, unit) and overlap(row, duty) and overlap(unit, duty) for unit, duty in duties
        ):
            message = f"no such unit owes {row.form_code} on any of these days"
            yield problem_at(row, number, "unit_code", "reference", message)


def late_filers_owe(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A lock is lifted for a unit that owes the form for the period, until a day after that period."""
    for number, row in draft.rows(LockException):
        period = _period(registry, row)
        if period is None:
            continue
        if not _owes_on(draft, row, period.last_day):
            message = f"no such unit owes {row.form_code} for {period.code}"
            yield problem_at(row, number, "unit_code", "reference", message)
        if row.until_day <= period.last_day:
            message = f"{period.code} ends on {period.last_day}; nothing is filed for it before"
            yield problem_at(row, number, "until_day", "lock", message)


def overrides_follow_each_other(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day a rule has one severity for a sender."""
    rows = draft.rows(RuleOverride)
    for number, row, earlier in overlapping(rows, lambda row: (row.rule_id, row.unit_code)):
        yield problem_at(row, number, "valid_from", "overlap", f"row {earlier} says so on some of these days")


def overridden_rules_look_at_filings(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """The severity of a rule is changed where a sender's filing is judged, not where figures leave."""
    for number, row in draft.rows(RuleOverride):
        if row.rule_id.partition(".")[0] in ("exit", "rule"):
            message = (
                "this rule looks at no filing of one sender; its severity is changed where it is written"
            )
            yield problem_at(row, number, "rule_id", "reference", message)


def overridden_senders_exist(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A severity is changed for a unit that exists on some of these days."""
    units = [unit for _, unit in draft.rows(Unit)]
    for number, row in draft.rows(RuleOverride):
        if not any(unit.code == row.unit_code and overlap(row, unit) for unit in units):
            yield problem_at(row, number, "unit_code", "reference", "no such unit on any of these days")


def _owes_on(draft: Draft, row: LockException, day: date) -> bool:
    duties = _duties(draft, row.form_code, row.unit_code)
    return any(unit.holds_on(day) and duty.holds_on(day) for unit, duty in duties)


def _duties(draft: Draft, form_code: str, unit_code: str) -> list[tuple[Unit, Obligation]]:
    return [
        (unit, duty)
        for _, unit in draft.rows(Unit)
        if unit.code == unit_code
        for _, duty in draft.rows(Obligation)
        if duty.form_code == form_code and duty.unit_kind == unit.kind and duty.unit_code in (None, unit.code)
    ]


def _period(registry: Registry, row: LockException) -> Period | None:
    regimes = {regime.regime_code: regime.calendar_code for regime in registry.regimes}
    for form in registry.forms:
        if form.form_code == row.form_code and form.regime_code in regimes:
            try:
                return parse_period(registry, regimes[form.regime_code], row.period_code)
            except PeriodError:
                return None
    return None


RULES = (
    exemptions_follow_each_other,
    exempt_units_owe,
    late_filers_owe,
    overrides_follow_each_other,
    overridden_rules_look_at_filings,
    overridden_senders_exist,
)
