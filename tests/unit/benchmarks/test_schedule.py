"""What a reader waits is counted from when it should have asked, and a percentile is a value that was measured."""

from __future__ import annotations

import pytest

from benchmarks.schedule import Answer, Schedule, due_within, percentile, staggered


def test_a_turn_is_due_whatever_the_turns_before_it_took() -> None:
    assert [Schedule(100.0, 0.5).due(turn) for turn in range(3)] == [100.0, 100.5, 101.0]


def test_a_slow_answer_is_charged_with_those_that_waited_behind_it() -> None:
    schedule = Schedule(0.0, 0.125)
    behind_one_that_took_a_second = Answer("q", schedule.due(1), ended=1.0)
    assert behind_one_that_took_a_second.milliseconds == 875.0


def test_readers_never_ask_at_the_same_instant() -> None:
    assert [one.begins for one in staggered(10.0, 0.5, 4)] == [10.0, 10.125, 10.25, 10.375]


def test_an_answer_belongs_to_the_window_in_which_it_was_due() -> None:
    before, at, late, after = (Answer("q", due, ended=9.0) for due in (0.9, 1.0, 1.9, 2.0))
    assert due_within([before, at, late, after], [(1.0, 2.0)]) == [at, late]


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1.0), (0.5, 50.0), (0.99, 99.0), (0.991, 100.0), (1.0, 100.0)]
)
def test_a_percentile_is_the_smallest_value_that_enough_others_do_not_exceed(
    share: float, expected: float
) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == expected


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.99)
