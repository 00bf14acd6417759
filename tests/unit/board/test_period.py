"""Which period the board speaks of."""

from __future__ import annotations

from datetime import date

import pytest

from kpi_reporting.board.period import BoardPeriod, choose, unknown_period
from kpi_reporting.errors import KpiReportingError

ADMINISTRATIVE = "administrative"


def period(
    code: str, kind: str, first: str, last: str, *, calendar: str = ADMINISTRATIVE, values: bool = True
) -> BoardPeriod:
    return BoardPeriod(calendar, code, kind, date.fromisoformat(first), date.fromisoformat(last), values)


M07 = period("2025-M07", "month", "2025-06-15", "2025-07-14")
M06 = period("2025-M06", "month", "2025-05-15", "2025-06-14")
Q3 = period("2025-Q3", "quarter", "2025-06-15", "2025-09-14")
Q2 = period("2025-Q2", "quarter", "2025-03-15", "2025-06-14")
CIVIL_YEAR = period("2024-Y", "year", "2024-01-01", "2024-12-31", calendar="civil")
YEAR = period("2024-Y", "year", "2023-12-15", "2024-12-14")
NEWEST_FIRST = [Q3, M07, M06, Q2, CIVIL_YEAR, YEAR]


def test_default_is_the_newest_of_the_shortest_kind_with_values() -> None:
    assert choose(NEWEST_FIRST, None) == M07
    empty = period("2025-M08", "month", "2025-07-15", "2025-08-14", values=False)
    assert choose([Q3, empty, M07], None) == M07
    assert choose([Q3, Q2, YEAR], None) == Q3


def test_without_any_value_there_is_a_board_all_the_same() -> None:
    empty = period("2025-M08", "month", "2025-07-15", "2025-08-14", values=False)
    assert choose([empty], None) == empty


def test_a_period_is_found_by_its_code_however_written() -> None:
    assert choose(NEWEST_FIRST, "2025-q2") == Q2


def test_of_two_calendars_the_period_that_ends_later_sees_both() -> None:
    assert choose(NEWEST_FIRST, "2024-Y") == CIVIL_YEAR


def test_an_unknown_period_is_told_in_one_sentence_with_the_known_ones() -> None:
    with pytest.raises(
        KpiReportingError, match=r"period '2099-M01'; published are 2025-Q3, 2025-M07, .*2024-Y\.$"
    ) as caught:
        choose(NEWEST_FIRST, "2099-M01")
    assert str(caught.value).count("2024-Y") == 1
    assert str(unknown_period("2025-M07", [])) == "Nothing has been published yet: run a night first."


def test_other_periods_are_named_and_other_calendars_too() -> None:
    assert M07.label_of(ADMINISTRATIVE, "2025-M07") == ""
    assert M07.label_of(ADMINISTRATIVE, "2025-Q2") == "2025-Q2"
    assert M07.label_of("civil", "2024-Y") == "2024-Y civil"
    assert M07.label_of("civil", "2025-M07") == "2025-M07 civil"
