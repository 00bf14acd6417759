"""Who filed: counts, bars, names."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest

from kpi_reporting.board.filings import bar_cells, filings_table
from kpi_reporting.board.obligations import Obligation
from kpi_reporting.board.screen import new_screen

DUE = datetime.fromisoformat("2025-07-16T23:59:59+07:00")


def owed(standing: str, **changed: Any) -> Obligation:
    row = {
        "form_code": "HS-01", "form_vi": "Hồ sơ", "form_confirmed": False, "calendar_code": "administrative",
        "period_code": "2025-M07", "due_at": DUE, "unit_vi": "Xã A", "unit_confirmed": True, "is_nil": False,
        "state": "provisional",
    }  # fmt: skip
    return Obligation(**{**row, **changed}, standing=standing)


def printed(*obligations: Obligation) -> list[str]:
    stream = io.StringIO()
    new_screen(stream).print(filings_table(obligations))
    return [" ".join(line.split()) for line in stream.getvalue().splitlines()[1:]]


def test_counts_add_up_to_what_is_owed_and_nil_is_told_beside() -> None:
    standings = ["on_time"] * 5 + ["late", "held", "blocked", "overdue", "missing", "open"]
    rows = [owed(standing) for standing in standings] + [owed("on_time", is_nil=True)]
    assert printed(*rows) == ["HS-01* Hồ sơ 2025-M07 2025-07-16 12 6 1 1 1 1 2 ██████▓▒▒░░· 58 %"]


def test_every_form_and_period_has_its_row_and_another_calendar_is_named() -> None:
    rows = [
        owed("on_time"),
        owed("missing", form_code="KTS-01", period_code="2024-Y", calendar_code="civil"),
        owed("on_time", form_code="DV-01"),
    ]
    first, second, civil, third = printed(*rows)
    assert first.startswith("HS-01* Hồ sơ 2025-M07 2025-07-16 1 1 0 0 0 0 0 ████████████ 100 %")
    assert second.startswith("KTS-01* Hồ sơ 2024-Y")
    assert civil == "civil"
    assert third.startswith("DV-01*")


def test_all_but_one_is_never_told_as_all() -> None:
    assert printed(*[owed("on_time")] * 999, owed("missing"))[0].endswith("███████████░ 99 %")


@pytest.mark.parametrize(
    ("counts", "cells"),
    [
        ([0, 0], [0, 0]),
        ([5, 0], [12, 0]),
        ([1, 1], [6, 6]),
        ([999, 1], [11, 1]),
        ([1000, 1, 1, 1], [9, 1, 1, 1]),
        ([2, 1], [8, 4]),
        ([1, 1, 1, 1, 1], [3, 3, 2, 2, 2]),
    ],
)
def test_a_bar_is_divided_as_the_counts_and_hides_nobody(counts: list[int], cells: list[int]) -> None:
    assert bar_cells(counts) == cells
