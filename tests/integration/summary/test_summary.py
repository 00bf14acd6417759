"""The summary as a whole, and how its commands end."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from kpi_reporting.board import print_board, print_deliveries, print_filings
from kpi_reporting.board.screen import new_screen
from kpi_reporting.cli.findings import print_findings
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.warehouse import connect


def test_an_empty_warehouse_is_told_in_one_sentence(night: str) -> None:
    with connect(night) as conn:
        conn.execute("truncate raw.nights, reporting.publications cascade")
        for part in (print_filings, print_findings, print_board):
            with pytest.raises(
                KpiReportingError, match=r"^(Nothing has been published|No night has run) yet: run .*\.$"
            ):
                part(conn, None)
        stream = io.StringIO()
        print_deliveries(conn, new_screen(stream))
        conn.rollback()
    assert "Nothing has been published yet" in stream.getvalue()


def test_summary_prints_its_parts_in_their_order(program: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = program("summary")
    assert (code, err) == (0, "")
    headings = [
        "Who filed:",
        "Completeness:",
        "Findings of the night",
        "KPI board:",
        "Delivered to the national system",
    ]
    assert sorted(headings, key=out.index) == headings
    assert max(map(len, out.splitlines())) <= 120


def test_completeness_of_an_evening_is_a_command(program: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = program("completeness", "--as-of", "2025-07-20T17:00", "--period", "2025-m07")
    assert (code, err) == (0, "")
    assert "Completeness: known on 2025-07-17 01:00" in out
    assert "B-01 2025-M07 commune 4 2 1 1 0 0 1 0 1 0 0 0 50.00 %" in " ".join(out.split())
    assert program("completeness", "--as-of", "yesterday")[0] == 2
    code, _, err = program("completeness", "--period", "2031-M01")
    assert code == 2
    assert "2025-M07" in err


def test_board_of_an_unknown_period_ends_in_one_sentence(
    program: Callable[..., tuple[int, str, str]],
) -> None:
    code, out, err = program("board", "--period", "2031-M01")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "2025-M07" in err
