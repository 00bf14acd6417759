"""Marking in a process of its own: whatever a workbook is made of, the next sender has its answer."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook

from kpi_reporting.answers.process import MarkingProcess
from tests.corpus.making import changed, hs01_book, replacing
from tests.unit.answers.told import ERROR, answer
from tests.workbooks import saved

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def marking(monkeypatch: pytest.MonkeyPatch) -> Iterator[MarkingProcess]:
    monkeypatch.setenv("KPI_READING_SECONDS", "10")
    with MarkingProcess() as process:
        yield process


def filing(after_the_rows: str = "</sheetData>") -> bytes:
    data = saved(hs01_book(("1", 12), ("1.1", "ba mươi")))
    return changed(data, {SHEET: replacing(b"</sheetData>", after_the_rows.encode())})


def is_marked(data: bytes | None) -> bool:
    book = load_workbook(io.BytesIO(data)) if data else None
    return book is not None and book["Biểu"][ERROR.cell].comment is not None


FAR = '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
ODD = '</sheetData><dataValidations count="1"><dataValidation type="zzz" sqref="A1"/></dataValidations>'


@pytest.mark.parametrize("new", [FAR, ODD], ids=["a cell far away", "a list of an unknown kind"])
def test_what_a_spreadsheet_shows_is_marked(marking: MarkingProcess, new: str) -> None:
    assert is_marked(marking.marked(answer(ERROR), filing(new)))


def test_a_workbook_that_cannot_be_marked_costs_no_other_its_answer(marking: MarkingProcess) -> None:
    endless = '</sheetData><mergeCells count="1"><mergeCell ref="A10:XFD1048576"/></mergeCells>'
    assert marking.marked(answer(ERROR), filing(endless)) is None
    assert is_marked(marking.marked(answer(ERROR), filing()))
