"""Rules of formulas: what a term may be, what may be added, over which window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kpi_reporting.errors import Problem
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.formula_terms import FormulaTerm, FormulaTerms, TermCycleError
from kpi_reporting.registry.models import (
    Breakdown,
    Form,
    FormField,
    Indicator,
    KpiFormula,
    KpiTerm,
    Regime,
    Setting,
)
from kpi_reporting.registry.places import problem_at
from kpi_reporting.registry.registry import Registry

_SOURCE = tuple[str, str]


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


def terms_name_one_thing(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A term is an indicator, with one breakdown or a group of them, or a side of another formula."""
    for number, term in draft.rows(KpiTerm):
        if (term.indicator_code is None) == (term.ref_formula_code is None):
            message = "a term names an indicator or, in ref_formula_code, another formula"
            yield problem_at(term, number, "indicator_code", "term", message)
        if (term.ref_formula_code is None) != (term.ref_side is None):
            message = "ref_formula_code and ref_side are given together"
            yield problem_at(term, number, "ref_side", "term", message)
        if term.breakdown_code != "total" and (term.breakdown_group or term.ref_formula_code):
            message = "a breakdown is named for an indicator alone, and not beside its group"
            yield problem_at(term, number, "breakdown_code", "term", message)


def references_lead_to_indicators(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A formula does not lead back to itself, and what it refers to holds on all of its days."""
    known = _formula_terms(draft)
    versions = {(row.formula_code, row.formula_version): row for _, row in draft.rows(KpiFormula)}
    for number, term in draft.rows(KpiTerm):
        formula = versions.get((term.formula_code, term.formula_version))
        if formula is None or term.ref_formula_code is None:
            continue
        if known.meant(formula, term) is None:
            message = (
                f"no version of {term.ref_formula_code} holds on all days of this one: split this version"
            )
            yield problem_at(term, number, "ref_formula_code", "reference", message)
        try:
            list(known.of(formula))
        except TermCycleError as error:
            yield problem_at(term, number, "ref_formula_code", "cycle", f"{error}")


def terms_share_a_window(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """The terms of a formula are reported in one calendar and kind of period.

    Days of different windows are neither added nor divided.
    """
    sources = _sources_of_indicators(draft)
    for number, row, terms in _spelled(draft):
        met: set[_SOURCE] = set()
        for term in terms:
            met |= sources[term.indicator_code]
        if len(met) > 1:
            mixed = ", ".join(f"{kind} of {calendar}" for calendar, kind in sorted(met))
            message = f"the terms of {row.formula_code} are reported in several windows: {mixed}"
            yield problem_at(row, number, "formula_code", "one_window", message)


def _sources_of_indicators(draft: Draft) -> dict[str, set[_SOURCE]]:
    regimes = {regime.regime_code: regime.calendar_code for _, regime in draft.rows(Regime)}
    forms = {(one.form_code, one.form_version): one for _, one in draft.rows(Form)}
    found: dict[str, set[_SOURCE]] = defaultdict(set)
    for _, field in draft.rows(FormField):
        form = forms.get((field.form_code, field.form_version))
        if (
            field.indicator_code
            and field.observation_kind == "actual"
            and form
            and form.regime_code in regimes
        ):
            found[field.indicator_code].add((regimes[form.regime_code], form.period_kind))
    measured = [row.value for _, row in draft.rows(Setting) if row.setting == "measured_calendar"]
    for _, indicator in draft.rows(Indicator):
        if indicator.own_measure is not None and measured:
            found[indicator.indicator_code].add((measured[0] or "", "month"))
    return found


def only_flows_are_added_over_time(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A formula that adds months up has no stock in it: carried-over dossiers would count every month."""
    stocks = {row.indicator_code for _, row in draft.rows(Indicator) if row.measure == "stock"}
    for number, row, terms in _spelled(draft):
        added = sorted({term.indicator_code for term in terms if term.side != "weight"} & stocks)
        if row.over_time == "sum" and added:
            message = f"{added[0]} is a stock and cannot be added over time; use last or average"
            yield problem_at(row, number, "over_time", "over_time", message)


def only_additive_units_are_added(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A formula that adds units up has only indicators that may be added over units."""
    single = {row.indicator_code for _, row in draft.rows(Indicator) if not row.additive_over_units}
    for number, row, terms in _spelled(draft):
        added = sorted({term.indicator_code for term in terms} & single)
        if row.over_units == "sum" and added:
            message = f"{added[0]} cannot be added over units; use weighted, last or province_only"
            yield problem_at(row, number, "over_units", "over_units", message)


def spans_fit(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A rolling window says how many parts it has, and a window of many parts takes more than the last."""
    for number, row in draft.rows(KpiFormula):
        if (row.span == "rolling") != (row.span_parts is not None):
            message = "a rolling window, and no other, says how many parts it has"
            yield problem_at(row, number, "span_parts", "span", message)
        if row.span != "period" and row.over_time == "last":
            message = "the last part is the same in every window; use span = period"
            yield problem_at(row, number, "span", "span", message)


def weights_weigh(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A weighted formula, and no other, names what weighs."""
    for number, row in draft.rows(KpiFormula):
        if (row.over_units == "weighted") != (row.weight_indicator_code is not None):
            message = "a formula with over_units = weighted, and no other, names a weight"
            yield problem_at(row, number, "weight_indicator_code", "weight", message)


def _spelled(draft: Draft) -> Iterator[tuple[int, KpiFormula, list[FormulaTerm]]]:
    """Yield each formula version with the terms it comes down to; cycles are reported elsewhere."""
    known = _formula_terms(draft)
    for number, row in draft.rows(KpiFormula):
        try:
            yield number, row, list(known.of(row))
        except TermCycleError:
            continue


def _formula_terms(draft: Draft) -> FormulaTerms:
    return FormulaTerms(
        [row for _, row in draft.rows(KpiFormula)],
        [row for _, row in draft.rows(KpiTerm)],
        [row for _, row in draft.rows(Breakdown)],
    )


RULES = (
    terms_have_their_formula,
    terms_name_one_thing,
    references_lead_to_indicators,
    terms_share_a_window,
    only_flows_are_added_over_time,
    only_additive_units_are_added,
    spans_fit,
    weights_weigh,
)
