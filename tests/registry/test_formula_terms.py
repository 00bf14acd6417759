"""What the terms of a formula come down to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kpi_reporting.registry.formula_terms import FormulaTerms, TermCycleError
from kpi_reporting.registry.models import Breakdown, KpiFormula, KpiTerm

NEW_YEAR, LAST_DAY = date(2025, 1, 1), date(2024, 12, 31)


def formula(
    code: str, version: int = 1, since: date = date(2024, 1, 1), until: date | None = None
) -> KpiFormula:
    return KpiFormula.model_validate(
        {
            "formula_code": code, "formula_version": version, "kpi_code": "K", "name_vi": code, "name_en": code,
            "factor": 1, "over_time": "sum", "over_units": "sum", "is_primary": False, "confirmed": True,
            "valid_from": since, "valid_to": until,
        }
    )  # fmt: skip


def term(of: str, to: str, coefficient: str = "1", side: str = "numerator", version: int = 1) -> KpiTerm:
    """Say ``a.numerator`` for a side of the formula ``a``, ``paid`` for an indicator, ``paid*sex`` for a group."""
    ref, _, ref_side = to.partition(".")
    indicator, _, group = to.partition("*")
    named = (
        {"ref_formula_code": ref, "ref_side": ref_side}
        if ref_side
        else {"indicator_code": indicator, "breakdown_group": group or None}
    )
    given = {"formula_code": of, "formula_version": version, "side": side, "coefficient": coefficient}
    return KpiTerm.model_validate({**given, **named})


def breakdown(code: str, group: str) -> Breakdown:
    return Breakdown(breakdown_code=code, breakdown_group=group, name_vi=code, name_en=code)


def spelled(
    one: KpiFormula, terms: list[KpiTerm], *others: KpiFormula, breakdowns: tuple[Breakdown, ...] = ()
) -> list[tuple[str, str, str, Decimal]]:
    known = FormulaTerms([one, *others], terms, breakdowns)
    return [(t.side, t.indicator_code, t.breakdown_code, t.coefficient) for t in known.of(one)]


def test_coefficients_are_multiplied_along_references() -> None:
    terms = [
        term("a", "b.denominator", "-2"),
        term("b", "c.numerator", "3", "denominator"),
        term("c", "paid", "0.5"),
    ]
    assert spelled(formula("a"), terms, formula("b"), formula("c")) == [
        ("numerator", "paid", "total", Decimal("-3.0"))
    ]


def test_a_term_met_twice_is_added_up_on_its_side_only() -> None:
    terms = [
        term("a", "paid"),
        term("a", "b.numerator", "4"),
        term("a", "paid", "1", "denominator"),
        term("b", "paid"),
    ]
    assert spelled(formula("a"), terms, formula("b")) == [
        ("numerator", "paid", "total", Decimal(5)),
        ("denominator", "paid", "total", Decimal(1)),
    ]


def test_a_term_that_others_cancel_stays_one_and_adds_nothing() -> None:
    terms = [term("a", "all"), term("a", "paid"), term("a", "b.numerator", "-1"), term("b", "paid")]
    assert spelled(formula("a"), terms, formula("b")) == [
        ("numerator", "all", "total", Decimal(1)),
        ("numerator", "paid", "total", Decimal(0)),
    ]


def test_a_group_is_a_term_for_each_of_its_breakdowns() -> None:
    breakdowns = (breakdown("total", "total"), breakdown("women", "sex"), breakdown("men", "sex"))
    assert spelled(formula("a"), [term("a", "paid*sex", "-1")], breakdowns=breakdowns) == [
        ("numerator", "paid", "women", Decimal(-1)),
        ("numerator", "paid", "men", Decimal(-1)),
    ]


def test_the_version_is_meant_that_holds_on_all_days_of_the_referring_one() -> None:
    old, new = formula("b", 1, until=LAST_DAY), formula("b", 2, since=NEW_YEAR)
    terms = [term("b", "old"), term("b", "new", version=2)]
    for one, expected in (
        (formula("a", 1, until=LAST_DAY), ["old"]),
        (formula("a", 1, since=NEW_YEAR), ["new"]),
        (formula("a", 1), []),
    ):
        found = spelled(one, [*terms, term("a", "b.numerator")], old, new)
        assert [indicator for _, indicator, *_ in found] == expected


def test_a_formula_that_leads_back_to_itself_is_refused() -> None:
    terms = [term("a", "b.numerator"), term("b", "a.numerator")]
    with pytest.raises(TermCycleError, match="a leads back to itself"):
        spelled(formula("a"), terms, formula("b"))


def test_the_other_side_of_a_formula_is_no_cycle() -> None:
    terms = [term("a", "a.denominator"), term("a", "paid", "1", "denominator")]
    assert spelled(formula("a"), terms) == [
        ("numerator", "paid", "total", Decimal(1)),
        ("denominator", "paid", "total", Decimal(1)),
    ]
