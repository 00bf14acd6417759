from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal

import pytest

from kpi_reporting.findings import cell_address
from kpi_reporting.readers.sheet import Cell, ErrorCell, Sheet, row_as_json


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (12, "[12]"),
        (12.0, "[12]"),
        (0.1, "[0.1]"),
        (35.528, "[35.528]"),
        (Decimal("12.50"), "[12.50]"),
        (Decimal("0.1234567890123456789"), "[0.1234567890123456789]"),
        (1e300, "[1e+300]"),
        (Decimal("1E+999999999"), '["1E+999999999"]'),
        (float("nan"), '["nan"]'),
        (True, "[true]"),
        ("Xã Đông Hòa", '["Xã Đông Hòa"]'),
        ("007", '["007"]'),
        (ErrorCell("#DIV/0!"), '[{"error": "#DIV/0!"}]'),
        (datetime(2025, 7, 1), '[{"date": "2025-07-01"}]'),
        (datetime(2025, 7, 1, 8, 30), '[{"date": "2025-07-01T08:30:00"}]'),
        (date(2025, 7, 1), '[{"date": "2025-07-01"}]'),
        (time(8, 30), '[{"date": "08:30:00"}]'),
    ],
)
def test_a_cell_is_kept_exactly(cell: Cell, written: str) -> None:
    assert row_as_json([cell]) == written


def test_what_postgresql_cannot_hold_is_replaced() -> None:
    assert json.loads(row_as_json(["a\0b", "\ud800"])) == ["a\N{REPLACEMENT CHARACTER}b", "?"]


def test_empty_cells_at_the_end_are_left_out_and_those_before_are_not() -> None:
    assert row_as_json([None, 1, None, None]) == "[null,1]"
    assert row_as_json([None]) == "[]"


def test_the_last_row_is_the_last_that_shows_something() -> None:
    assert Sheet("a", [[1], [None], ["  "]]).last_row == 1
    assert Sheet("a", []).last_row == 0


@pytest.mark.parametrize(
    ("row", "column", "address"), [(1, 1, "A1"), (12, 26, "Z12"), (12, 28, "AB12"), (3, 703, "AAA3")]
)
def test_cell_address(row: int, column: int, address: str) -> None:
    assert cell_address(row, column) == address
