"""Windows and due days of reporting periods."""

from __future__ import annotations

import csv
import os
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_reporting.errors import PeriodError
from kpi_reporting.periods import (
    Period,
    due_day,
    national_due_day,
    next_period,
    parse_period,
    parts_of,
    period_of_day,
    periods_of_year,
    previous_period,
)
from kpi_reporting.registry import Registry, load_registry

PROJECT = Path(__file__).parents[2]
REGISTRY = load_registry(PROJECT / "dbt_project/seeds/thanh_hoa")
FACTS = Path(os.environ.get("KPI_FACTS", PROJECT.parent / "shared/data")) / "reporting_windows_2022.csv"

YEARS = st.integers(1990, 2060)
CALENDARS = st.sampled_from(["administrative", "civil"])
KINDS = st.sampled_from(["month", "quarter", "half", "nine_month", "year"])


def one(calendar: str, code: str) -> Period:
    return parse_period(REGISTRY, calendar, code)


@pytest.mark.skipif(not FACTS.exists(), reason="the table of windows of 2022 is not beside the checkout")
def test_every_window_of_2022_equals_the_facts() -> None:
    with FACTS.open(newline="") as file:
        expected = [tuple(row.values()) for row in csv.DictReader(file)]
    found = [
        (
            p.kind,
            str(p.year),
            str(p.number),
            str(p.first_day),
            str(p.last_day),
            str(national_due_day(REGISTRY, p)),
        )
        for p in periods_of_year(REGISTRY, "administrative", 2022)
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("calendar", "code", "first", "last", "due"),
    [
        ("administrative", "2022-M01", date(2021, 12, 15), date(2022, 1, 14), date(2022, 1, 25)),
        ("administrative", "2022-M03", date(2022, 2, 15), date(2022, 3, 14), date(2022, 3, 25)),
        ("administrative", "2022-M12", date(2022, 11, 15), date(2022, 12, 14), date(2022, 12, 25)),
        ("administrative", "2022-Q1", date(2021, 12, 15), date(2022, 3, 14), date(2022, 3, 25)),
        ("administrative", "2022-Q4", date(2022, 9, 15), date(2022, 12, 14), date(2022, 12, 25)),
        ("administrative", "2022-H1", date(2021, 12, 15), date(2022, 6, 14), date(2022, 6, 25)),
        ("administrative", "2022-H2", date(2022, 6, 15), date(2022, 12, 14), date(2022, 12, 25)),
        ("administrative", "2022-N9", date(2021, 12, 15), date(2022, 9, 14), date(2022, 9, 25)),
        ("administrative", "2022-Y", date(2021, 12, 15), date(2022, 12, 14), date(2022, 12, 25)),
        ("administrative", "2025-M07", date(2025, 6, 15), date(2025, 7, 14), date(2025, 7, 25)),
        ("civil", "2024-M02", date(2024, 2, 1), date(2024, 2, 29), None),
        ("civil", "2024-Q4", date(2024, 10, 1), date(2024, 12, 31), None),
        ("civil", "2024-N9", date(2024, 1, 1), date(2024, 9, 30), None),
        ("civil", "2024-Y", date(2024, 1, 1), date(2024, 12, 31), None),
    ],
)
def test_windows_and_national_due_days(
    calendar: str, code: str, first: date, last: date, due: date | None
) -> None:
    period = one(calendar, code)
    assert (period.first_day, period.last_day, national_due_day(REGISTRY, period)) == (first, last, due)


@pytest.mark.parametrize(
    ("code", "value", "due"),
    [
        ("2025-M06", 2, date(2025, 6, 17)),  # ends on a Saturday
        ("2025-M07", 2, date(2025, 7, 16)),
        ("2025-M01", 2, date(2025, 1, 16)),
        ("2024-M09", 2, date(2024, 9, 17)),
        ("2025-M07", 0, date(2025, 7, 14)),
    ],
)
def test_working_days_after_the_window(code: str, value: int, due: date) -> None:
    assert due_day(REGISTRY, one("administrative", code), "working_days_after", value) == due


def test_days_off_and_worked_saturdays_move_the_due_day() -> None:
    april = one("civil", "2025-M04")  # 1 May holiday, 2 May swapped for Saturday 26 April
    assert due_day(REGISTRY, april, "working_days_after", 1) == date(2025, 5, 5)
    swapped = Period("civil", date(2025, 4, 1), date(2025, 4, 25), "x", "month", 2025, 4)
    assert due_day(REGISTRY, swapped, "working_days_after", 1) == date(2025, 4, 26)


