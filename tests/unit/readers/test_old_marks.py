"""The records of old workbooks: whatever they claim, as much is told as there is, and never an exception."""

from __future__ import annotations

import struct
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kpi_reporting.readers.biff import Streams, sheets_of, streams_of
from kpi_reporting.readers.biff_links import links_of
from kpi_reporting.readers.biff_tokens import Around, formula_text, gives_a_number, tokens_of
from kpi_reporting.readers.content import open_content
from kpi_reporting.readers.formula_findings import formula_findings
from kpi_reporting.readers.old_marks import is_marked_old_workbook, old_marks
from kpi_reporting.readers.old_properties import property_texts
from kpi_reporting.readers.refusal import Refusal
from kpi_reporting.readers.structure import find_table
from kpi_reporting.readers.xls import read_xls
from kpi_reporting.registry import load_registry
from tests.corpus.biff import (
    BOUNDSHEET,
    book_of,
    bytes_of,
    compound,
    counted,
    formula,
    other_name,
    property_set,
    record,
    references,
    shape_text,
    small_circle,
    source,
)
from tests.corpus.old_acting import BY_NAME, EXEC, TEXT, calling, name, named
from tests.corpus.old_workbooks import SUM_OF_ONE, area, from_other_file, shared_sum
from tests.workbooks import PROJECT

REAL = PROJECT.parent / "shared/data/real/2007-74Z4A_solieu9thang-2.xls"
AROUND = Around({0: "[1]"}, ["x", "_xlfn.WEBSERVICE"], {0: ["X"]})
EVERYWHERE = (
    source("\1D:\3a.xls", "Biểu 1") + source("x\3y") + other_name(2, "n") + references((0, 0), (1, 0))
    + name("x", TEXT + calling(EXEC)) + name("_xlfn.WEBSERVICE")
)  # fmt: skip
IN_SHEET = (
    formula(2, 3, area(0, 1) + SUM_OF_ONE)
    + formula(3, 3, b"\x17\x02\1a\0b\0" + b"\x19\x04\2\0\0\0\0\0\0\0")
    + formula(4, 3, named(2) + TEXT + calling(BY_NAME, 2))
    + record(0x0014, counted("&CTrang"))
    + record(0x089C, bytes(30) + struct.pack("<4H", 1, 0, 1, 0) + counted("a") + counted("b"))
    + shape_text("hình ", "vẽ")
)


@cache
def rich() -> bytes:
    return bytes_of(book_of([["Mã", 1], [2, 3]]), EVERYWHERE, {0: IN_SHEET})


def stream() -> bytes:
    found = streams_of(rich())
    assert found is not None
    return found.workbook


def test_what_is_written_is_found() -> None:
    marks = old_marks(Streams(stream(), (property_set({2: "Tên"}),)))
    (sheet,) = marks.sheets
    assert {place: one.text for place, one in sheet.formulas.items()} == {
        (3, 4): "SUM(D1:D2)",
        (4, 4): "",
        (5, 4): "_xlfn.WEBSERVICE()",
    }
    assert (marks.named_calls, marks.has_macros) == (["EXEC()"], False)
    assert [text for text in sheet.page_texts if text] == ["Trang", "a", "b"]
    assert sheet.texts == ["hình vẽ"]
    assert (marks.links.files, marks.links.has_dde) == (["a.xls"], True)
    assert marks.links.by_reference == {0: "[1]Biểu 1"}
    assert [text for text in marks.texts if text] == ["Biểu", "Trang", "a", "b", "hình vẽ", "Tên"]


def test_a_reference_to_another_file_is_told_as_newer_workbooks_tell_it() -> None:
    (sheet,) = read_xls(from_other_file()).sheets
    assert [one.text for one in sheet.formulas.values()] == ["[1]Biểu 2!C5"]


def test_a_shared_sum_is_told_for_the_cell_that_has_it() -> None:
    (sheet,) = read_xls(shared_sum()).sheets
    assert [one.text for one in sheet.formulas.values()] == ["SUM(D7:D9)"]


changes = st.lists(
    st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=6)), min_size=1, max_size=8
)


