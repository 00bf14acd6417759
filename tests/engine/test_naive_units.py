"""The naive implementation against examples computed by hand: terms, missing modes, units and rounding."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from tests.engine.facts import Facts, Figure, Form, Formula, Observation, Owed, Term, Unit
from tests.engine.naive import figures
from tests.engine.small import ALWAYS, MONTHS, UNITS, facts, formula, rows, sides
from tests.engine.sums import rounded

BOTH = {"x": "3", "y": "5"}
X_ONLY = {"x": "3"}
ZEROS = {"x": "0", "y": "0"}


def commune(mode: str, content: dict[str, str] | str | None, *, owes: bool = True) -> Figure | None:
    """A's figure of January: x over y; B files far away from it, so that January is a part."""
    filed = {("B", 2): BOTH} | ({} if content is None else {("A", 1): content})
    owed = [("A", 1)] if owes else []
    return rows(facts(filed, formula(missing_mode=mode), ("x",), ("y",), owed)).get(("A", "M01"))


@pytest.mark.parametrize(
    ("mode", "content", "expected"),
    [
        ("non_null", BOTH, (3, 5, 1, None)),
        ("non_null", X_ONLY, (None, None, 0, "missing_part")),
        ("non_null", "nil", (None, None, 1, "no_data")),
        ("non_null", None, (None, None, 0, "no_data")),
        ("partial_zero", X_ONLY, (3, 0, 1, "denominator_zero")),
        ("partial_zero", {"y": "5"}, (0, 5, 1, None)),
        ("partial_zero", "nil", (None, None, 1, "no_data")),
        ("partial_zero", None, (None, None, 0, "no_data")),
        ("always_zero", BOTH, (3, 5, 1, None)),
        ("always_zero", "nil", (0, 0, 1, "denominator_zero")),
        ("always_zero", None, (0, 0, 1, "denominator_zero")),
        ("non_zero", {"y": "5"}, (0, 5, 1, None)),
        ("non_zero", ZEROS, (None, None, 0, "no_data")),
        ("non_zero", "nil", (None, None, 0, "no_data")),
        ("partial_null", BOTH, (3, 5, 1, None)),
        ("partial_null", X_ONLY, (None, None, 0, "missing_part")),
        ("partial_null", None, (None, None, 0, "no_data")),
        ("always_null", BOTH, (3, 5, 1, None)),
        ("always_null", X_ONLY, (None, None, 0, "missing_part")),
        ("always_null", None, (None, None, 0, "missing_part")),
    ],
)
def test_a_missing_mode_says_when_an_answer_counts(
    mode: str, content: dict[str, str] | str | None, expected: tuple[int | None, int | None, int, str | None]
) -> None:
    found = commune(mode, content)
    assert found is not None
    assert (*sides(found), found.units_counted, found.reason) == expected


@pytest.mark.parametrize(
    "mode", ["non_null", "partial_zero", "always_zero", "non_zero", "partial_null", "always_null"]
)
def test_who_neither_owes_nor_answers_has_no_row(mode: str) -> None:
    assert commune(mode, None, owes=False) is None


@pytest.mark.parametrize(
    ("mode", "content", "reason"),
    [
        ("non_null", X_ONLY, None),
        ("partial_null", X_ONLY, "missing_part"),
        ("partial_null", None, None),
        ("always_null", X_ONLY, "missing_part"),
        ("always_null", None, "missing_part"),
    ],
)
def test_one_unit_can_make_the_sum_of_all_absent(
    mode: str, content: dict[str, str] | None, reason: str | None
) -> None:
    filed = {("B", 1): BOTH} | ({} if content is None else {("A", 1): content})
    found = rows(facts(filed, formula(missing_mode=mode), ("x",), ("y",)))
    assert found["P", "M01"].reason == reason
    assert found["B", "M01"].reason is None


