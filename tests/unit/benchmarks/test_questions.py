"""An answer that lost rows or mixes publications is a fault; a publication that moved on between answers is none."""

from __future__ import annotations

from benchmarks.questions import Question

FIGURES = Question("figures", b"", {}, rows=2, alike=(1, 2))


def test_an_answer_of_one_publication_is_sound_whichever_it_is() -> None:
    assert FIGURES.fault([("a", 7, 7), ("b", 7, 7)]) is None
    assert FIGURES.fault([("a", 8, 8), ("b", 8, 8)]) is None


def test_publications_are_mixed_within_a_row_or_between_rows() -> None:
    assert FIGURES.fault([("a", 7, 8), ("b", 7, 8)]) == "mixed"
    assert FIGURES.fault([("a", 7, 7), ("b", 8, 8)]) == "mixed"


def test_another_number_of_rows_is_a_wrong_count_also_when_there_is_none() -> None:
    assert FIGURES.fault([("a", 7, 7)]) == "count"
    assert FIGURES.fault([]) == "count"
