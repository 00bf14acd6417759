"""What an old workbook is tied to: other workbooks, linked objects, and programs it wants to talk to (DDE)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kpi_reporting.readers.biff import CONTINUE, is_biff8, records, text_at, texts_in, u8, u16
from kpi_reporting.readers.file_findings import last_parts

_OTHER_BOOK, _REFERENCES, _OTHER_NAME = 0x01AE, 0x0017, 0x0023
_ITSELF, _ADD_INS = 0x0401, 0x3A01
_ENCODED_PATH, _TOPIC = "\1", "\3"
_KINDS = frozenset({_OTHER_BOOK, _REFERENCES, _OTHER_NAME, CONTINUE})
_FOLDERS = re.compile(r"[\x00-\x08]")
_IS_OBJECT = 0x0010


class _Source(NamedTuple):
    """An entry of the list of sources; without a path it is the workbook itself, or functions of an add-in."""

    path: str
    sheets: list[str]

    @property
    def is_program(self) -> bool:
        """True for a link to a program, whose path begins with its name."""
        return _TOPIC in self.path and not self.path.startswith(_ENCODED_PATH)


@dataclass(frozen=True)
class Links:
    """The sources of a workbook by number: which are linked objects, and the names each gives."""

    sources: Sequence[_Source]
    objects: frozenset[int]
    references: bytes
    names: Mapping[int, Sequence[str]]

    @property
    def has_dde(self) -> bool:
        """True when it wants to talk to a program."""
        programs = {number for number, source in enumerate(self.sources) if source.is_program}
        return bool(programs - self.objects)

    @property
    def files(self) -> list[str]:
        """Names of the other files, without their folders."""
        return last_parts(_plain(source.path) for _, source in self._of_files())

    @property
    def by_reference(self) -> Mapping[int, str]:
        """File and sheet behind the numbers that formulas use, as ``[1]Sheet1``, the files counted from 1."""
        others = {number: source for number, source in self._of_files() if not source.is_program}
        return dict(self._named(others))

    @property
    def names_by_reference(self) -> Mapping[int, Sequence[str]]:
        """The names that formulas number, behind the numbers of their sources: functions of add-ins, for one."""
        return {
            number: self.names[source] for number, source, _ in self._references() if source in self.names
        }

    def _of_files(self) -> Iterator[tuple[int, _Source]]:
        for number, source in enumerate(self.sources):
            if source.path.strip("\0 ") and (number in self.objects or not source.is_program):
                yield number, source

    def _named(self, others: Mapping[int, _Source]) -> Iterator[tuple[int, str]]:
        numbers = {source: place for place, source in enumerate(others, 1)}
        for number, source, first_sheet in self._references():
            if source in others:
                sheets = others[source].sheets
                yield number, f"[{numbers[source]}]{sheets[first_sheet] if first_sheet < len(sheets) else ''}"

    def _references(self) -> Iterator[tuple[int, int, int]]:
        """Yield number, source and first sheet of each."""
        for number in range(min(u16(self.references, 0), len(self.references) // 6)):
            yield number, u16(self.references, 2 + 6 * number), u16(self.references, 4 + 6 * number)


def links_of(stream: bytes) -> Links:
    """Return what a workbook is tied to; nothing of one from before Excel 97."""
    sources: list[_Source] = []
    names: dict[int, list[str]] = {}
    objects, references, previous = set(), [], 0
    for kind, body in records(stream, kinds=_KINDS) if is_biff8(stream) else ():
        if kind == _OTHER_BOOK:
            sources.append(_source(body))
        elif kind == _OTHER_NAME:
            names.setdefault(len(sources) - 1, []).append(text_at(body, 7, u8(body, 6)))
            if u16(body, 0) & _IS_OBJECT:
                objects.add(len(sources) - 1)
        elif kind == _REFERENCES or (kind == CONTINUE and previous == _REFERENCES):
            references.append(body)
        previous = kind if kind != CONTINUE else previous
    return Links(sources, frozenset(objects), b"".join(references), names)


def _source(body: bytes) -> _Source:
    letters = u16(body, 2)
    if letters in (_ITSELF, _ADD_INS):
        return _Source("", [])
    behind = 5 + letters * (2 if u8(body, 4) & 1 else 1)
    return _Source(text_at(body, 4, letters), texts_in(body, behind, u16(body, 0)))


def _plain(path: str) -> str:
    """Folders are told by signs that no file name has."""
    return _FOLDERS.sub("/", path)