def test_a_sum_adds_both_sides_before_it_divides() -> None:
    found = rows(
        facts(
            {("A", 1): {"x": "1", "y": "2"}, ("B", 1): {"x": "1", "y": "8"}},
            formula(factor=Fraction(100)),
            ("x",),
            ("y",),
        )
    )
    assert found["P", "M01"].value == 20
    assert (found["A", "M01"].value, found["B", "M01"].value) == (50, Fraction(25, 2))


def test_of_several_units_the_last_answer_is_taken_and_not_the_last_value() -> None:
    filed = {("B", 1): {"x": "9"}, ("A", 1): {"x": "4"}}
    assert rows(facts(filed, formula(over_units="last")))["P", "M01"].value == 4


def test_the_instant_decides_before_the_number_of_the_submission() -> None:
    known = facts({("B", 1): {"x": "9"}, ("A", 1): {"x": "4"}}, formula(over_units="last"))
    renumbered = tuple(replace(one, submission=3 - one.submission) for one in known.observations)
    assert rows(replace(known, observations=renumbered))["P", "M01"].value == 4


def test_of_answers_received_together_the_higher_submission_is_taken() -> None:
    known = facts({("B", 1): {"x": "9"}, ("A", 1): {"x": "4"}}, formula(over_units="last"))
    at_once = tuple(replace(one, received_at=known.observations[0].received_at) for one in known.observations)
    turned = tuple(replace(one, submission=3 - one.submission) for one in at_once)
    assert rows(replace(known, observations=at_once))["P", "M01"].value == 4
    assert rows(replace(known, observations=turned))["P", "M01"].value == 9


def test_an_owing_unit_that_said_nothing_is_never_the_last_answer() -> None:
    known = facts({("A", 1): {"x": "4"}}, formula(over_units="last", missing_mode="always_zero"))
    assert rows(known)["P", "M01"].value == 4


def test_province_only_believes_those_who_owe_and_knows_no_communes() -> None:
    filed = {("P", 1): {"x": "7"}, ("A", 1): {"x": "100"}}
    one = formula(over_units="province_only")
    assert rows(facts(filed, one, owed=[("P", 1)]))["P", "M01"].value == 7
    assert rows(facts(filed, one, owed=[]))["P", "M01"].value == 107
    assert {unit_id for unit_id, _ in rows(facts(filed, one, owed=[]))} == {"P"}


def test_a_weight_multiplies_both_sides_and_is_the_line_of_a_formula_without_one() -> None:
    filed = {("A", 1): {"x": "10", "w": "1"}, ("B", 1): {"x": "20", "w": "3"}}
    weighted = formula(over_units="weighted", weight_indicator_code="w")
    found = rows(facts(filed, weighted))
    assert sides(found["P", "M01"]) == (70, 4)
    assert found["P", "M01"].value == Fraction(35, 2)
    assert sides(found["B", "M01"]) == (60, 3)


def test_a_ratio_is_weighted_on_both_sides() -> None:
    filed = {("A", 1): {"x": "1", "y": "2", "w": "4"}}
    weighted = formula(over_units="weighted", weight_indicator_code="w")
    assert sides(rows(facts(filed, weighted, ("x",), ("y",)))["A", "M01"]) == (4, 8)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("non_null", (None, None, "missing_part")), ("partial_zero", (0, 0, "denominator_zero"))],
)
def test_a_missing_weight_is_a_missing_term(mode: str, expected: tuple[int | None, int | None, str]) -> None:
    weighted = formula(over_units="weighted", weight_indicator_code="w", missing_mode=mode)
    found = rows(facts({("A", 1): {"x": "10"}}, weighted))["A", "M01"]
    assert (*sides(found), found.reason) == expected


