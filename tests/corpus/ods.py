"""OpenDocument spreadsheets written by hand, as LibreOffice would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from html import escape
from typing import Any

from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.making import hs01_rows

_NAMES = ("office", "table", "text", "style", "fo", "calcext")
_OPENED = (
    "<?xml version='1.0' encoding='UTF-8'?><office:document-content "
    + " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in _NAMES)
    + ' office:version="1.3"><office:automatic-styles>'
    '<style:style style:name="shown" style:family="table"><style:table-properties table:display="true"/></style:style>'
    '<style:style style:name="gone" style:family="table"><style:table-properties table:display="false"/></style:style>'
    '<style:style style:name="old" style:family="table-cell"><style:text-properties style:font-name="VNI-Times"/>'
    "</style:style></office:automatic-styles><office:body><office:spreadsheet>"
)
_CLOSED = "</office:spreadsheet></office:body></office:document-content>"


def cell(value: Any, attributes: str = "") -> str:
    """A cell with its value; text that begins with < is a cell already."""
    if isinstance(value, str) and value.startswith("<"):
        return value
    if value is None:
        return f"<table:table-cell {attributes}/>"
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string" {attributes}><text:p>{escape(value)}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}" {attributes}><text:p>{value}</text:p></table:table-cell>'


def table(rows: Sequence[Sequence[Any]], style: str = "shown", name: str = "Biểu", columns: str = "") -> str:
    lines = "".join(f"<table:table-row>{''.join(cell(one) for one in row)}</table:table-row>" for row in rows)
    emptiness = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    return f'<table:table table:name="{name}" table:style-name="{style}">{columns}{lines}{emptiness}</table:table>'


def packed(*tables: str, members: dict[str, bytes] | None = None) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", _OPENED + "".join(tables) + _CLOSED)
        for name, content in {"META-INF/manifest.xml": b"<manifest/>", **(members or {})}.items():
            archive.writestr(name, content)
    return target.getvalue()


def figure(attributes: str) -> str:
    """A cell of a number whose attributes are written out."""
    return f'<table:table-cell office:value-type="float" {attributes}><text:p>3</text:p></table:table-cell>'


def repeated_row(times: str) -> bytes:
    """A spreadsheet whose row 8 says how often it is repeated."""
    rows = table(hs01_rows(("1", 5), ("1.1", 3)))
    before, row, after = rows.rpartition("<table:table-row><table:table-cell")
    return packed(f'{before}<table:table-row table:number-rows-repeated="{times}">{row[17:]}{after}')


def ods(figure: Any = 3, **said: Any) -> bytes:
    return packed(table(hs01_rows(("1", 5), ("1.1", figure))), **said)


def formula(written: str, value: str = 'office:value-type="float" office:value="3"', text: str = "3") -> str:
    return f'<table:table-cell table:formula="of:={escape(written)}" {value}><text:p>{text}</text:p></table:table-cell>'


ERROR = formula("1/0", 'office:value-type="string" office:string-value=""', "#DIV/0!")
LIBRE_OFFICE_ERROR = (
    'office:value-type="string" office:string-value="" calcext:value-type="error" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
DATE = '<table:table-cell office:value-type="date" office:date-value="2025-07-01"><text:p>01/07/25</text:p></table:table-cell>'
COMMENTED = '<table:table-cell office:value-type="float" office:value="3"><office:annotation><text:p>chú ý 9</text:p></office:annotation><text:p>3</text:p></table:table-cell>'
OLD_FONT = cell("Toång soá", 'table:style-name="old"')
HIDDEN_COLUMN = (
    '<table:table-column table:number-columns-repeated="3"/><table:table-column table:visibility="collapse"/>'
)

FILES: list[FaultyFile] = [
    faulty("ODS with good figures", ods, file_name="a.ods"),
    faulty("ODS with a comment in a figure", lambda: ods(COMMENTED), file_name="a.ods"),
    faulty("ODS with an error", lambda: ods(ERROR), "error_cell@D8", file_name="a.ods"),
    faulty("ODS with a date", lambda: ods(DATE), "date_in_figure@D8", file_name="a.ods"),
    faulty("ODS with a number as text", lambda: ods("1.234"), "number_as_text@D8", file_name="a.ods"),
    faulty(
        "ODS with a formula without value",
        lambda: ods(formula("1+1", "", "")),
        "!formula_without_value@D8",
        file_name="a.ods",
    ),
    faulty(
        "ODS fed from another file",
        lambda: ods(formula("'file:///D:/a.ods'#$Sheet1.A1")),
        "figure_from_other_file@D8",
        file_name="a.ods",
    ),
    faulty("ODS with DDE", lambda: ods(formula('DDE("soffice";"a";"b")')), "!dde_link@D8", file_name="a.ods"),
    faulty(
        "ODS with DDE in a condition",
        lambda: ods(formula('IF(1;DDE("a";"b";"c"))')),
        "!dde_link@D8",
        file_name="a.ods",
    ),
    faulty(
        "ODS that asks a web service",
        lambda: ods(formula('COM.MICROSOFT.WEBSERVICE("http://a/")')),
        "!formula_that_acts@D8",
        file_name="a.ods",
    ),
    faulty(
        "ODS that asks a web service in a hidden sheet",
        lambda: packed(table(hs01_rows(("1", 5))), table([[formula('WEBSERVICE("a")')]], "gone", "Nháp")),
        "!formula_that_acts@A1",
        file_name="a.ods",
    ),
    faulty(
        "ODS with a hidden sheet",
        lambda: packed(table(hs01_rows(("1", 5))), table([[1]], "gone", "Nháp")),
        "hidden_sheet",
        file_name="a.ods",
    ),
    faulty(
        "ODS with a hidden column",
        lambda: packed(table(hs01_rows(("1", 5)), columns=HIDDEN_COLUMN)),
        "hidden_columns@D6",
        file_name="a.ods",
    ),
    faulty(
        "ODS with macros",
        lambda: ods(members={"Basic/Standard/Module1.xml": b"<x/>"}),
        "macros",
        file_name="a.ods",
    ),
    faulty(
        "ODS with a password",
        lambda: ods(members={"META-INF/manifest.xml": b"<m><encryption-data/></m>"}),
        "!encrypted_file",
        file_name="a.ods",
    ),
    *(
        faulty(
            f"ODS with a figure repeated {times} times",
            lambda times=times: ods(figure(f'office:value="3" table:number-columns-repeated="{times}"')),  # type: ignore[misc]
            "!unreadable_file@D8",
            file_name="a.ods",
        )
        for times in ("0", "-1", "1_0", "x")
    ),
    *(
        faulty(
            f"ODS with a row repeated {times} times",
            lambda times=times: repeated_row(times),  # type: ignore[misc]
            "!unreadable_file@A8",
            file_name="a.ods",
        )
        for times in ("0", "-1")
    ),
    *(
        faulty(
            f"ODS with {number} for a number",
            lambda number=number: ods(figure(f'office:value="{number}"')),  # type: ignore[misc]
            "!unreadable_file",
            file_name="a.ods",
        )
        for number in ("1_000", "1,5", "inf", "NaN", "٣")
    ),
    faulty(
        "ODS with a foreign value alone",
        lambda: ods(figure('z:value="9" xmlns:z="u"')),
        "!unreadable_file",
        file_name="a.ods",
    ),
    faulty(
        "ODS with a foreign value beside the figure",
        lambda: ods(figure('office:value="90" z:value="9" xmlns:z="u"')),
        file_name="a.ods",
    ),
    faulty(
        "ODS with an error, as LibreOffice says it",
        lambda: ods(formula("1/0", LIBRE_OFFICE_ERROR, "#DIV/0!")),
        "error_cell@D8",
        file_name="a.ods",
    ),
    faulty("ODS with entities", lambda: packed("<!DOCTYPE x>"), "!xml_entities", file_name="a.ods"),
    faulty("ODS that is no XML", lambda: packed("<table:table>"), "!unreadable_file", file_name="a.ods"),
    faulty(
        "ODS of too many cells",
        lambda: packed(table([[cell(1, 'table:number-columns-repeated="9000000"')]])),
        "!file_too_large",
        file_name="a.ods",
    ),
]
