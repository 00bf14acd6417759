"""Marks of state secrets wherever a person sees them but no figure stands, and what only looks like a mark."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment

from tests.corpus import dangers
from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.dangers import zipped
from tests.corpus.making import SHEET, changed, hs01_book, hs01_rows, with_members
from tests.corpus.ods import cell, packed, table
from tests.workbooks import hs01, saved

_STYLES = """<office:document-styles xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:master-styles><style:master-page style:name="Default">{}</style:master-page></office:master-styles>
</office:document-styles>"""
_DRAWN = '<xdr:sp xmlns:xdr="x" xmlns:a="y"><xdr:col>3</xdr:col><xdr:txBody>{}</xdr:txBody></xdr:sp>'
_VML = '<xml xmlns:v="v"><v:shape><v:textbox><div>{}<br></div></v:textbox>{}</v:shape></xml>'
_CORE = '<cp:coreProperties xmlns:cp="c" xmlns:dc="d">{}</cp:coreProperties>'
_FRAME = (
    '<draw:frame xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"><draw:text-box>'
    "<text:p>{}</text:p></draw:text-box></draw:frame>"
)
_WRITTEN_BY = (
    '<office:annotation><dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">{}</dc:creator>'
    "<text:p>{}</text:p></office:annotation>"
)


def _with_hidden(rows: Sequence[Sequence[Any]], state: str = "hidden", name: str = "Nháp") -> Workbook:
    book = hs01_book(("1", 5))
    sheet = book.create_sheet(name)
    sheet.sheet_state = state
    for row in rows:
        sheet.append(list(row))
    return book


def hidden(rows: Sequence[Sequence[Any]], state: str = "hidden", name: str = "Nháp") -> bytes:
    return saved(_with_hidden(rows, state, name))


def hidden_page(text: str) -> bytes:
    book = _with_hidden([[1]])
    book.worksheets[1].evenFooter.left.text = text
    return saved(book)


def hidden_with_prefixes() -> bytes:
    """A hidden sheet as a program writes it that puts a prefix before every tag, its text told in references."""
    part = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row><x:c '
        't="inlineStr"><x:is><x:r><x:t>T&#x1ED0;I </x:t></x:r><x:r><x:t>M&#7852;T</x:t></x:r></x:is></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    return changed(hidden([[1]]), {"xl/worksheets/sheet2.xml": lambda _: part.encode()})


def commented(text: str, author: str = "A") -> bytes:
    book = hs01_book(("1", 5))
    book.worksheets[0]["D7"].comment = Comment(text, author)
    return saved(book)


def drawn(*runs: str) -> bytes:
    paragraph = "".join(f"<a:r><a:rPr/><a:t>{run}</a:t></a:r>" for run in runs)
    return with_members(
        hs01(), {"xl/drawings/drawing1.xml": _DRAWN.format(f"<a:p>{paragraph}</a:p>").encode()}
    )


def drawn_in_vml(text: str = "", shape: str = "") -> bytes:
    return with_members(hs01(), {"xl/drawings/vmlDrawing1.vml": _VML.format(text, shape).encode()})


def titled(properties: str) -> bytes:
    part = _CORE.format(properties).encode()
    return changed(hs01(), {"docProps/core.xml": lambda _: part})


def on_the_page_of_ods(element: str, text: str) -> bytes:
    page = _STYLES.format(f"<style:{element}><text:p>{text}</text:p></style:{element}>")
    return packed(table(hs01_rows(("1", 5))), members={"styles.xml": page.encode()})


def beside_cells_of_ods(drawing: str, *, inside_a_cell: bool) -> bytes:
    if inside_a_cell:
        holder = f"<table:table-cell>{drawing}</table:table-cell>"
        return packed(table([*hs01_rows(("1", 5)), [holder]]))
    shapes = f"<table:shapes>{drawing}</table:shapes>"
    return packed(table(hs01_rows(("1", 5)), columns=shapes))


def payload(*beside: str, label: str = "Chỉ tiêu", head: str = '"form":"HS-01"') -> bytes:
    """A payload with more members, written as they are given."""
    rows = f'"rows":[{{"item":"1.1","value":12,"note":"{label}"}}]'
    return ("{{{}}}".format(",".join([head, '"unit":"14758","period":"2025-M07"', rows, *beside]))).encode()


def two_sheets(cell_text: str, address: str = "E5", *, is_header: bool = False) -> bytes:
    """A workbook whose first sheet says something and whose second one is cut off."""
    book = hs01_book(("1", 5))
    if is_header:
        book.worksheets[0].oddHeader.center.text = cell_text
    else:
        book.worksheets[0][address] = cell_text
    book.create_sheet("Phụ lục").append([1])
    return changed(saved(book), {"xl/worksheets/sheet2.xml": lambda part: part[:100]})


def damaged(data: bytes, name: str) -> bytes:
    """An archive in which the bytes of a member are not what the directory says."""
    place = data.find(name.encode())
    assert place > 0
    place += len(name) + 60
    return data[:place] + bytes(byte ^ 0xFF for byte in data[place : place + 8]) + data[place + 8 :]


def without_directory(data: bytes) -> bytes:
    return data[: data.rfind(b"PK\x01\x02") - 1]


def letter(text: str, part: str = "word/document.xml") -> bytes:
    body = f'<w:p xmlns:w="w"><w:r><w:t>{text}</w:t></w:r></w:p>'
    return zipped({"word/document.xml": b"<w/>"} | {part: body.encode()})


def _of(name: str, make: Any, *found: str, file_name: str = "a.xlsx") -> FaultyFile:
    return faulty(name, make, *found, file_name=file_name)


_MARKED_XLSX = {
    "marked on a hidden sheet": lambda: hidden([["TỐI MẬT"], ["Mã", 1]]),
    "marked on a very hidden sheet": lambda: hidden([["Độ mật: Mật"]], "veryHidden"),
    "marked by the name of a hidden sheet": lambda: hidden([[1]], name="MẬT"),
    "marked on the page of a hidden sheet": lambda: hidden_page("Tuyệt mật"),
    "marked on a hidden sheet with prefixes": hidden_with_prefixes,
    "marked in a comment": lambda: commented("Nguyễn A:\nMẬT"),
    "marked in a text box": lambda: drawn("TỐI ", "MẬT"),
    "marked in a text box, decomposed": lambda: drawn(unicodedata.normalize("NFD", "Tuyệt mật")),
    "marked in a text box by references": lambda: drawn("M&#7852;T"),
    "marked in a text box in TCVN3": lambda: drawn("TuyÖt mËt"),
    "marked in a text box in VNI": lambda: drawn("TOÁI MAÄT"),
    "marked in an old text box": lambda: drawn_in_vml("<font>TỐI <b>MẬT</b></font>"),
    "marked by WordArt": lambda: drawn_in_vml(shape='<v:textpath style="x" string="TUYỆT MẬT"/>'),
    "marked by its title": lambda: titled("<dc:title>Tuyệt mật</dc:title>"),
    "marked by its keywords": lambda: titled("<cp:keywords>Mật</cp:keywords>"),
    "marked by its status": lambda: titled("<cp:contentStatus>MẬT</cp:contentStatus>"),
}
_PLAIN_XLSX = {
    "a hidden count by grade": lambda: hidden([["Độ mật", "Số văn bản"], ["Mật", 5], ["Tối mật", 2]]),
    "a grade below the first rows of a hidden sheet": lambda: hidden([*[[1]] * 15, ["MẬT"]]),
    "a hidden list of grades to choose from": lambda: hidden(
        [["Độ mật"], ["Mật"], ["Tối mật"], ["Tuyệt mật"]]
    ),
    "a word with a mark inside on a hidden sheet": lambda: hidden([["Bảo mật"], ["Mật khẩu"]]),
}
_QUIET_XLSX = {
    "a text box about security": lambda: drawn("Bảo mật thông tin"),
    "a comment by somebody called like a grade": lambda: commented("đã kiểm tra", "Mật"),
    "a file by somebody called like a grade": lambda: titled(
        "<dc:creator>Mật</dc:creator><cp:lastModifiedBy>Mật</cp:lastModifiedBy>"
    ),
    "a broken drawing": lambda: with_members(hs01(), {"xl/drawings/drawing1.xml": b"\xff\xfe<xdr:sp"}),
}
_MARKED_ODS = {
    "ODS marked on a hidden sheet": lambda: packed(
        table(hs01_rows(("1", 5))), table([["TỐI MẬT"]], "gone", "Nháp")
    ),
    "ODS marked by the name of a hidden sheet": lambda: packed(
        table(hs01_rows(("1", 5))), table([[1]], "gone", "Mật")
    ),
    **{
        f"ODS marked in a {element}": lambda element=element: on_the_page_of_ods(
            element, "<text:span>TUYỆT</text:span> MẬT"
        )
        for element in ("header", "footer", "header-left", "footer-left", "header-first")
    },
    "ODS marked in a text box": lambda: beside_cells_of_ods(_FRAME.format("MẬT"), inside_a_cell=False),
    "ODS marked in a text box in a cell": lambda: beside_cells_of_ods(
        _FRAME.format("Tối mật"), inside_a_cell=True
    ),
    "ODS marked in a comment": lambda: beside_cells_of_ods(
        _WRITTEN_BY.format("A", "Mật"), inside_a_cell=True
    ),
    "ODS marked by its title": lambda: packed(
        table(hs01_rows(("1", 5))),
        members={"meta.xml": '<o:m xmlns:o="o" xmlns:dc="d"><dc:title>Mật</dc:title></o:m>'.encode()},
    ),
}
_QUIET_ODS = {
    "ODS with a page about security": lambda: on_the_page_of_ods("header", "Bảo mật"),
    "ODS with a comment by somebody called like a grade": lambda: beside_cells_of_ods(
        _WRITTEN_BY.format("Mật", "đã kiểm tra"), inside_a_cell=True
    ),
    "ODS with a text box in the cell of a figure": lambda: packed(
        table(
            hs01_rows(
                ("1", 5),
                ("1.1", cell(3).replace("<text:p>", _FRAME.format("ghi chú") + "<text:p>")),
            )
        )
    ),
}

_MARKED_JSON = {
    "JSON marked": payload('"classification":"Mật"'),
    "JSON marked, escaped": payload('"a":"T\\u1ed0I M\\u1eacT"'),
    "JSON marked deep inside": payload('"meta":{"x":[{"độ mật":"Tuyệt mật"}]}'),
    "JSON marked and no filing": payload('"nil":"?","mark":"MẬT"'),
    "JSON marked and told twice": payload('"mark":"MẬT","mark":"thường"'),
    "JSON marked and cut off": payload(head='"form":"HS-01","mark":"Mật"')[:90],
    "JSON marked and of other numbers": payload('"mark":"Mật","x":NaN'),
}
_QUIET_JSON = {
    "JSON with a grade that labels a row": (payload(label="Mật"), ["unknown_column@C1"]),
    "JSON about security": (payload('"topic":"Bảo mật"'), ["unknown_column@C1"]),
    "JSON cut off, with a grade that labels a row": (payload(label="MẬT")[:-4], ["!unreadable_file"]),
}
_MARKED_BROKEN = {
    "marked, with another sheet cut off": ("a.xlsx", lambda: two_sheets("Mật")),
    "marked on the page, with another sheet cut off": ("a.xlsx", lambda: two_sheets("MẬT", is_header=True)),
    "marked in a text box and damaged": ("a.xlsx", lambda: damaged(drawn("TỐI MẬT"), SHEET)),
    "marked in its title and damaged": (
        "a.xlsx",
        lambda: damaged(titled("<dc:title>MẬT</dc:title>"), SHEET),
    ),
    "marked and without its directory": ("a.xlsx", lambda: without_directory(dangers.marked("MẬT"))),
    "marked by the name of its sheet and damaged": (
        "a.xlsx",
        lambda: damaged(dangers.marked_sheet("TỐI MẬT"), SHEET),
    ),
    "marked by its folder, with a report that is none": (
        "a.zip",
        lambda: zipped({"MẬT/a.xlsx": b"PK\x03\x04"}),
    ),
    "marked by a folder of no report": ("a.zip", lambda: zipped({"a.xlsx": hs01(), "MẬT/a.png": b"1"})),
    "JSON marked by its folder": ("a.zip", lambda: zipped({"MẬT/a.json": payload()})),
    "marked in an archive in an archive": (
        "a.zip",
        lambda: zipped({"a.zip": zipped({"a.xlsx": dangers.marked("MẬT")})}),
    ),
    "marked, in an archive with another that is damaged": (
        "a.zip",
        lambda: damaged(zipped({"a.csv": "MẬT\n".encode(), "b.csv": b"123456789;" * 100}), "b.csv"),
    ),
    "a letter marked": ("a.docx", lambda: letter("TUYỆT MẬT")),
    "a letter marked on its page": ("a.docx", lambda: letter("Mật", "word/header1.xml")),
    "a page of the web marked": ("a.xls", "<html><td>MẬT</td></html>".encode),
    "CSV marked, of too many rows": ("a.csv", lambda: "Độ mật: Mật\n".encode() + b"1;a;5\n" * 50),
    "CSV marked, in TCVN3 that says nothing": ("a.csv", lambda: b"M\xcbT\n1;\xe9\xff\n"),
    "ODS marked and cut off": (
        "a.ods",
        lambda: packed(table([["Mật"], ["Tên"]]), "<table:table>"),
    ),
    "ODS marked on its page and cut off": (
        "a.ods",
        lambda: changed(on_the_page_of_ods("header", "Mật"), {"content.xml": lambda part: part[:-9]}),
    ),
}
_BROKEN = {
    "a count by grade, with another sheet cut off": ("a.xlsx", lambda: two_sheets("Mật", "E7")),
    "a letter with a grade in a table": ("a.docx", lambda: letter("Mật")),
    "CSV of too many rows that counts by grade": (
        "a.csv",
        lambda: "Độ mật;Số\nMật;5\nTối mật;3\n".encode() + b"1;a;5\n" * 50,
    ),
}
_FAULTS = {"a.xlsx": "!unreadable_file", "a.docx": "!unsupported_type", "a.csv": "!file_too_large"}

FILES: list[FaultyFile] = [
    *(_of(name, make, "!state_secret") for name, make in _MARKED_XLSX.items()),
    *(_of(name, make, "hidden_sheet") for name, make in _PLAIN_XLSX.items()),
    *(_of(name, make) for name, make in _QUIET_XLSX.items()),
    *(_of(name, make, "!state_secret", file_name="a.ods") for name, make in _MARKED_ODS.items()),
    *(_of(name, make, file_name="a.ods") for name, make in _QUIET_ODS.items()),
    *(
        _of(name, lambda data=data: data, "!state_secret", file_name="a.json")  # type: ignore[misc]
        for name, data in _MARKED_JSON.items()
    ),
    *(
        _of(name, lambda data=data: data, *found, file_name="a.json")  # type: ignore[misc]
        for name, (data, found) in _QUIET_JSON.items()
    ),
    *(
        faulty(name, make, "!state_secret", file_name=file_name, limits={"rows": 40})
        for name, (file_name, make) in _MARKED_BROKEN.items()
    ),
    *(
        faulty(name, make, _FAULTS[file_name], file_name=file_name, limits={"rows": 40})
        for name, (file_name, make) in _BROKEN.items()
    ),
]
