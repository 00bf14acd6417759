"""Workbooks written as no program writes them: read exactly, or refused with the cell that says two things."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.limits import DEFAULTS
from kpi_reporting.readers.plain_sheet import is_plain
from kpi_reporting.readers.refusal import Refusal
from kpi_reporting.readers.sheet import Cell
from kpi_reporting.readers.xlsx import read_xlsx
from tests.corpus.hazards import D8, written
from tests.corpus.making import SHEET
from tests.corpus.unclear import cell, cells, shared
from tests.workbooks import hs01


def read(data: bytes) -> list[list[Cell]]:
    (sheet,) = read_xlsx(Archive(data, DEFAULTS)).sheets
    return sheet.rows


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (cell(b"<v>9<?x?>0</v>"), 90),
        (cell(b"<v>9<!-- -->0</v>"), 90),
        (cell(b"<v>9&#48;</v>"), 90),
        (cells(b'<c r="D8"><v\n>9&#48;</v></c>'), 90),
        (cell(b"<v><![CDATA[90]]></v>"), 90),
        (cell(b"<v> 90 </v>"), 90),
        (cell(b"<v>9E+1</v>"), 90),
        (cell(b'<v xml:space="preserve">90</v>'), 90),
        (cell(b"<is><r><t>9</t></r><r><t>0</t></r></is>", b' t="inlineStr"'), "90"),
        (cell(b"<is><t>9</t><rPh><t>0</t></rPh></is>", b' t="inlineStr"'), "9"),
        (cell(b"<v>a&amp;&#48;b</v>", b' t="str"'), "a&0b"),
        (cells(b"<c r='D8' s='0'><v>90</v></c>"), 90),
        (cells(b"<c><v>90</v></c>"), 90),
        (cells(b'<c r="D8" z:t="s" xmlns:z="u"><v>90</v></c>'), 90),
        (shared(b"<si><t>9<!-- -->0</t></si>"), "90"),
        (shared(b"<si><r><t>9</t></r><r><rPr><b/></rPr><t>0</t></r></si>"), "90"),
        (shared(b"<si><t>9</t><rPh><t>0</t></rPh></si>"), "9"),
        (shared(b'<si><z:t xmlns:z="u">9</z:t><t>90</t></si>'), "90"),
        (shared(b"<si/><si><t>90</t></si>", b"1"), "90"),
        (shared(b'<z:si xmlns:z="u"/><si><t>90</t></si>'), "90"),
    ],
)
def test_what_a_strict_parser_reads_is_the_figure(make: Callable[[], bytes], value: Cell) -> None:
    assert read(make())[7][3] == value


def test_the_refusal_names_sheet_and_cell() -> None:
    with pytest.raises(Refusal) as refused:
        read(written(D8, D8 + D8))
    (finding,) = refused.value.findings
    assert (finding.rule_id, finding.sheet_name, finding.cell) == ("unreadable_file", "Biểu", "D8")
    assert "ô D8 được ghi hai lần" in finding.message_vi


def test_what_programs_write_is_plain_and_read_at_once() -> None:
    assert is_plain(Archive(hs01(), DEFAULTS).read(SHEET))


@pytest.mark.parametrize(
    ("columns", "plain"),
    [
        ("A B C", True), ("C H", True), ("H I J", True), ("B J AA XFD", True), ("", True), ("I K Z", True), ("A Z AA", True),
        ("B A", False), ("C C", False), ("A J B", False), ("J J", False), ("J I", False), ("Z A", False), ("AA Z", False), ("XFE", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("above", [0, 1, 250])
def test_cells_in_order_are_plain_however_many_columns_and_rows_there_are(
    columns: str, plain: bool, above: int
) -> None:
    rows = "".join(row(number, "A") for number in range(1, above + 1)) + row(above + 1, columns)
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}'
    assert is_plain(f"{sheet}</sheetData></worksheet>".encode()) == plain
    again = f"{sheet}{row(above + 1, 'A')}</sheetData></worksheet>"
    assert not is_plain(again.encode())


@pytest.mark.parametrize("column", ["B", "K", "Z", "AB"])
@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("><f>SUM(A1:A2)</f><v>2</v></c>", True), (' s="3" t="str"><f>A1</f><v>xã</v></c>', True), (' s="3"/>', True),
        (' t="n"><v>1.5</v></c>', True), (' t="n"><v>-1.5E-3</v></c>', True), (' t="s"><v>12</v></c>', True),
        (' t="inlineStr"><is><t>a</t></is></c>', True), ("><v>9<?x?>0</v></c>", False), ("><v>1_000</v></c>", False),
        (' t="inlineStr"><is><t>a<b/></t></is></c>', False), ("><v>1</v><v>2</v></c>", False), (' t="s"><v>1.5</v></c>', False),
        (' t="n"><v>1.</v></c>', False), ("><v>.5</v></c>", False),
    ],
)  # fmt: skip
def test_a_cell_is_plain_or_not_in_whichever_column(column: str, cell: str, plain: bool) -> None:
    rows = f'<row r="1"><c r="A1"><v>1</v></c><c r="{column}1"{cell}</row>'
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}'
    assert is_plain(f"{sheet}</sheetData></worksheet>".encode()) == plain


def row(number: int, columns: str) -> str:
    cells = "".join(f'<c r="{letters}{number}"><v>1</v></c>' for letters in columns.split())
    return f'<row r="{number}">{cells}</row>'
