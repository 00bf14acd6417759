"""Names that a workbook gives its cells, and the cell that each of them points to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.parsers.expat import ParserCreate

from kpi_reporting.readers.addresses import place_of

_CELL = r"\$?[A-Z]{1,3}\$?[0-9]{1,7}"
_QUOTED = r"'(?P<quoted>(?:[^']|'')+)'"
_IN_EXCEL = re.compile(rf"(?:{_QUOTED}|(?P<plain>[^'!]+))!(?P<first>{_CELL})(?::(?P<last>{_CELL}))?")
# The second corner may repeat the sheet of the first one; another one makes it a range over sheets.
_IN_ODS = re.compile(
    rf"\$?(?P<sheet>{_QUOTED}|(?P<plain>[^'.]+))\.(?P<first>{_CELL})(?::(?:\$?(?P=sheet))?\.(?P<last>{_CELL}))?"
)


@dataclass(frozen=True)
class DefinedName:
    """A name for one cell or one range of a sheet; rows and columns of its first and its last cell, from 1."""

    name: str
    sheet_name: str
    row_number: int
    column: int
    last_row: int
    last_column: int


def defined_in_excel(part: bytes) -> list[tuple[str, str]]:
    """Return the names of a workbook's XML, each with what it stands for: a place, or a formula.

    Raises:
        xml.parsers.expat.ExpatError, LookupError: it is broken.
    """
    written: list[tuple[str, list[str]]] = []
    parser = ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "definedName":
            written.append((attributes["name"], []))
            parser.CharacterDataHandler = written[-1][1].append
        else:
            parser.CharacterDataHandler = None

    def end(_: str) -> None:
        parser.CharacterDataHandler = None

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(part, True)
    return [(name, "".join(letters)) for name, letters in written]


def names_in_excel(defined: Iterable[tuple[str, str]]) -> Iterator[DefinedName]:
    """Yield the names that mean one cell or range of one sheet; others mean no place."""
    for name, text in defined:
        yield from _named(name, _IN_EXCEL.fullmatch(text.strip()))


def names_in_ods(addresses: Iterable[tuple[str, str]]) -> Iterator[DefinedName]:
    """Yield the names of a spreadsheet, given with the address of each: ``$'Biểu 1'.$A$1:.$D$9``."""
    for name, address in addresses:
        yield from _named(name, _IN_ODS.fullmatch(address.strip()))


def _named(name: str, found: re.Match[str] | None) -> Iterator[DefinedName]:
    if found is not None:
        sheet_name = found["plain"] or found["quoted"].replace("''", "'")
        first, last = place_of(found["first"]), place_of(found["last"] or found["first"])
        yield DefinedName(name, sheet_name, *first, *last)