def test_a_coefficient_a_group_and_a_reference_are_written_out() -> None:
    form = Form("F", "civil", "month", frozenset({("x", "f"), ("x", "m"), ("y", "total")}))
    inner = Formula("inner", 1, "k", Fraction(1), 0, "sum", "sum", "non_null", valid_from=ALWAYS)
    outer = formula(valid_from=ALWAYS)
    known = facts({("A", 1): {"y": "5"}}, outer, ())
    arrival = (known.observations[0].received_at, 1)
    brought = [
        Observation("A", MONTHS[1], "x", code, value, *arrival)
        for code, value in (("f", Fraction(2)), ("m", Fraction(4)))
    ]
    written = (
        Term("inner", 1, "numerator", "x", breakdown_group="sex", coefficient=Fraction(3)),
        Term("f", 1, "denominator", ref_formula_code="inner", ref_side="numerator", coefficient=Fraction(-1)),
        Term("f", 1, "numerator", "y"),
    )
    known = replace(
        known, forms=(form,), formulas=(inner, outer), terms=written, breakdowns={"f": "sex", "m": "sex", "total": "total"},
        observations=(*known.observations, *brought),
    )  # fmt: skip
    found = {(one.formula_code, one.unit_id): one for one in rows_of_month(known)}
    assert found["inner", "A"].numerator == 18
    assert sides(found["f", "A"]) == (5, -18)


def rows_of_month(known: Facts) -> list[Figure]:
    return [one for one in figures(known) if one.period_code == "2025-M01"]


def test_a_form_that_brings_one_term_makes_its_unit_owe_the_part() -> None:
    known = facts({("A", 1): {"x": "1"}, ("B", 1): {"x": "1"}}, formula())
    other = Form("G", "civil", "month", frozenset({("z", "total")}))
    known = replace(
        known, forms=(*known.forms, other), owed=(Owed("A", "G", MONTHS[1]), Owed("B", "F", MONTHS[1]))
    )
    found = rows(known)["P", "M01"]
    assert (found.units_counted, found.units_owed, found.numerator) == (1, 1, 2)


def test_a_dated_unit_is_rolled_up_by_its_own_parent() -> None:
    old = Unit("D", "P", ALWAYS, date(2025, 6, 30))
    units = (UNITS[0], old, Unit("A", "D", ALWAYS, date(2025, 6, 30)), Unit("A2", "P", date(2025, 7, 1)))
    known = facts({("A", 6): {"x": "1"}, ("A2", 7): {"x": "10"}}, formula(), owed=[])
    found = rows(replace(known, units=units))
    assert found["D", "M06"].value == 1
    assert ("D", "M07") not in found
    assert (found["P", "M06"].value, found["P", "M07"].value) == (1, 10)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (Fraction(25, 10), 0, Fraction(3)),
        (Fraction(-25, 10), 0, Fraction(-3)),
        (Fraction(1, 3), 2, Fraction(33, 100)),
        (Fraction(12345, 10000), 3, Fraction(1235, 1000)),
        # Rounded to ten decimals first it would be 0,5 and then 1.
        (Fraction(49999999999999, 100000000000000), 0, Fraction(0)),
    ],
)
def test_half_is_rounded_away_from_zero_once(value: Fraction, decimals: int, expected: Fraction) -> None:
    assert rounded(value, decimals) == expected


def test_a_quotient_is_not_rounded_on_its_way_to_the_factor() -> None:
    """4 of 9 are 44,44 percent of a percent; a quotient cut to 0,444 would be 44,40."""
    found = rows(facts({("A", 1): {"x": "4", "y": "9"}}, formula(factor=Fraction(100)), ("x",), ("y",)))
    assert found["A", "M01"].value == Fraction(4444, 100)


def test_a_figure_uses_the_version_of_the_last_day() -> None:
    first = formula(valid_from=ALWAYS, valid_to=date(2025, 1, 31))
    second = replace(first, version=2, valid_from=date(2025, 2, 1), valid_to=None)
    known = facts({("A", 1): BOTH, ("A", 2): BOTH}, first)
    known = replace(known, formulas=(first, second), terms=(*known.terms, Term("f", 2, "numerator", "y")))
    found = rows(known)
    assert [(found["A", code].formula_version, found["A", code].value) for code in ("M01", "M02")] == [
        (1, 3),
        (2, 5),
    ]