def test_a_fixed_day_that_the_month_lacks_is_its_last_day() -> None:
    assert due_day(REGISTRY, one("civil", "2025-M02"), "fixed_day", 31) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("shift", "due"),
    [
        ("none", date(2025, 1, 25)),  # a Saturday before Tết
        ("next_working_day", date(2025, 2, 3)),
        ("previous_working_day", date(2025, 1, 24)),
    ],
)
def test_the_national_due_day_moves_as_the_setting_says(shift: str, due: date) -> None:
    assert national_due_day(_with_shift(shift), one("administrative", "2025-M01")) == due


def _with_shift(shift: str) -> Registry:
    settings = tuple(
        row.model_copy(update={"value": shift}) if row.setting == "national_due_shift" else row
        for row in REGISTRY.settings
    )
    return Registry(**{**vars(REGISTRY), "settings": settings})


@pytest.mark.parametrize(
    "code",
    [
        "",
        "2025",
        "2025-M7",
        "2025-M13",
        "2025-M00",
        "2025-Q5",
        "2025-H3",
        "2025-N8",
        "2025-Y1",
        "25-M01",
        "0000-Y",
    ],
)
def test_what_is_not_a_period_is_refused(code: str) -> None:
    with pytest.raises(PeriodError):
        one("administrative", code)


def test_an_unknown_calendar_is_refused_with_the_known_ones() -> None:
    with pytest.raises(PeriodError, match="administrative, civil"):
        one("lunar", "2025-Y")


@given(CALENDARS, YEARS)
def test_months_quarters_and_halves_make_the_year(calendar: str, year: int) -> None:
    whole = one(calendar, f"{year}-Y")
    for kind, count in (("month", 12), ("quarter", 4), ("half", 2)):
        parts = parts_of(REGISTRY, whole, kind)
        assert len(parts) == count
        assert (parts[0].first_day, parts[-1].last_day) == (whole.first_day, whole.last_day)
        assert all(a.last_day + timedelta(days=1) == b.first_day for a, b in pairwise(parts))


@given(CALENDARS, YEARS)
def test_three_quarters_make_nine_months(calendar: str, year: int) -> None:
    nine = one(calendar, f"{year}-N9")
    assert [part.code for part in parts_of(REGISTRY, nine, "quarter")] == [f"{year}-Q{n}" for n in (1, 2, 3)]
    assert nine.last_day == one(calendar, f"{year}-Q3").last_day


@given(CALENDARS, KINDS, YEARS, st.data())
def test_next_and_previous_undo_each_other(calendar: str, kind: str, year: int, data: st.DataObject) -> None:
    periods = [p for p in periods_of_year(REGISTRY, calendar, year) if p.kind == kind]
    period = data.draw(st.sampled_from(periods))
    following = next_period(REGISTRY, period)
    assert previous_period(REGISTRY, following) == period
    assert following.first_day > period.last_day
    if kind != "nine_month":
        assert following.first_day == period.last_day + timedelta(days=1)


@given(CALENDARS, YEARS, st.data())
def test_a_code_names_its_period(calendar: str, year: int, data: st.DataObject) -> None:
    period = data.draw(st.sampled_from(periods_of_year(REGISTRY, calendar, year)))
    assert parse_period(REGISTRY, calendar, period.code) == period


@given(
    CALENDARS,
    st.sampled_from(["month", "quarter", "half", "year"]),
    st.dates(date(1990, 1, 1), date(2060, 1, 1)),
)
def test_every_day_lies_in_the_period_found_for_it(calendar: str, kind: str, day: date) -> None:
    assert day in period_of_day(REGISTRY, calendar, kind, day)


@given(YEARS, st.integers(15, 31))
def test_the_end_of_december_belongs_to_the_next_administrative_year(year: int, day: int) -> None:
    december = date(year, 12, day)
    assert period_of_day(REGISTRY, "administrative", "year", december).code == f"{year + 1}-Y"
    assert period_of_day(REGISTRY, "administrative", "month", december).code == f"{year + 1}-M01"
    assert period_of_day(REGISTRY, "civil", "year", december).code == f"{year}-Y"


def test_no_nine_month_period_covers_november() -> None:
    with pytest.raises(PeriodError, match="nine_month"):
        period_of_day(REGISTRY, "administrative", "nine_month", date(2025, 11, 1))
