"""Workbooks and spreadsheets whose XML says a figure twice, or as no program writes it."""

from __future__ import annotations

from collections.abc import Callable

from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.hazards import D8, ROW_8, written
from tests.corpus.making import BOOK, SHEET, changed, hs01_book, with_members
from tests.workbooks import saved

SST = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>'


def cell(content: bytes, attributes: bytes = b"") -> Callable[[], bytes]:
    """The cell D8 with other content."""
    return lambda: written(D8, b'<c r="D8"%s>%s</c>' % (attributes, content))


def cells(xml: bytes) -> Callable[[], bytes]:
    """Other cells in the place of D8."""
    return lambda: written(D8, xml)


def shared(strings: bytes, number: bytes = b"0") -> Callable[[], bytes]:
    """The cell D8 holds a text that is told by its number among those all sheets share."""
    data = written(D8, b'<c r="D8" t="s"><v>%s</v></c>' % number)
    return lambda: with_members(data, {"xl/sharedStrings.xml": SST % strings})


def whole(edit: Callable[[bytes], bytes], part: str = SHEET) -> Callable[[], bytes]:
    """A part of a workbook, written otherwise as a whole."""
    return lambda: changed(saved(hs01_book(("1", 5), ("1.1", 3))), {part: edit})


def _prefixed(part: bytes) -> bytes:
    return part.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"xmlns=", b"xmlns:x=")


def _in_other_letters(data: bytes) -> bytes:
    """A second sheet, whose name differs from the first one's by capitals alone."""
    return with_members(data, {SHEET.replace("sheet1", "Sheet1"): b"<worksheet/>"})


UNREADABLE = "!unreadable_file"
FILES: list[FaultyFile] = [
    faulty("a figure of two values", cell(b"<v>90</v><v>9</v>"), f"{UNREADABLE}@D8"),
    faulty("a figure and a foreign value", cell(b'<v>90</v><z:v xmlns:z="u">9</z:v>'), f"{UNREADABLE}@D8"),
    faulty("a foreign value alone", cell(b'<z:v xmlns:z="u">9</z:v>'), f"{UNREADABLE}@D8"),
    faulty("a value and a text", cell(b"<v>90</v><is><t>9</t></is>"), f"{UNREADABLE}@D8"),
    faulty("two texts in one cell", cell(b"<is><t>9</t></is><is><t>0</t></is>"), f"{UNREADABLE}@D8"),
    faulty("a text in a cell of numbers", cell(b"<is><t>9</t></is>"), f"{UNREADABLE}@D8"),
    faulty("an element inside of a value", cell(b"<v>9<z/>0</v>"), f"{UNREADABLE}@D8"),
    faulty("digits behind a value", cell(b"<v>9</v>0"), f"{UNREADABLE}@D8"),
    faulty("a value outside of any cell", cells(D8 + b"<v>9</v>"), f"{UNREADABLE}@D8"),
    faulty("a number with a line below", cell(b"<v>1_000</v>"), f"{UNREADABLE}@D8"),
    faulty("a number with a comma in the format's own place", cell(b"<v>1,5</v>"), f"{UNREADABLE}@D8"),
    faulty("a number without end", cell(b"<v>inf</v>"), f"{UNREADABLE}@D8"),
    faulty("no number", cell(b"<v>NaN</v>"), f"{UNREADABLE}@D8"),
    faulty("a number to the base of sixteen", cell(b"<v>0x10</v>"), f"{UNREADABLE}@D8"),
    faulty("a number in Arabic digits", cell("<v>٣</v>".encode()), f"{UNREADABLE}@D8"),
    faulty("a truth that is 2", cell(b"<v>2</v>", b' t="b"'), f"{UNREADABLE}@D8"),
    faulty("a type of cell that nobody knows", cell(b"<v>90</v>", b' t="x"'), f"{UNREADABLE}@D8"),
    faulty("a type of cell that is empty", cell(b"<v>90</v>", b' t=""'), f"{UNREADABLE}@D8"),
    faulty("a cell told twice", cells(D8 + D8), f"{UNREADABLE}@D8"),
    faulty("a cell left of the one before", cells(D8 + b'<c r="C8"><v>9</v></c>'), f"{UNREADABLE}@C8"),
    faulty("a cell in the row of another", cells(D8 + b'<c r="E7"><v>9</v></c>'), f"{UNREADABLE}@E7"),
    faulty("a row told twice", lambda: written(ROW_8, b'<row r="7">'), f"{UNREADABLE}@A7"),
    faulty("a row that lies about its number", lambda: written(ROW_8, b'<row r="9">'), f"{UNREADABLE}@A8"),
    faulty("a cell with two addresses", cell(b"<v>90</v>", b' r="E8"'), UNREADABLE),
    faulty("two tables in one sheet", whole(lambda part: part.replace(b"<sheetData>", b"<sheetData/><sheetData>")), UNREADABLE),
    faulty(
        "a foreign table before the sheet's own",
        whole(lambda part: part.replace(b"<sheetData>", b'<z:sheetData xmlns:z="u"><z:row/></z:sheetData><sheetData>')),
    ),
    faulty("two sheets with one identifier", whole(lambda part: part.replace(b"</Relationships>", b'<Relationship Id="rId1" Type="x/worksheet" Target="a.xml"/></Relationships>'), "xl/_rels/workbook.xml.rels"), UNREADABLE),
    faulty("members told apart by capitals", lambda: _in_other_letters(saved(hs01_book(("1", 5)))), UNREADABLE),
    faulty("a shared text that is not there", shared(b"<si><t>9</t></si>", b"1"), UNREADABLE),
    faulty("a shared text with a comment in it", shared(b"<si><t>1.<!-- -->234</t></si>"), "number_as_text@D8"),
    faulty("a figure in two parts", cell(b"<v>9<?x?>0</v>")),
    faulty("a figure with a comment in it", cell(b"<v>9<!-- -->0</v>")),
    faulty("a figure in character codes", cells(b'<c r="D8"><v\n>9&#48;</v></c>')),
    faulty("a figure kept from being XML", cell(b"<v><![CDATA[90]]></v>")),
    faulty("a figure with blanks around it", cell(b"<v> 90\n</v>")),
    faulty("a sheet with prefixes", whole(_prefixed)),
    faulty("a workbook with a comment", whole(lambda part: part.replace(b"<sheets>", b"<!-- --><sheets>"), BOOK)),
]  # fmt: skip
