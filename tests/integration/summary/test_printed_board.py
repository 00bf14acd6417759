"""The KPI board, printed from a real warehouse: every number on it stands in a table."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.types.json import Jsonb

from kpi_reporting.board import print_board, print_filings
from kpi_reporting.errors import KpiReportingError
from tests.integration.summary.night import (
    Printed,
)


def test_board_tells_value_target_status_parts_and_coverage(printed: Printed) -> None:
    board = printed(print_board)
    assert "KPI board: Tỉnh Thử Nghiệm, 2025-M07\n" in board
    assert "administrative calendar, 2025-06-15 to 2025-07-14" in board
    assert "ONLINE Tỷ lệ hồ sơ trực tuyến 79.60 % ✓ reached 9 906 / 12 445\n" in board
    assert "≥ 75 (2025)* partial, 2 of 4 units" in board
    assert "3 KPIs: 1 reached, 1 behind, 1 unquantified." in board
    assert "publication 1, as of 2025-07-17 01:00" in board


def test_board_shows_competing_formulas_and_marks_what_is_unconfirmed(
    conn: psycopg.Connection, printed: Printed
) -> None:
    board = printed(print_board)
    assert "ONLINE-a, primary: Trực tuyến / tổng số" in board
    assert "ONLINE-b: Trực tuyến / không tính bưu chính 79.66 %* 9 906 / 12 435" in board
    assert "* unconfirmed" in board
    conn.execute("update reporting.kpi_values set confirmed = true")
    conn.execute("update reporting.targets set confirmed = true")
    assert "*" not in printed(print_board)


def test_board_counts_communes_that_reach_their_own_target(printed: Printed) -> None:
    (row,) = [line for line in printed(print_board).splitlines() if line.startswith("EACH")]
    assert row == "EACH Tỷ lệ của từng xã – ✗ reached by 1 of 4 9 906 / 12 445"
    assert "communes partial, 2 of 4 units\n20 to 45, Mỗi xã" in printed(print_board)


def test_a_kpi_without_a_number_keeps_its_row_and_its_reason(printed: Printed) -> None:
    board = printed(print_board)
    assert "OPEN Mở dữ liệu từng bước – ~ unquantified absent: the plan gives no\nnumber for it" in board


def test_every_figure_comes_from_the_tables(conn: psycopg.Connection, printed: Printed) -> None:
    conn.execute(
        "update reporting.kpi_values set value = 12.5, numerator = 77777, denominator = 88888, target_value = 33, "
        "units_counted = 3, target_status = 'behind', is_stale = true where formula_code = 'ONLINE-a'"
    )
    board = printed(print_board)
    assert "12.50 % ✗ behind 77 777 / 88 888\n" in board
    assert "≥ 33 (2025)* partial, 3 of 4 units" in board
    assert "! stale" in board
    assert "79.60" not in board


def add_period(
    conn: psycopg.Connection, code: str, kind: str, first_day: str, value: str, formula: str = "ONLINE-a"
) -> None:
    """Publish a figure of the top unit for another period that ends on 14 June."""
    other = {
        "formula_code": formula, "period_code": code, "period_kind": kind, "first_day": first_day,
        "last_day": "2025-06-14", "value": value,
    }  # fmt: skip
    conn.execute(
        """
        insert into reporting.kpi_values
        select (jsonb_populate_record(v, %s)).* from reporting.kpi_values as v
        where v.formula_code = 'ONLINE-a' and v.unit_code = '99' and v.period_code = '2025-M07'
        """,
        (Jsonb(other),),
    )


def withdraw_july(conn: psycopg.Connection) -> None:
    conn.execute(
        "update reporting.kpi_values set value = null, data_state = 'absent', reason = 'no_data' "
        "where formula_code = 'ONLINE-a' and period_code = '2025-M07'"
    )


def test_an_older_value_is_shown_with_its_period_and_why_the_newest_has_none(
    conn: psycopg.Connection, printed: Printed
) -> None:
    add_period(conn, "2025-H1", "half", "2024-12-15", "44.5")
    add_period(conn, "2025-Q2", "quarter", "2025-03-15", "55.5")
    assert "79.60 %" in printed(print_board)
    withdraw_july(conn)
    board = printed(print_board, "2025-m07")
    assert "ONLINE Tỷ lệ hồ sơ trực tuyến 55.50 % ✓ reached" in board
    assert "2025-Q2 ≥ 75 (2025)*" in board
    assert "no value for 2025-M07: no" in board


def test_of_periods_that_end_together_the_kind_asked_for_is_shown(
    conn: psycopg.Connection, printed: Printed
) -> None:
    add_period(conn, "2025-H1", "half", "2024-12-15", "44.5")
    add_period(conn, "2025-Q2", "quarter", "2025-03-15", "55.5")
    assert "KPI board: Tỉnh Thử Nghiệm, 2025-H1" in printed(print_board, "2025-h1")
    assert "44.50 % ✓ reached" in printed(print_board, "2025-h1")
    assert "55.50 % ✓ reached" in printed(print_board, "2025-q2")
    assert "79.60 %" not in printed(print_board, "2025-q2")


def test_of_two_primary_formulas_the_newer_one_is_compared(
    conn: psycopg.Connection, printed: Printed
) -> None:
    add_period(conn, "2025-M06", "month", "2025-05-15", "66.5", formula="A-retired")
    board = printed(print_board)
    assert "ONLINE Tỷ lệ hồ sơ trực tuyến 79.60 % ✓ reached" in board
    assert "A-retired: – 66.5 %" in board
    assert "ONLINE-a, primary" in board


def test_an_unknown_period_names_the_known_ones(conn: psycopg.Connection) -> None:
    for part in (print_board, print_filings):
        with pytest.raises(
            KpiReportingError,
            match=r"^Nothing is published for the period '2031-M01'; published are .*2025-M07",
        ):
            part(conn, "2031-M01")


def test_the_top_unit_is_whoever_has_no_parent(conn: psycopg.Connection, printed: Printed) -> None:
    conn.execute(
        "update reporting.units set kind = 'group', name_vi = 'Cả nước', confirmed = false where parent_id is null"
    )
    assert "KPI board: Cả nước*, 2025-M07\n" in printed(print_board)
