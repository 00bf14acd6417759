"""The first rows of an Excel sheet that is hidden or damaged: texts alone, for the mark that may stand there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

from kpi_reporting.readers.secrets_of_state import MARKED_ROWS
from kpi_reporting.readers.sheet import Cell

_PIECE = 65_536
_PHONETIC = ("rPh", "phoneticPr")


def top_rows(part: bytes, strings: Sequence[str]) -> list[list[Cell]]:
    """Return what the cells of the first rows say, cells without anything left out, as far as the XML goes."""
    top = _Top(strings)
    _follow(part, top)
    return top.rows


def shared_strings(part: bytes) -> list[str]:
    """Return the shared texts of a workbook, as far as the XML goes."""
    texts = _Texts()
    _follow(part, texts)
    return texts.found


def _follow(part: bytes, handler: _Texts | _Top) -> None:
    """Parse piece by piece until the handler has enough, or the XML ends or breaks."""
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = handler.start, handler.end
    parser.CharacterDataHandler = handler.text
    with suppress(ExpatError, ValueError):
        for start in range(0, len(part), _PIECE):
            if handler.has_enough:
                return
            parser.Parse(part[start : start + _PIECE])


class _Texts:
    """The texts of ``si``; how a word is pronounced is no text of it."""

    has_enough = False

    def __init__(self) -> None:
        self.found: list[str] = []
        self._said: list[str] = []
        self._is_text = self._is_phonetic = False

    def start(self, tag: str, _: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self._is_text = name == "t"
        self._is_phonetic = self._is_phonetic or name in _PHONETIC

    def text(self, text: str) -> None:
        if self._is_text and not self._is_phonetic:
            self._said.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        self._is_text = False
        if name in _PHONETIC:
            self._is_phonetic = False
        elif name == "si":
            self.found.append("".join(self._said))
            self._said = []


class _Top:
    """The cells of the first rows; numbers are what is written."""

    def __init__(self, strings: Sequence[str]) -> None:
        self.rows: list[list[Cell]] = []
        self.has_enough = False
        self._strings, self._number, self._kind, self._said = strings, 0, "", ""
        self._is_value = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            written = attributes.get("r", "")
            self._number = int(written) if written.isdecimal() else self._number + 1
            self.has_enough = self.has_enough or self._number > MARKED_ROWS
            self.rows.append([])
        elif name == "c":
            self._kind, self._said = attributes.get("t", "n"), ""
        self._is_value = name in ("v", "t")

    def text(self, text: str) -> None:
        if self._is_value:
            self._said += text

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        self._is_value = False
        if name == "c" and self._said and self.rows and not self.has_enough:
            self.rows[-1].append(self._shown())

    def _shown(self) -> Any:
        if self._kind != "s":
            return self._said
        number = int(self._said) if self._said.isdecimal() else len(self._strings)
        return self._strings[number] if number < len(self._strings) else None
