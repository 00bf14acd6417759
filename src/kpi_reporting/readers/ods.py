"""OpenDocument spreadsheets (.ods): values as last saved, with what is hidden, computed or fed from elsewhere."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile

from kpi_reporting.findings import Finding
from kpi_reporting.readers import file_findings as told
from kpi_reporting.readers.acting_formulas import acting_formulas, acting_names
from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.defined_names import names_in_ods
from kpi_reporting.readers.limits import DEFAULTS, Limits
from kpi_reporting.readers.ods_table import OdsTable
from kpi_reporting.readers.paragraphs import Part, paragraphs
from kpi_reporting.readers.refusal import Refusal, damaged, encrypted
from kpi_reporting.readers.rich_text import decoded
from kpi_reporting.readers.secrets_of_state import may_say_grade
from kpi_reporting.readers.sheet import Cell, Document, ErrorCell, Sheet, is_blank_row

_BROKEN = (BadZipFile, zlib.error, ExpatError, LookupError, ValueError, TypeError, OverflowError)
_SIGNS_OF_MACROS = ("Basic/", "Scripts/")
_NO_VALUE = ErrorCell("#NO_VALUE")
_BESIDE, _PARAGRAPHS = ("office:annotation", "table:shapes"), ("text:p", "text:h")
_OF_OASIS = re.compile(r"urn:oasis:names:tc:opendocument:xmlns:([a-z-]+):1\.0")
_SHORT = {"xsl-fo-compatible": "fo"}
_LINKS = "http://www.w3.org/1999/xlink"
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_TRUTHS = {"true": True, "false": False}


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
    sheets = [table.sheet() for table in reader.tables if table.is_visible]
    hidden = [table.sheet() for table in reader.tables if not table.is_visible]
    texts = [*reader.texts, *texts_beside(archive.read_text)]
    return Document("ods", sheets, findings, hidden, texts, list(names_in_ods(reader.addresses)))


def tables_until(part: Part) -> tuple[list[Sheet], list[str]]:
    """Return the tables and the texts beside their cells that there are of a broken spreadsheet, hidden ones too."""
    reader = _Reader(DEFAULTS, legacy_text=False)
    with suppress(Refusal, *_BROKEN):
        reader.read(part("content.xml"))
    return [table.sheet() for table in reader.tables], [*reader.texts, *texts_beside(part)]


def texts_beside(part: Part) -> Iterator[str]:
    """Yield the texts on pages and in properties that may be a mark."""
    for name in ("styles.xml", "meta.xml"):
        if may_say_grade(content := part(name)):
            yield from paragraphs(content)


def _findings(archive: Archive, reader: _Reader, limits: Limits) -> Iterator[Finding]:
    if any(name.startswith(_SIGNS_OF_MACROS) and name.endswith(".xml") for name in archive.names):
        yield told.by_policy(limits.macros, told.macros())
    if reader.has_dde:
        yield told.by_policy(limits.dde, told.dde_link())
    yield from acting_names(reader.named_formulas, limits)
    if reader.targets:
        yield told.by_policy(limits.external_links, told.external_links(sorted(reader.targets)))
    for table in reader.tables:
        yield from acting_formulas(table.sheet(), limits)
        if not table.is_visible and not all(is_blank_row(row) for row in table.rows):
            yield told.hidden_sheet(table.name)


class _Reader:
    """Follows the tags of content.xml and fills tables; repeated emptiness is passed over.

    Comments and drawings are no part of the cell they stand in; ``texts`` are their paragraphs.
    """

    def __init__(self, limits: Limits, legacy_text: bool) -> None:
        self.tables: list[OdsTable] = []
        self.texts: list[str] = []
        self.targets: set[str] = set()
        self.named_formulas: list[str] = []
        self.addresses: list[tuple[str, str]] = []
        self.has_dde = False
        self._limits, self._legacy_text = limits, legacy_text
        self._hidden_styles: set[str] = set()
        self._fonts: dict[str, str] = {}
        self._style = ""
        self._cell: dict[str, str] | None = None
        self._texts: list[tuple[str | None, str]] = []
        self._spans: list[str | None] = [None]
        self._beside = self._paragraphs = 0
        self._starts = {
            "style:style": self._start_style,
            "style:table-properties": self._start_table_properties,
            "style:text-properties": self._start_text_properties,
            "office:dde-source": self._start_dde_source,
            "table:table-source": self._start_table_source,
            "table:named-expression": self._start_named_expression,
            "table:table": self._start_table,
            "table:table-column": self._start_table_column,
            "table:table-row": self._start_table_row,
            "table:table-cell": self._start_table_cell,
            "table:covered-table-cell": self._start_covered_table_cell,
            "table:named-range": self._start_named_range,
            "text:p": self._start_p,
            "text:span": self._start_span,
            "text:s": self._start_s,
            "text:tab": self._start_tab,
        }

    def read(self, part: bytes) -> None:
        parser = ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(part, True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _short(tag)
        if self._beside or name in _BESIDE or name.startswith("drawing:"):
            self._beside += 1
            if name in _PARAGRAPHS:
                self._paragraphs += 1
                self.texts.append("")
        elif handler := self._starts.get(name):
            handler({_short(key): value for key, value in attributes.items()})

    def _end(self, tag: str) -> None:
        name = _short(tag)
        if self._beside:
            self._beside -= 1
            self._paragraphs -= name in _PARAGRAPHS
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._end_cell()
        elif name == "table:table-row":
            self.tables[-1].end_row()
        elif name == "text:span":
            self._spans.pop()

    def _text(self, text: str) -> None:
        if self._paragraphs:
            self.texts[-1] += text
        elif self._cell is not None and not self._beside:
            self._texts.append((self._spans[-1], text))

    def _start_style(self, named: dict[str, str]) -> None:
        self._style = named.get("style:name", "")

    def _start_table_properties(self, named: dict[str, str]) -> None:
        if named.get("table:display") == "false":
            self._hidden_styles.add(self._style)

    def _start_text_properties(self, named: dict[str, str]) -> None:
        font = named.get("style:font-name") or named.get("fo:font-family")
        if font:
            self._fonts[self._style] = font

    def _start_dde_source(self, named: dict[str, str]) -> None:
        self.has_dde = True

    def _start_table_source(self, named: dict[str, str]) -> None:
        self.targets |= set(told.last_parts([named.get("xlink:href", "")]))

    def _start_named_expression(self, named: dict[str, str]) -> None:
        self.named_formulas.append(named.get("table:expression", ""))

    def _start_table(self, named: dict[str, str]) -> None:
        is_visible = named.get("table:style-name") not in self._hidden_styles
        self.tables.append(OdsTable(named.get("table:name", ""), is_visible, self._limits))

    def _start_table_column(self, named: dict[str, str]) -> None:
        is_hidden = named.get("table:visibility") in ("collapse", "filter")
        self.tables[-1].add_columns(named, is_hidden)

    def _start_table_row(self, named: dict[str, str]) -> None:
        is_hidden = named.get("table:visibility") in ("collapse", "filter")
        self.tables[-1].start_row(named, is_hidden)

    def _start_table_cell(self, named: dict[str, str]) -> None:
        if self._cell is not None:
            raise ValueError("a cell in a cell")
        self._cell, self._texts = named, []

    def _start_covered_table_cell(self, named: dict[str, str]) -> None:
        repeated = "table:number-columns-repeated"
        self._start_table_cell({repeated: named.get(repeated, "1")})

    def _start_named_range(self, named: dict[str, str]) -> None:
        self.addresses.append((named.get("table:name", ""), named.get("table:cell-range-address", "")))

    def _start_p(self, named: dict[str, str]) -> None:
        if self._texts:
            self._text("\n")

    def _start_span(self, named: dict[str, str]) -> None:
        self._spans.append(self._fonts.get(named.get("text:style-name", "")) or self._spans[-1])

    def _start_s(self, named: dict[str, str]) -> None:
        self._text(" " * min(int(named.get("text:c", "1")), 1000))

    def _start_tab(self, named: dict[str, str]) -> None:
        self._text("\t")

    def _end_cell(self) -> None:
        named, self._cell = self._cell or {}, None
        formula = named.get("table:formula", "").partition("=")[2]
        font = self._fonts.get(named.get("table:style-name", ""))
        shown = "".join(text for _, text in self._texts)
        value = _value(named, shown)
        if isinstance(value, str):
            runs = tuple(self._texts) if value == shown else ((None, value),)
            value = decoded(runs, font, self._legacy_text)
        self.tables[-1].add(value, named, formula)


@lru_cache(maxsize=1000)
def _short(name: str) -> str:
    """Return a name with the prefix everybody gives its namespace; a foreign one keeps its namespace."""
    space, _, local = name.rpartition(" ")
    own = _OF_OASIS.fullmatch(space)
    if own is None:
        return f"xlink:{local}" if space == _LINKS else name
    return f"{_SHORT.get(own[1], own[1])}:{local}"


def _value(named: dict[str, str], text: str) -> Cell:
    kind, is_formula = named.get("office:value-type"), "table:formula" in named
    if kind is None and is_formula:
        return _NO_VALUE
    if kind == "string" and is_formula and text.startswith(("#", "Err:")):
        return ErrorCell(text)
    values: dict[str | None, Any] = {
        "boolean": lambda named: _TRUTHS[named["office:boolean-value"]],
        "date": _date,
        "time": lambda named: named["office:time-value"],
        **dict.fromkeys(("float", "percentage", "currency"), _number),
    }
    return values[kind](named) if kind in values else (named.get("office:string-value", text) or None)


def _number(named: dict[str, str]) -> float:
    """Python takes 1_000 and other people's digits for numbers; the format does not."""
    written = named["office:value"].strip()
    if not _NUMBER.fullmatch(written):
        raise ValueError(f"{written[:20]!r} is no number")
    return float(written)


def _date(named: dict[str, str]) -> date:
    written = named["office:date-value"]
    return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)