@settings(max_examples=300, deadline=None)
@given(changes=changes, end=st.integers(0, 10_000))
def test_a_damaged_stream_yields_less_and_never_an_exception(
    changes: list[tuple[int, bytes]], end: int
) -> None:
    damaged, properties = stream(), property_set({2: "Tên", 3: "b", 5: "c"})
    for place, new in changes:
        damaged = damaged[: place % len(damaged)] + new + damaged[place % len(damaged) + len(new) :]
        properties = properties[: place % len(properties)] + new + properties[place % len(properties) + 1 :]
    marks = old_marks(Streams(damaged[: len(damaged) - end % 400], (properties,)))
    assert all(isinstance(text, str) for text in marks.texts)


@settings(max_examples=300, deadline=None)
@given(changes=changes)
@example(changes=[(1564, b"\x00\x01")])
def test_a_damaged_document_is_opened_or_refused(changes: list[tuple[int, bytes]]) -> None:
    damaged = rich()
    for place, new in changes:
        damaged = damaged[: place % len(damaged)] + new + damaged[place % len(damaged) + len(new) :]
    assert is_marked_old_workbook(damaged) in {True, False}
    with suppress(Refusal):
        assert open_content(damaged, "a.xls").reader == "xls"


@given(written=st.binary(max_size=60))
def test_any_bytes_are_tokens_or_none(written: bytes) -> None:
    tokens = tokens_of(written)
    assert b"".join(token.body for token in tokens) in {written, b""}
    assert isinstance(formula_text(tokens, (1, 1), AROUND), str)
    assert gives_a_number(tokens) in {True, False}


@given(written=st.binary(max_size=400))
def test_any_bytes_are_properties_or_none(written: bytes) -> None:
    assert all(isinstance(text, str) for text in property_texts((written, written)))


def test_sectors_that_go_round_in_a_circle_are_no_stream() -> None:
    data = bytearray(compound({"Workbook": b"a" * 5000}))
    found = streams_of(bytes(data))
    assert found is not None
    assert found.workbook.rstrip(b"\0") == b"a" * 5000
    struct.pack_into("<i", data, len(data) - 512, 0)
    assert streams_of(bytes(data)) is None


def test_small_sectors_that_go_round_in_a_circle_are_refused_at_once() -> None:
    """The library that reads values never comes back from them."""
    with pytest.raises(Refusal):
        read_xls(small_circle())


def test_broken_properties_refuse_no_workbook() -> None:
    book = book_of([["Mã"]]).get_biff_data()
    data = bytearray(compound({"Workbook": book, "\5SummaryInformation": property_set({2: "Tên"})}))
    assert "Tên" in read_xls(bytes(data)).texts
    first = struct.unpack_from("<i", data, data.find("\5Summary".encode("utf-16-le")) + 116)[0]
    struct.pack_into("<i", data, len(data) - 512 + 4 * first, first)
    assert "Tên" not in read_xls(bytes(data)).texts


def test_sheets_that_claim_one_place_are_walked_once() -> None:
    listed = record(BOUNDSHEET, struct.pack("<IBBBB", 30, 0, 0, 1, 0) + b"a")
    first = record(0x0809, struct.pack("<HHHH", 0x0600, 5, 0, 0))
    book = first + listed * 3 + record(0x000A, b"")
    assert [(sheet.start, sheet.end) for sheet in sheets_of(book)] == [(30, len(book)), (30, 30), (30, 30)]


def test_a_workbook_from_before_excel_97_has_no_links() -> None:
    links = links_of(record(0x0809, struct.pack("<HHHH", 0x0500, 5, 0, 0)) + source("cmd\3x"))
    assert not links.has_dde


@pytest.mark.skipif(not REAL.is_file(), reason="the real workbooks lie beside the repository")
def test_the_sums_of_2003_that_miss_their_last_province_are_found() -> None:
    registry = load_registry(PROJECT / "examples/investment_monitoring_2003/registry")
    sheet = read_xls(REAL.read_bytes()).sheets[0]
    assert sheet.formulas[31, 6].text == "SUM(F11:F29)"
    table = find_table(sheet, [row for row in registry.form_fields if row.form_code == "GSDT"])
    assert table is not None
    short = [one for one in formula_findings(sheet, table) if one.rule_id == "short_sum"]
    assert [one.cell for one in short] == [f"{column}31" for column in "DEFGHIKL"]
    assert {one.message_en.partition(" misses ")[2] for one in short} == {"row 30, which follows its range."}
