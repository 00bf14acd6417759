"""What is said of CSV rows that a comma inside a number moved."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kpi_reporting.readers.submissions import Reading
from tests.corpus.commas import hs01

Read = Callable[..., Reading]


@pytest.mark.parametrize(
    ("line", "rule_id"),
    [
        ("1.1,Tổng số,hồ sơ,60,000,", "row_wider_than_header"),
        ("1.1,Tổng số,hồ sơ,60,000", "figure_split_by_comma"),
        ("1.1,Tổng số,hồ sơ,-1.060,5", "figure_split_by_comma"),
    ],
)
def test_a_figure_cut_by_a_comma_is_named_with_its_row(read: Read, line: str, rule_id: str) -> None:
    reading = read(hs01("1,Tổng số,hồ sơ,99,", line), "a.csv")
    (finding,) = reading.findings
    assert (reading.state, finding.rule_id, finding.cell) == ("refused", rule_id, "D8")
    assert finding.found == ",".join(line.split(",")[3:5])
    assert "Dòng 8" in finding.message_vi
    assert f"“{finding.found}”" in finding.message_vi
    assert "ngoặc kép" in finding.action_vi
    assert "chấm phẩy" in finding.action_vi


@pytest.mark.parametrize(
    "line", ["1.1,Tổng,hồ sơ,,5", "1.1,Tổng,hồ sơ,60,năm 2025", "1.1,Tổng,hồ sơ,60", ",,,,,,"]
)
def test_rows_as_wide_as_the_header_are_read(read: Read, line: str) -> None:
    reading = read(hs01("1,Tổng số,hồ sơ,99,", line, ""), "a.csv")
    assert (reading.state, [finding.rule_id for finding in reading.findings]) == ("read", [])


def test_every_wide_row_is_told_up_to_fifty(read: Read) -> None:
    reading = read(hs01(*["1.1,Tổng số,hồ sơ,60,000,"] * 60), "a.csv")
    assert len(reading.findings) == 50
