"""The naive implementation against examples computed by hand: windows, coverage, reasons and the interval."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from tests.engine.facts import Nil, Period, Unit
from tests.engine.small import ALWAYS, MONTHS, UNITS, ends, facts, formula, rows, sides

A_QUARTER = {("A", 1): {"x": "4", "y": "8"}, ("A", 2): {"x": "6", "y": "8"}, ("A", 3): {"x": "2", "y": "1"}}
OWED = [("A", 1), ("A", 2), ("A", 3)]


@pytest.mark.parametrize(
    ("operator", "expected"),
    [("sum", (12, 17)), ("average", (12, 17)), ("last", (2, 1)), ("max", (2, 1)), ("min", (4, 8))],
)
def test_an_operator_says_what_a_quarter_of_ratios_is(operator: str, expected: tuple[int, int]) -> None:
    found = rows(facts(A_QUARTER, formula(over_time=operator), ("x",), ("y",), OWED))
    assert sides(found["A", "Q1"]) == expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [("sum", (12, None)), ("average", (12, 3)), ("last", (2, None)), ("max", (6, None)), ("min", (2, None))],
)
def test_an_operator_says_what_a_quarter_of_numbers_is(
    operator: str, expected: tuple[int, int | None]
) -> None:
    found = rows(facts(A_QUARTER, formula(over_time=operator), owed=OWED))
    assert sides(found["A", "Q1"]) == expected


def test_the_average_divides_by_the_parts_that_have_something_above_the_line() -> None:
    filed = {("A", 1): {"x": "4"}, ("A", 2): "nil", ("A", 3): {"x": "2"}}
    found = rows(facts(filed, formula(over_time="average"), owed=OWED))["A", "Q1"]
    assert (*sides(found), found.value, found.data_state) == (6, 2, 3, "complete")


def test_a_part_with_nothing_above_the_line_leaves_what_stands_below_it() -> None:
    form_of_y = {("A", 1): {"x": "4", "y": "8"}, ("A", 2): {"x": "6", "y": "8"}, ("A", 3): "nil"}
    assert sides(rows(facts(form_of_y, formula(), ("x",), ("y",), OWED))["A", "Q1"]) == (10, 16)


@pytest.mark.parametrize("operator", ["max", "min"])
def test_of_equal_parts_the_later_one_is_taken(operator: str) -> None:
    filed = {("A", 1): {"x": "1", "y": "2"}, ("A", 2): {"x": "2", "y": "4"}, ("A", 3): {"x": "3", "y": "0"}}
    found = rows(facts(filed, formula(over_time=operator), ("x",), ("y",), OWED))
    assert sides(found["A", "Q1"]) == (2, 4)


@pytest.mark.parametrize("operator", ["max", "min"])
def test_when_no_part_has_a_value_the_latest_with_a_numerator_is_taken(operator: str) -> None:
    filed = {("A", 1): {"x": "1", "y": "0"}, ("A", 2): {"x": "2", "y": "0"}, ("A", 3): "nil"}
    found = rows(facts(filed, formula(over_time=operator), ("x",), ("y",), OWED))["A", "Q1"]
    assert (*sides(found), found.reason) == (2, 0, "denominator_zero")


def test_a_quarter_with_a_silent_month_has_no_value() -> None:
    filed = {("A", 1): {"x": "4"}, ("A", 3): {"x": "2"}}
    found = rows(facts(filed, formula(), owed=OWED))["A", "Q1"]
    assert (found.numerator, found.value, found.reason) == (6, None, "missing_period")


def test_a_year_to_date_lies_flat_in_a_silent_month() -> None:
    filed = {("A", 1): {"x": "4"}, ("A", 3): {"x": "2"}}
    found = rows(facts(filed, formula(span="year_to_date"), owed=OWED))
    assert [found["A", code].value for code in ("M01", "M02", "M03", "M04")] == [4, 4, 6, None]
    assert [found["A", code].data_state for code in ("M01", "M02", "M03")] == [
        "complete",
        "partial",
        "partial",
    ]
    assert found["A", "M04"].reason == "missing_period"
    assert ("A", "Q1") not in found


def test_a_year_to_date_has_no_figure_when_nobody_owed_its_first_month() -> None:
    found = rows(facts({("A", 2): {"x": "4"}}, formula(span="year_to_date"), owed=[("A", 2)]))
    assert found["A", "M02"].reason == "missing_period"


def test_a_rolling_window_needs_all_its_parts_and_looks_back_from_each_month() -> None:
    filed = {("A", month): {"x": str(10**month)} for month in (1, 2, 3, 4)}
    found = rows(facts(filed, formula(span="rolling", span_parts=3), owed=[]))
    assert {code: one.value for (unit, code), one in found.items() if unit == "A"} == {
        "M03": 1110, "M04": 11100, "M05": None, "M06": None,
    }  # fmt: skip
    assert found["A", "M05"].reason == "missing_period"


def test_a_unit_is_compared_only_when_it_lived_on_the_last_days_of_both_ends() -> None:
    born = Unit("A", "P", date(2025, 2, 1))
    known = facts({("A", 2): {"x": "1"}, ("A", 3): {"x": "1"}, ("B", 1): {"x": "1"}}, formula(), owed=[])
    found = rows(replace(known, units=(UNITS[0], born, UNITS[2])))
    assert found["A", "Q1"].reason == "not_comparable"
    assert found["A", "M02"].reason is None
    assert found["P", "Q1"].value == 3


def test_a_unit_that_was_closed_inside_the_window_is_not_comparable() -> None:
    closed = Unit("A", "P", ALWAYS, date(2025, 2, 28))
    found = rows(replace(facts({("A", 1): {"x": "1"}}, formula(), owed=[]), units=(UNITS[0], closed)))
    assert found["A", "Q1"].reason == "not_comparable"


def test_the_least_covered_part_is_shown_and_the_coverage_is_over_all_parts() -> None:
    filed = {("A", 1): {"x": "1"}, ("B", 1): {"x": "1"}, ("A", 2): {"x": "1"}, ("P", 3): {"x": "1"}}
    owed = [(unit, month) for unit in "AB" for month in (1, 2)]
    found = rows(facts(filed, formula(), owed=owed))["P", "Q1"]
    assert (found.units_counted, found.units_owed, found.coverage) == (1, 2, Fraction(3, 4))
    assert found.data_state == "partial"


def test_of_equally_uncovered_parts_the_latest_is_shown() -> None:
    owed = [("A", 1), ("B", 1), ("A", 2), ("A", 3), ("B", 3)]
    filed = {("P", month): {"x": "1"} for month in (1, 2, 3)}
    assert rows(facts(filed, formula(), owed=owed))["P", "Q1"].units_owed == 2
    assert rows(facts(filed, formula(), owed=owed[:3]))["P", "Q1"].units_owed == 1


def test_a_unit_that_does_not_owe_never_fills_a_gap() -> None:
    found = rows(facts({("B", 1): {"x": "1"}}, formula(), owed=[("A", 1)]))["P", "M01"]
    assert (found.units_counted, found.units_owed, found.coverage, found.data_state) == (0, 1, 0, "partial")


def test_where_nobody_owes_the_coverage_is_null() -> None:
    found = rows(facts({("B", 1): {"x": "1"}}, formula(), owed=[]))["P", "M01"]
    assert (found.units_counted, found.units_owed, found.coverage, found.data_state) == (
        0,
        0,
        None,
        "complete",
    )


def test_coverage_has_four_decimals() -> None:
    filed = {("A", 1): {"x": "1"}, ("A", 2): {"x": "1"}, ("A", 3): {"x": "1"}}
    owed = [*OWED, ("B", 1), ("B", 2), ("B", 3)]
    assert rows(facts(filed, formula(), owed=owed))["P", "Q1"].coverage == Fraction(1, 2)
    assert rows(facts({**filed, ("B", 1): {"x": "1"}}, formula(), owed=owed))["P", "Q1"].coverage == Fraction(
        6667, 10000
    )


def test_nothing_below_the_line_is_a_missing_part() -> None:
    known = facts({("A", 1): {"x": "1"}}, formula(), ("x",), ("y",), owed=[])
    nil = Nil("A", MONTHS[1], "y", known.observations[0].received_at, 2)
    found = rows(replace(known, nils=(nil,)))["A", "M01"]
    assert (*sides(found), found.reason) == (1, None, "missing_part")


YEAR = {("A", month): {"x": str(month), "y": "10"} for month in range(1, 13)}


def test_a_missing_unit_stands_between_the_lowest_and_the_highest_it_ever_had() -> None:
    filed = {("B", 1): {"x": "5"}, ("B", 2): {"x": "2"}, ("B", 3): {"x": "9"}, ("A", 4): {"x": "100"}}
    owed = [("B", 1), ("B", 2), ("B", 3), ("A", 4), ("B", 4)]
    found = rows(facts(filed, formula(), owed=owed))
    assert (found["P", "M04"].value, *ends(found["P", "M04"])) == (100, 102, 109)
    assert ends(found["P", "M03"]) == (None, None)


def test_of_equal_parts_the_interval_takes_the_sides_of_the_later_one() -> None:
    filed = {
        ("B", 1): {"x": "1", "y": "2"},
        ("B", 2): {"x": "10", "y": "20"},
        ("A", 3): {"x": "0", "y": "20"},
    }
    found = rows(facts(filed, formula(), ("x",), ("y",), [("A", 3), ("B", 3)]))["P", "M03"]
    assert ends(found) == (Fraction(1, 4), Fraction(1, 4))


def test_a_missing_unit_without_a_value_before_leaves_the_interval_empty() -> None:
    filed = {("B", 1): {"x": "1", "y": "0"}, ("A", 2): {"x": "1", "y": "2"}}
    found = rows(facts(filed, formula(), ("x",), ("y",), [("A", 2), ("B", 2)]))["P", "M02"]
    assert (found.data_state, *ends(found)) == ("partial", None, None)


def test_only_the_twelve_parts_before_are_looked_at_counted_or_not() -> None:
    """Before December lie October and November 2024 and eleven months of 2025: October is one too many."""
    autumn = [
        Period("civil", f"2024-M{month}", "month", 2024, date(2024, month, 1), date(2024, month, 30))
        for month in (10, 11)
    ]
    known = facts({("B", 11): {"x": "5"}, ("A", 12): {"x": "100"}}, formula(), owed=[("A", 12), ("B", 12)])
    older = [
        replace(known.observations[0], period=part, value=Fraction(value))
        for part, value in zip(autumn, (9000, 7), strict=True)
    ]
    known = replace(known, observations=(*known.observations, *older), periods=(*known.periods, *autumn))
    assert ends(rows(known)["P", "M12"]) == (105, 107)


def test_the_ends_of_the_interval_are_in_order_where_the_lowest_ratio_makes_the_higher_total() -> None:
    """With B's 0,1 over 1 it is 10,1 over 2; with B's 20 over 100 it is 30 over 101."""
    filed = {
        ("B", 1): {"x": "0.1", "y": "1"},
        ("B", 2): {"x": "20", "y": "100"},
        ("A", 3): {"x": "10", "y": "1"},
    }
    found = rows(facts(filed, formula(), ("x",), ("y",), [("A", 3), ("B", 3)]))["P", "M03"]
    assert ends(found) == (Fraction(30, 100), Fraction(505, 100))


def test_a_silent_month_of_a_year_to_date_is_filled_in_the_interval() -> None:
    filed = {("A", 1): {"x": "4"}, ("A", 2): {"x": "10"}, ("A", 4): {"x": "1"}}
    found = rows(facts(filed, formula(span="year_to_date"), owed=[*OWED, ("A", 4)]))
    assert (found["A", "M04"].value, *ends(found["A", "M04"])) == (15, 19, 25)


def test_the_interval_of_an_average_counts_the_filled_part_too() -> None:
    filed = {("A", 1): {"x": "4"}, ("A", 2): {"x": "10"}}
    one = formula(over_time="average", span="year_to_date")
    found = rows(facts(filed, one, owed=OWED))["A", "M03"]
    assert (found.value, *ends(found)) == (7, 6, 8)


@pytest.mark.parametrize(
    "given",
    [{"over_time": "max"}, {"over_time": "min"}, {"over_units": "last"}, {"over_units": "province_only"}],
)
def test_other_operators_have_no_interval(given: dict[str, str]) -> None:
    filed = {("B", 1): {"x": "5"}, ("A", 2): {"x": "100"}}
    found = rows(facts(filed, formula(**given), owed=[("A", 2), ("B", 2)]))["P", "M02"]
    assert (found.data_state, *ends(found)) == ("partial", None, None)


def test_a_complete_figure_has_no_interval() -> None:
    found = rows(facts(YEAR, formula(), ("x",), ("y",), [("A", month) for month in range(1, 13)]))
    assert all(ends(one) == (None, None) for one in found.values() if one.data_state == "complete")
    assert found["A", "M12"].value == Fraction(12, 10)
