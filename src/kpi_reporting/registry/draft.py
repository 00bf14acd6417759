"""The files of a registry as read, before anyone may rely on them."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kpi_reporting.errors import Problem
from kpi_reporting.registry.models import FILES, Row

_Row = TypeVar("_Row", bound=Row)
_ENCODING = "utf-8-sig"  # spreadsheets put a byte order mark in front; it is no part of the first column


@dataclass(frozen=True)
class Line:
    """A row as it stands in its file; ``row`` is None when its cells break the file's schema."""

    number: int
    cells: dict[str, str]
    row: Row | None


class Draft:
    """Every line of every file, valid or not, and the problems met while reading."""

    def __init__(self, folder: Path) -> None:
        self.problems: list[Problem] = []
        self.file_sha256: dict[str, str] = {}
        self._hash = hashlib.sha256()
        self._lines = {model.file: self._read(folder, model) for model in FILES}

    @property
    def sha256(self) -> str:
        """Hash over the bytes of all files."""
        return self._hash.hexdigest()

    def rows(self, model: type[_Row]) -> Iterator[tuple[int, _Row]]:
        """Yield the rows of a file that keep its schema, with their place in the file."""
        for line in self._lines[model.file]:
            if isinstance(line.row, model):
                yield line.number, line.row

    def written(self, file: str, *columns: str) -> set[tuple[str, ...]]:
        """Return what stands in some columns, of invalid rows too: a bad date does not make a key unknown."""
        return {tuple(line.cells.get(column, "") for column in columns) for line in self._lines[file]}

    def _read(self, folder: Path, model: type[Row]) -> tuple[Line, ...]:
        text = self._text(folder, model)
        if text is None:
            return ()
        records = self._records(model, text)
        header = next(records, None)
        if header is None:
            self._add(model, 0, "", "", "file", "the file is empty; it needs at least its header")
            return ()
        if not self._header_fits(model, header[1]):
            return ()
        return tuple(self._line(model, header[1], number, cells) for number, cells in records)

    def _text(self, folder: Path, model: type[Row]) -> str | None:
        path = folder / f"{model.file}.csv"
        if not path.is_file():
            self._add(model, 0, "", "", "file", "the file is missing; a file with only its header is enough")
            return None
        content = path.read_bytes()
        self.file_sha256[model.file] = hashlib.sha256(content).hexdigest()
        self._hash.update(f"{model.file}:{len(content)}:".encode() + content)
        try:
            return content.decode(_ENCODING)
        except UnicodeDecodeError as error:
            number = content.count(b"\n", 0, error.start) + 1
            self._add(model, number, "", "", "encoding", "the file is not UTF-8; save it as CSV UTF-8")
            return None

    def _records(self, model: type[Row], text: str) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        first_line = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield first_line, [cell.strip() for cell in cells]
                first_line = reader.line_num + 1
        except csv.Error as error:
            self._add(model, first_line, "", "", "csv", f"the row is not CSV: {error}")

    def _header_fits(self, model: type[Row], header: list[str]) -> bool:
        known = len(self.problems)
        for name in header:
            if name not in model.model_fields:
                self._add(model, 1, name, name, "unknown_column", f"unknown column; known: {_names(model)}")
            elif header.count(name) > 1:
                self._add(model, 1, name, name, "column_twice", "the column stands twice in the header")
        for name, field in model.model_fields.items():
            if field.is_required() and name not in header:
                self._add(model, 1, name, "", "missing_column", "the column is missing in the header")
        return len(self.problems) == known

    def _line(self, model: type[Row], header: list[str], number: int, cells: list[str]) -> Line:
        named = dict(zip(header, cells, strict=False))
        if len(cells) != len(header):
            message = f"the row has {len(cells)} cells, the header has {len(header)}"
            self._add(model, number, "", "", "cells", message)
            return Line(number, named, None)
        try:
            filled = {name: cell for name, cell in named.items() if cell}
            return Line(number, named, model.model_validate_strings(filled))
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self._add_detail(model, number, named, detail)
            return Line(number, named, None)

    def _add_detail(self, model: type[Row], number: int, cells: dict[str, str], detail: ErrorDetails) -> None:
        column = str(detail["loc"][0]) if detail["loc"] else ""
        missing = detail["type"] == "missing"
        message = "a value is required" if missing else detail["msg"].removeprefix("Value error, ")
        rule = "required" if missing else "value"
        self._add(model, number, column, cells.get(column, ""), rule, message)

    def _add(self, model: type[Row], row: int, column: str, found: str, rule: str, message: str) -> None:
        self.problems.append(Problem(model.file, row, column, found, rule, message))


def _names(model: type[Row]) -> str:
    return ", ".join(model.model_fields)
