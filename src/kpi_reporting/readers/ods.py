"""OpenDocument spreadsheets (.ods): values as last saved, with what is hidden, computed or fed from elsewhere."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile

from kpi_reporting.findings import Finding
from kpi_reporting.readers import file_findings as told
from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.limits import DEFAULTS, Limits
from kpi_reporting.readers.ods_table import OdsTable
from kpi_reporting.readers.refusal import damaged, encrypted
from kpi_reporting.readers.rich_text import decoded
from kpi_reporting.readers.sheet import Cell, Document, ErrorCell, is_blank_row

_BROKEN = (BadZipFile, zlib.error, ExpatError, LookupError, ValueError, TypeError, OverflowError)
_SIGNS_OF_MACROS = ("Basic/", "Scripts/")
_NO_VALUE = ErrorCell("#NO_VALUE")


def read_ods(archive: Archive, *, legacy_text: bool = False, limits: Limits = DEFAULTS) -> Document:
    """Read the visible sheets of a spreadsheet; macros and links are never followed.

    Raises:
        Refusal: it has a password, is broken, larger than the limits, or holds what they refuse.
    """
    try:
        if b"encryption-data" in archive.read_xml("META-INF/manifest.xml"):
            raise encrypted()
        reader = _Reader(limits, legacy_text)
        reader.read(archive.read_xml("content.xml"))
        findings = list(_findings(archive, reader, limits))
    except _BROKEN as error:
        raise damaged(error.__class__.__name__) from error
    return Document("ods", [table.sheet() for table in reader.tables if table.is_visible], findings)


def _findings(archive: Archive, reader: _Reader, limits: Limits) -> Iterator[Finding]:
    if any(name.startswith(_SIGNS_OF_MACROS) and name.endswith(".xml") for name in archive.names):
        yield told.by_policy(limits.macros, told.macros())
    if reader.has_dde:
        yield told.by_policy(limits.dde, told.dde_link())
    if reader.targets:
        yield told.by_policy(limits.external_links, told.external_links(sorted(reader.targets)))
    for table in reader.tables:
        if not table.is_visible and not all(is_blank_row(row) for row in table.rows):
            yield told.hidden_sheet(table.name)


class _Reader:
    """Follows the tags of content.xml and fills tables; comments in cells and repeated emptiness are passed over."""

    def __init__(self, limits: Limits, legacy_text: bool) -> None:
        self.tables: list[OdsTable] = []
        self.targets: set[str] = set()
        self.has_dde = False
        self._limits, self._legacy_text = limits, legacy_text
        self._hidden_styles: set[str] = set()
        self._fonts: dict[str, str] = {}
        self._style = ""
        self._cell: dict[str, str] | None = None
        self._texts: list[tuple[str | None, str]] = []
        self._spans: list[str | None] = [None]
        self._annotations = 0

    def read(self, part: bytes) -> None:
        parser = ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(part, True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        handler = getattr(self, f"_start_{tag.rpartition(' ')[2].replace('-', '_')}", None)
        if handler:
            handler({key.rpartition(" ")[2]: value for key, value in attributes.items()})

    def _end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name in ("table-cell", "covered-table-cell"):
            self._end_cell()
        elif name == "table-row":
            self.tables[-1].end_row()
        elif name == "span":
            self._spans.pop()
        elif name == "annotation":
            self._annotations -= 1

    def _text(self, text: str) -> None:
        if self._cell is not None and not self._annotations:
            self._texts.append((self._spans[-1], text))

    def _start_style(self, named: dict[str, str]) -> None:
        self._style = named.get("name", "")

    def _start_table_properties(self, named: dict[str, str]) -> None:
        if named.get("display") == "false":
            self._hidden_styles.add(self._style)

    def _start_text_properties(self, named: dict[str, str]) -> None:
        font = named.get("font-name") or named.get("font-family")
        if font:
            self._fonts[self._style] = font

    def _start_dde_source(self, named: dict[str, str]) -> None:
        self.has_dde = True

    def _start_table_source(self, named: dict[str, str]) -> None:
        self.targets |= set(told.last_parts([named.get("href", "")]))

    def _start_table(self, named: dict[str, str]) -> None:
        is_visible = named.get("style-name") not in self._hidden_styles
        self.tables.append(OdsTable(named.get("name", ""), is_visible, self._limits))

    def _start_table_column(self, named: dict[str, str]) -> None:
        is_hidden = named.get("visibility") in ("collapse", "filter")
        self.tables[-1].add_columns(int(named.get("number-columns-repeated", "1")), is_hidden)

    def _start_table_row(self, named: dict[str, str]) -> None:
        is_hidden = named.get("visibility") in ("collapse", "filter")
        self.tables[-1].start_row(int(named.get("number-rows-repeated", "1")), is_hidden)

    def _start_table_cell(self, named: dict[str, str]) -> None:
        self._cell, self._texts = named, []

    def _start_covered_table_cell(self, named: dict[str, str]) -> None:
        repeated = {"number-columns-repeated": named.get("number-columns-repeated", "1")}
        self._cell, self._texts = repeated, []

    def _start_annotation(self, named: dict[str, str]) -> None:
        self._annotations += 1

    def _start_p(self, named: dict[str, str]) -> None:
        if self._texts:
            self._text("\n")

    def _start_span(self, named: dict[str, str]) -> None:
        self._spans.append(self._fonts.get(named.get("style-name", "")) or self._spans[-1])

    def _start_s(self, named: dict[str, str]) -> None:
        self._text(" " * min(int(named.get("c", "1")), 1000))

    def _start_tab(self, named: dict[str, str]) -> None:
        self._text("\t")

    def _end_cell(self) -> None:
        named, self._cell = self._cell or {}, None
        formula = named.get("formula", "").partition("=")[2]
        self.has_dde |= formula.upper().startswith("DDE(")
        font = self._fonts.get(named.get("style-name", ""))
        shown = "".join(text for _, text in self._texts)
        value = _value(named, shown)
        if isinstance(value, str):
            runs = tuple(self._texts) if value == shown else ((None, value),)
            value = decoded(runs, font, self._legacy_text)
        self.tables[-1].add(value, named, formula)


def _value(named: dict[str, str], text: str) -> Cell:
    kind = named.get("value-type")
    if kind is None and "formula" in named:
        return _NO_VALUE
    if kind == "string" and "formula" in named and text.startswith(("#", "Err:")):
        return ErrorCell(text)
    values: dict[str | None, Any] = {
        "boolean": _boolean,
        "date": _date,
        "time": lambda named: named["time-value"],
    }
    if kind in ("float", "percentage", "currency"):
        return float(named["value"])
    return values[kind](named) if kind in values else (named.get("string-value", text) or None)


def _boolean(named: dict[str, str]) -> bool:
    return named["boolean-value"] == "true"


def _date(named: dict[str, str]) -> date:
    written = named["date-value"]
    return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)
