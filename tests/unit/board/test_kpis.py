"""The KPI board as it is laid out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kpi_reporting.board.figures import Figure, Kpi
from kpi_reporting.board.kpis import board_table, standing, tally
from kpi_reporting.board.period import BoardPeriod
from kpi_reporting.board.screen import new_screen

AT = BoardPeriod("administrative", "2025-M07", "month", date(2025, 6, 15), date(2025, 7, 14), has_values=True)
DT03 = Kpi("Tỷ lệ hồ sơ giải quyết trực tuyến", confirmed=True, kpi_code="DT03", has_formula=True)
FIGURE = Figure(
    kpi_code="DT03", formula_code="DT03-plan", formula_vi="Trực tuyến / tất cả", decimals=2, unit_of_measure="%",
    calendar_code="administrative", period_code="2025-M07", value=Decimal("66.4"), numerator=Decimal(11069),
    denominator=Decimal(16678), units_counted=155, units_owed=181, data_state="partial", reason=None,
    is_primary=True, confirmed=True, is_stale=False, target_status="behind", newest_period="2025-M07",
    newest_reason=None, target_operator=">=", target_value=Decimal(75), target_value_high=None, target_year=2025,
    target_on_line=False, target_scope="Toàn tỉnh", target_confirmed=True, below_kind=None, below_measured=0, below_reached=0,
    below_on_track=0,
)  # fmt: skip


def figure(**changed: Any) -> Figure:
    return replace(FIGURE, **changed)


def printed(*figures: Figure, kpis: Sequence[Kpi] = (DT03,), at: BoardPeriod = AT) -> list[str]:
    """Lines of the board below its headings, with single blanks."""
    stream = io.StringIO()
    new_screen(stream).print(board_table(kpis, {"DT03": list(figures)} if figures else {}, at))
    lines = [" ".join(line.split()) for line in stream.getvalue().splitlines()]
    return [line for line in lines[1:] if line]


def test_a_row_tells_value_target_status_parts_and_coverage() -> None:
    assert printed(figure()) == [
        "DT03 Tỷ lệ hồ sơ giải quyết trực tuyến 66.40 % ✗ behind 11 069 / 16 678",
        "≥ 75 (2025) partial, 155 of 181 units",
    ]


def test_what_is_unconfirmed_is_marked_where_it_stands() -> None:
    assert "66.40 %* ✗ behind" in printed(figure(confirmed=False))[0]
    assert printed(figure(target_confirmed=False))[1].startswith("≥ 75 (2025)*")


def test_another_period_is_named_below_the_value_with_its_calendar() -> None:
    quarter = figure(period_code="2025-Q2", newest_period="2025-Q2")
    assert printed(quarter)[1].startswith("2025-Q2 ≥ 75")
    year = figure(period_code="2024-Y", newest_period="2024-Y", calendar_code="civil")
    assert printed(year)[1].startswith("2024-Y civil ≥ 75")


def test_an_older_value_does_not_hide_that_the_newest_is_missing() -> None:
    lines = printed(figure(period_code="2025-M06", newest_reason="no_data"))
    assert "2025-M06" in lines[1]
    assert " ".join(lines[2:]) == "no value for 2025-M07: no filing in force"


@pytest.mark.parametrize(
    ("reason", "told"),
    [("denominator_zero", "its denominator is zero"), ("unquantified", "the plan gives no number for it")],
)
def test_an_absent_figure_has_no_value_and_its_reason_in_words(reason: str, told: str) -> None:
    absent = figure(
        value=None,
        numerator=None,
        denominator=None,
        data_state="absent",
        reason=reason,
        units_owed=0,
        units_counted=0,
    )
    text = " ".join(printed(absent))
    assert "trực tuyến – ✗ behind" in text
    assert "66.40" not in text
    assert all(word in text for word in told.split())


def test_the_value_a_line_has_reached_is_no_milestone() -> None:
    lines = printed(figure(target_status="on_track", target_value=Decimal(65), target_on_line=True))
    assert "→ on track" in lines[0]
    assert lines[1].startswith("≥ 65 (line to 2025)")


def test_a_figure_that_cannot_be_compared_names_the_target_all_the_same() -> None:
    lines = printed(figure(target_status="not_comparable"))
    assert "≠ not comparable" in lines[0]
    assert lines[1].startswith("≥ 75 (2025)")


def test_a_plan_without_a_number_says_so() -> None:
    lines = printed(figure(target_status="unquantified", target_operator="unquantified", target_value=None))
    assert "~ unquantified" in lines[0]
    assert lines[1].startswith("no number set")


def test_no_target_has_no_threshold() -> None:
    lines = printed(
        figure(target_status="no_target", target_operator=None, target_value=None, target_year=None)
    )
    assert "· no target" in lines[0]
    assert "2025" not in lines[1]


def test_a_target_of_districts_counts_those_that_reach_it_and_shows_no_sum_as_value() -> None:
    districts = figure(
        value=Decimal("96.0"), numerator=Decimal(96), denominator=None, target_status="no_target", target_operator="between",
        target_value=Decimal(3), target_value_high=Decimal(5), target_year=None, target_scope="Mỗi huyện",
        below_kind="district", below_measured=26, below_reached=20,
    )  # fmt: skip
    text = " ".join(printed(districts))
    assert "✗ reached by 20 of" in text
    assert "26 districts" in text
    assert "3 to 5, Mỗi huyện" in text
    assert "96.0" not in text
    assert standing(districts) == "behind"
    assert standing(replace(districts, below_on_track=5)) == "behind"
    assert standing(replace(districts, below_on_track=6)) == "on_track"
    assert standing(replace(districts, below_reached=26)) == "reached"


def test_competing_formulas_stand_below_with_their_own_values_and_no_target() -> None:
    other = figure(
        formula_code="DT03-b",
        formula_vi="Không tính bưu chính",
        is_primary=False,
        value=Decimal("67.19"),
        confirmed=False,
    )
    lines = printed(figure(), other)
    assert "DT03-plan, primary: Trực tuyến / tất cả" in " ".join(lines)
    (line,) = [line for line in lines if line.startswith("DT03-b: Không tính bưu chính")]
    assert line == "DT03-b: Không tính bưu chính 67.19 %* 11 069 / 16 678"


def test_a_kpi_without_competition_does_not_repeat_its_formula() -> None:
    assert "DT03-plan" not in " ".join(printed(figure()))


def test_a_stale_figure_is_marked() -> None:
    assert printed(figure(is_stale=True))[-1] == "! stale"
    assert "stale" not in " ".join(printed(figure()))


def test_a_kpi_of_the_plan_without_a_figure_keeps_its_row() -> None:
    lines = printed(kpis=[replace(DT03, confirmed=False)])
    assert lines[0].startswith("DT03 Tỷ lệ hồ sơ giải quyết trực tuyến –* ? no data")


def test_a_kpi_without_a_formula_is_unquantified_even_without_a_row() -> None:
    kpi = replace(DT03, has_formula=False)
    text = " ".join(printed(kpis=[kpi]))
    assert "~ unquantified" in text
    assert tally([kpi], {}) == "1 KPI: 1 unquantified."


def test_long_parts_stand_below_each_other_and_lose_no_digit() -> None:
    lines = printed(figure(numerator=Decimal(27654312000000), denominator=Decimal(34567876000000)))
    assert lines[0].endswith("✗ behind 27 654 312 000 000")
    assert lines[1].endswith("/ 34 567 876 000 000")


def test_the_board_fits_a_log() -> None:
    long_name = replace(
        DT03, name_vi="Chế độ báo cáo, chỉ tiêu tổng hợp báo cáo định kỳ và báo cáo thống kê " * 3
    )
    stream = io.StringIO()
    new_screen(stream).print(board_table([long_name], {"DT03": [figure()]}, AT))
    assert max(map(len, stream.getvalue().splitlines())) <= 120
    assert "\x1b" not in stream.getvalue()
    assert "66.40 %" in stream.getvalue()


def test_the_tally_counts_every_kpi_of_the_plan() -> None:
    other = Kpi("Khác", confirmed=True, kpi_code="DT99", has_formula=True)
    assert tally([DT03, other], {"DT03": [figure()]}) == "2 KPIs: 1 behind, 1 no data."
