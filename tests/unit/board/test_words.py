"""How figures, targets and states are written."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from kpi_reporting.board import words
from kpi_reporting.settings import get_settings

GLOSSARY = (get_settings().project_dir / "docs/glossary.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        ("63.4", 2, "63.40"),
        ("63.41", 2, "63.41"),
        ("63.415", 2, "63.415"),  # more decimals than the KPI has are told, not rounded away
        ("27654312000000", 0, "27 654 312 000 000"),
        ("1E+3", 0, "1 000"),
        ("6341.000", 0, "6 341"),
        ("0.00", 2, "0.00"),
        ("-1234.5", 0, "-1 234.5"),
        ("0.1000000000000000000000001", 0, "0.1000000000000000000000001"),
    ],
)
def test_a_figure_is_written_as_stored(value: str, decimals: int, written: str) -> None:
    assert words.number(Decimal(value), decimals) == written


@pytest.mark.parametrize(
    ("operator", "value", "high", "year", "written"),
    [
        (">=", "75", None, 2025, "≥ 75 (2025)"),
        ("<=", "0.5", None, None, "≤ 0.5"),
        ("=", "100", None, 2020, "= 100 (2020)"),
        ("between", "3", "5", None, "3 to 5"),
        ("unquantified", None, None, 2025, "no number set"),
        (None, None, None, None, "–"),
    ],
)
def test_a_target_says_operator_threshold_and_year(
    operator: str | None, value: str | None, high: str | None, year: int | None, written: str
) -> None:
    thresholds = [None if text is None else Decimal(text) for text in (value, high)]
    assert words.target(operator, *thresholds, year) == written


def test_a_line_is_told_from_its_milestone() -> None:
    assert words.target(">=", Decimal("66.5"), None, 2030, on_line=True) == "≥ 66.5 (line to 2030)"


@pytest.mark.parametrize(("column", "told"), [("reason", words.REASONS), ("target_status", words.STATUSES)])
def test_every_code_of_the_glossary_has_words(column: str, told: dict[str, object]) -> None:
    figure = GLOSSARY.partition("**Figure**")[2]
    listed = {"reason": r"has a reason: ([^.]*)\.", "target_status": r"`target_status` is ([^.]*)\."}[column]
    codes = re.findall(r"`(\w+)`", re.findall(listed, figure)[0])
    assert set(codes) == told.keys()


def test_a_status_is_told_by_symbol_and_word_not_by_colour_alone() -> None:
    texts = [text for text, _ in words.STATUSES.values()]
    assert len({text[0] for text in texts}) == len({text[2:] for text in texts}) == len(texts)


def test_a_code_nobody_foresaw_is_shown_as_it_is() -> None:
    assert words.status("frozen") == ("frozen", "")
    assert words.reason("frozen") == "frozen"
    assert words.reason(None) == "no reason given"


@pytest.mark.parametrize(
    ("count", "word", "written"),
    [
        (1, "unit", "1 unit"),
        (0, "unit", "0 units"),
        (26, "district", "26 districts"),
        (2, "central_agency", "2 central agencies"),
    ],
)
def test_numbers_of_things_have_the_right_ending(count: int, word: str, written: str) -> None:
    assert words.units(count, word) == written


def test_long_lists_end_in_a_number() -> None:
    names = [f"Xã {number}" for number in range(14)]
    assert words.listed(names[:12]).count("Xã") == 12
    assert words.listed(names).endswith("Xã 11, … and 2 more")
    assert words.listed([]) == ""


def test_the_mark_of_the_unconfirmed_keeps_its_place() -> None:
    assert words.named("HS-01", confirmed=False) == "HS-01*"
    assert words.named("HS-01", confirmed=True) == "HS-01"
    assert (words.mark(confirmed=False), words.mark(confirmed=True)) == ("*", " ")
