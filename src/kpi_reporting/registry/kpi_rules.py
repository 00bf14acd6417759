"""Rules of KPIs: formulas, their terms and owners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kpi_reporting.errors import Problem
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import (
    Form,
    FormField,
    Indicator,
    KpiFormula,
    KpiOwner,
    KpiTerm,
    Regime,
    Unit,
)
from kpi_reporting.registry.places import overlap, overlapping, problem_at
from kpi_reporting.registry.registry import Registry


def formula_versions_follow_each_other(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day a formula has at most one version."""
    for number, row, earlier in overlapping(draft.rows(KpiFormula), lambda row: row.formula_code):
        message = f"the version in row {earlier} holds on some of these days"
        yield problem_at(row, number, "valid_from", "overlap", message)


def one_formula_is_compared(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day at most one formula of a KPI is compared with the targets."""
    primary = [(number, row) for number, row in draft.rows(KpiFormula) if row.is_primary]
    for number, row, earlier in overlapping(primary, lambda row: row.kpi_code):
        message = f"row {earlier} is the primary formula of {row.kpi_code} on some of these days"
        yield problem_at(row, number, "is_primary", "primary", message)


def formulas_keep_their_kpi(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """All versions of a formula compute the same KPI."""
    kpis: dict[str, str] = {}
    for number, row in draft.rows(KpiFormula):
        first = kpis.setdefault(row.formula_code, row.kpi_code)
        if first != row.kpi_code:
            yield problem_at(row, number, "kpi_code", "formula", f"another version computes {first}")


def terms_have_their_formula(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Every term belongs to a formula version, every version has a numerator, and no term is nothing."""
    versions = draft.written("kpi_formulas", "formula_code", "formula_version")
    numerators = set()
    for number, term in draft.rows(KpiTerm):
        if (term.formula_code, str(term.formula_version)) not in versions:
            message = f"kpi_formulas.csv has no version {term.formula_version} of {term.formula_code!r}"
            yield problem_at(term, number, "formula_code", "reference", message)
        if not term.coefficient:
            yield problem_at(term, number, "coefficient", "formula", "a term with the factor 0 says nothing")
        if term.side == "numerator":
            numerators.add((term.formula_code, term.formula_version))
    for number, row in draft.rows(KpiFormula):
        if (row.formula_code, row.formula_version) not in numerators:
            yield problem_at(
                row, number, "formula_code", "formula", "the formula has no numerator in kpi_terms.csv"
            )


def terms_share_a_calendar(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """The terms of a formula come from forms of one calendar: days of different windows are not divided."""
    calendars_of = _calendars_of_indicators(draft)
    met: dict[tuple[str, int], set[str]] = defaultdict(set)
    for number, term in draft.rows(KpiTerm):
        known = met[term.formula_code, term.formula_version]
        calendars = calendars_of[term.indicator_code]
        if len(known | calendars) > 1 and not calendars <= known:
            mixed = ", ".join(sorted(known | calendars))
            message = f"the terms of {term.formula_code} come from several calendars: {mixed}"
            yield problem_at(term, number, "indicator_code", "one_calendar", message)
        known |= calendars


def _calendars_of_indicators(draft: Draft) -> dict[str, set[str]]:
    regimes = {regime.regime_code: regime.calendar_code for _, regime in draft.rows(Regime)}
    forms = {form.form_code: regimes.get(form.regime_code) for _, form in draft.rows(Form)}
    found: dict[str, set[str]] = defaultdict(set)
    for _, field in draft.rows(FormField):
        calendar = forms.get(field.form_code)
        if field.indicator_code and calendar:
            found[field.indicator_code].add(calendar)
    return found


def only_flows_are_added_over_time(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A formula that adds months up has no stock in it: carried-over dossiers would count every month."""
    sums = {
        (row.formula_code, row.formula_version) for _, row in draft.rows(KpiFormula) if row.over_time == "sum"
    }
    stocks = {row.indicator_code for _, row in draft.rows(Indicator) if row.measure == "stock"}
    for number, term in draft.rows(KpiTerm):
        if (term.formula_code, term.formula_version) in sums and term.indicator_code in stocks:
            message = f"a stock cannot be added over time; {term.formula_code} needs over_time = last"
            yield problem_at(term, number, "indicator_code", "over_time", message)


def only_additive_units_are_added(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A formula that adds units up has only indicators that may be added over units."""
    sums = {
        (row.formula_code, row.formula_version)
        for _, row in draft.rows(KpiFormula)
        if row.over_units == "sum"
    }
    single = {row.indicator_code for _, row in draft.rows(Indicator) if not row.additive_over_units}
    for number, term in draft.rows(KpiTerm):
        if (term.formula_code, term.formula_version) in sums and term.indicator_code in single:
            message = f"the indicator cannot be added over units; {term.formula_code} needs province_only"
            yield problem_at(term, number, "indicator_code", "over_units", message)


def owners_exist(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day a KPI has at most one owner, and the owner exists."""
    for number, row, earlier in overlapping(draft.rows(KpiOwner), lambda row: row.kpi_code):
        message = f"row {earlier} names the owner of {row.kpi_code} on some of these days"
        yield problem_at(row, number, "valid_from", "overlap", message)
    units = [unit for _, unit in draft.rows(Unit)]
    for number, row in draft.rows(KpiOwner):
        if not any(unit.code == row.unit_code and overlap(unit, row) for unit in units):
            message = "units.csv has no unit with this code on any of these days"
            yield problem_at(row, number, "unit_code", "reference", message)


RULES = (
    formula_versions_follow_each_other,
    one_formula_is_compared,
    formulas_keep_their_kpi,
    terms_have_their_formula,
    terms_share_a_calendar,
    only_flows_are_added_over_time,
    only_additive_units_are_added,
    owners_exist,
)
