"""What a library that reads values does not tell: formulas, errors, what is hidden or merged, and styles of cells.

The values of a large sheet cost a second; looking at each cell again in Python would cost five. So the bytes are
searched for the few marks that matter, and only the cells around them are looked at. That holds for sheets that are
written plainly, as Excel, LibreOffice and openpyxl write them; any other was written anew before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from html import unescape
from types import MappingProxyType

from kpi_reporting.readers.addresses import EXCEL_COLUMNS, Place, column_number, place_of
from kpi_reporting.readers.rich_text import Runs, inline_runs, is_legacy, may_hold_legacy_runs
from kpi_reporting.readers.sheet import Formula, Span

_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_ERROR, _HIDDEN = re.compile(rb't="e"'), re.compile(rb'hidden="(?:1|true)"')
_FORMULA = re.compile(rb"<f([ /][^>]*)?>(?:([^<]*)</f>)?\s*(<v(?: [^>]*)?/?>)?([^<]*)")
_ERROR_TEXT = re.compile(rb"<v[^>]*>([^<]*)</v>")
_COLUMN, _MERGED = re.compile(rb"<col ([^>]*)>"), re.compile(rb'<mergeCell [^>]*?ref="([^"]*)"')
# Page headers and footers, and the codes in them: place, font, size, colour, page number.
_PAGE_TEXT = re.compile(rb"(?:odd|even|first)(?:Header|Footer)(?: [^<>]*)?>([^<]*)")
_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|[0-9]+|[A-Z])')
_SECTIONS, _LINE_BREAK = re.compile(r"&[LCR]"), re.compile(r"_x000[aAdD]_")
_LONG_NUMBER = re.compile(rb"<v>(-?[0-9]{16,30})</v>")
_SHARED_TEXT, _INLINE_TEXT = (
    re.compile(rb' t="s"[^>]*><v>([0-9]+)</v>'),
    re.compile(rb"<is>.*?</is>", re.DOTALL),
)
_FAR_COLUMN = re.compile(rb'<c r="([A-Z]{2,3})[0-9]+"[^>]*[^/]>')


@dataclass(frozen=True)
class Marks:
    """What the XML of a sheet says beside its values; places are row and column from 1."""

    formulas: dict[Place, Formula] = field(default_factory=dict)
    errors: dict[Place, str] = field(default_factory=dict)
    long_numbers: dict[Place, int] = field(default_factory=dict)
    styled: dict[Place, int] = field(default_factory=dict)
    runs: dict[Place, Runs] = field(default_factory=dict)
    merged: list[Span] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    page_texts: list[str] = field(default_factory=list)


def marks_of(
    part: bytes, styles: Set[int] = frozenset(), texts: Mapping[int, Runs] = MappingProxyType({})
) -> Marks:
    """Find the marks of a sheet that is written plainly; of ``styles`` and shared ``texts`` the cells are asked for."""
    first, last = _rows_of(part)
    rows = _Rows(part, first, last)
    return Marks(
        dict(rows.formulas()) if rows.hold_formulas() else {},
        dict(rows.errors()) if rows.hold(b't="e"') else {},
        dict(rows.long_numbers()),
        dict(rows.styled(styles)) if styles else {},
        {**(dict(rows.shared(texts)) if texts else {}), **dict(rows.inline())},
        list(_merged(part, last)),
        frozenset(rows.hidden()) if rows.hold(b"hidden=") else frozenset(),
        frozenset(_hidden_columns(part, first)),
        list(page_texts_of(part, last)),
    )


def page_texts_of(part: bytes, start: int = 0) -> Iterator[str]:
    """Yield the lines of the page headers and footers of a sheet, which stand behind a position of its XML."""
    for found in _PAGE_TEXT.findall(part, start):
        yield from lines_of_page(unescape(found.decode("utf-8", "replace")))


def lines_of_page(text: str) -> list[str]:
    """Return the lines of the left, the middle and the right of a page header or footer of Excel, each by itself."""
    sections = _SECTIONS.split(_LINE_BREAK.sub("\n", text))
    return [_CODES.sub("", line) for section in sections for line in section.splitlines()]


def _rows_of(part: bytes) -> tuple[int, int]:
    """Where the rows begin and end; a large sheet is never copied."""
    first, last = part.find(b"<sheetData"), part.rfind(b"</sheetData>")
    return (first, last) if 0 <= first < last else (len(part), len(part))


def last_column(part: bytes) -> int:
    """Return the number of the last column of a sheet, at least 26."""
    far = set(_FAR_COLUMN.findall(part))
    return max((column_number(letters.decode()) for letters in far), default=26)


def last_row(part: bytes) -> int:
    """Return the number of the last row with a value; 0 when it is not written where others write it."""
    value = max(part.rfind(b"</v>"), part.rfind(b"</is>"))
    start = part.rfind(b"<c ", 0, value) if value >= 0 else -1
    address = _attributes(part, start).get(b"r", b"").decode() if start >= 0 else ""
    return place_of(address)[0] if address else 0


def _attributes(part: bytes, start: int) -> dict[bytes, bytes]:
    return dict(_ATTRIBUTE.findall(part, start, part.find(b">", start)))


def _place(attributes: dict[bytes, bytes]) -> Place:
    return place_of(attributes[b"r"].decode())


@dataclass(frozen=True)
class _Rows:
    """The rows of a sheet, plainly written, between two positions of its XML."""

    part: bytes
    first: int
    last: int

    def hold(self, mark: bytes) -> bool:
        return self.part.find(mark, self.first, self.last) >= 0

    def hold_formulas(self) -> bool:
        """Vietnamese has no f: looking for the letter alone first is thirty times as fast."""
        return self.hold(b"f") and self.hold(b"<f")

    def formulas(self) -> Iterator[tuple[Place, Formula]]:
        for found in _FORMULA.finditer(self.part, self.first, self.last):
            cell, attributes = self._cell(found.start()), dict(_ATTRIBUTE.findall(found[1] or b""))
            shared = attributes.get(b"si") if attributes.get(b"t") == b"shared" else None
            text = unescape((found[2] or b"").decode())
            has_value = found[3] is not None and bool(found[4].strip() or cell.get(b"t") == b"str")
            number = shared.decode() if shared else None
            yield _place(cell), Formula(text, number, b"ref" in attributes, has_value)

    def errors(self) -> Iterator[tuple[Place, str]]:
        for start, position in self._tags(_ERROR, b"<c "):
            end = self.part.find(b"</c>", position, self.last)
            value = _ERROR_TEXT.search(self.part, position, end if end >= 0 else self.last)
            yield _place(_attributes(self.part, start)), unescape(value[1].decode()) if value else "#ERROR"

    def long_numbers(self) -> Iterator[tuple[Place, int]]:
        for found in _LONG_NUMBER.finditer(self.part, self.first, self.last):
            yield _place(self._cell(found.start())), int(found[1])

    def styled(self, styles: Set[int]) -> Iterator[tuple[Place, int]]:
        wanted = re.compile(rb' s="(?:%s)"' % b"|".join(str(style).encode() for style in sorted(styles)))
        for start, _ in self._tags(wanted, b"<c "):
            attributes = _attributes(self.part, start)
            yield _place(attributes), int(attributes[b"s"])

    def shared(self, texts: Mapping[int, Runs]) -> Iterator[tuple[Place, Runs]]:
        for found in _SHARED_TEXT.finditer(self.part, self.first, self.last):
            if runs := texts.get(int(found[1])):
                yield _place(self._cell(found.start())), runs

    def inline(self) -> Iterator[tuple[Place, Runs]]:
        if self.hold(b"F") and self.hold(b"<rFont") and may_hold_legacy_runs(self.part):
            for found in _INLINE_TEXT.finditer(self.part, self.first, self.last):
                if is_legacy(runs := inline_runs(found[0])):
                    yield _place(self._cell(found.start())), runs

    def hidden(self) -> Iterator[int]:
        for start, _ in self._tags(_HIDDEN, b"<row "):
            attributes = _attributes(self.part, start)
            yield int(attributes[b"r"])

    def _tags(self, mark: re.Pattern[bytes], tag: bytes) -> Iterator[tuple[int, int]]:
        """Yield where a tag that holds the mark begins, and where the mark ends."""
        for found in mark.finditer(self.part, self.first, self.last):
            start = self.part.rfind(b"<", self.first, found.end())
            if self.part.startswith(tag, start):
                yield start, found.end()

    def _cell(self, position: int) -> dict[bytes, bytes]:
        """Return the attributes of the cell around a position."""
        return _attributes(self.part, self.part.rfind(b"<c ", self.first, position))


def _hidden_columns(part: bytes, first: int) -> Iterator[int]:
    if part.find(b"hidden=", 0, first) < 0:
        return
    for found in _COLUMN.finditer(part, 0, first):
        attributes = dict(_ATTRIBUTE.findall(found[1]))
        if attributes.get(b"hidden") in (b"1", b"true"):
            last = min(int(attributes.get(b"max", b"0")), EXCEL_COLUMNS)
            yield from range(int(attributes.get(b"min", b"1")), last + 1)


def _merged(part: bytes, last: int) -> Iterator[Span]:
    for reference in _MERGED.findall(part, last):
        corner, _, opposite = reference.decode().partition(":")
        (top, left), (bottom, right) = place_of(corner), place_of(opposite or corner)
        yield Span(top, bottom, left, right)
