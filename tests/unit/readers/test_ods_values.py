"""Spreadsheets whose XML can be misread: only the format's own names count, and only its numbers."""

from __future__ import annotations

import pytest

from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.limits import DEFAULTS
from kpi_reporting.readers.ods import read_ods
from kpi_reporting.readers.refusal import Refusal
from kpi_reporting.readers.sheet import Cell
from tests.corpus.ods import figure, ods, repeated_row


def read(data: bytes) -> list[list[Cell]]:
    (sheet,) = read_ods(Archive(data, DEFAULTS)).sheets
    return sheet.rows


@pytest.mark.parametrize(
    ("attributes", "value"),
    [
        ('office:value="90" z:value="9" xmlns:z="u"', 90),
        ('z:value="9" xmlns:z="u" office:value="90"', 90),
        ('office:value="90" value="9"', 90),
        ('office:value="90" z:value-type="string" xmlns:z="u"', 90),
        ('o:value="90" xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"', 90),
        ('office:value="-1.5E+2"', -150),
        ('office:value=".5"', 0.5),
        ('office:value="90" z:number-columns-repeated="0" xmlns:z="u"', 90),
    ],
)
def test_a_figure_is_what_the_format_says(attributes: str, value: float) -> None:
    assert read(ods(figure(attributes)))[7][3] == value


def test_cells_of_another_format_are_no_cells() -> None:
    foreign = '<z:table-cell xmlns:z="u" office:value-type="float" office:value="9"/>'
    assert read(ods(foreign + figure('office:value="90"')))[7][3] == 90


@pytest.mark.parametrize("times", ["0", "-1", "1_0", "1e1", ""])
def test_a_row_is_repeated_a_whole_number_of_times(times: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(repeated_row(times))
    assert "A8 lặp lại" in refused.value.findings[0].message_vi


def test_a_row_that_is_repeated_stands_for_several() -> None:
    assert [row[3] for row in read(repeated_row("2"))[6:]] == [5, 3, 3]
