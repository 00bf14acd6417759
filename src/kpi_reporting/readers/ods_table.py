"""A table of an OpenDocument spreadsheet while it is being read: repetition is laid out only where something stands."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kpi_reporting.findings import cell_address
from kpi_reporting.readers.addresses import Place
from kpi_reporting.readers.limits import Limits
from kpi_reporting.readers.refusal import too_large, unclear_cell
from kpi_reporting.readers.sheet import Cell, ErrorCell, Formula, Sheet, Span

_TIMES = re.compile(r"[1-9][0-9]{0,8}")
_REFERENCE = re.compile(r"\[\.?([A-Z$]+[0-9$]+)(?::\.?([A-Z$]+[0-9$]+))?\]")


class OdsTable:
    """Rows and cells in the order they are written; empty ones are counted, and made when one follows that is not."""

    def __init__(self, name: str, is_visible: bool, limits: Limits) -> None:
        self.name, self.is_visible = name, is_visible
        self.rows: list[list[Cell]] = []
        self._limits = limits
        self._row: list[Cell] = []
        self._row_number = self._column = self._columns = self._cells = 0
        self._repeated = 1
        self._merged: list[Span] = []
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._formulas: dict[Place, Formula] = {}

    def sheet(self) -> Sheet:
        """Return what was read."""
        without_value = [place for place, formula in self._formulas.items() if not formula.has_value]
        return Sheet(
            self.name,
            self.rows,
            self._merged,
            frozenset(self._hidden_rows),
            without_value,
            frozenset(self._hidden_columns),
            self._formulas,
        )

    def add_columns(self, named: Mapping[str, str], is_hidden: bool) -> None:
        """Note the next columns."""
        count = self._times(named, "table:number-columns-repeated")
        if is_hidden:
            self._hidden_columns |= set(range(self._columns + 1, min(self._columns + count, 16_384) + 1))
        self._columns += count

    def start_row(self, named: Mapping[str, str], is_hidden: bool) -> None:
        """Begin the next row, which may stand for several."""
        self._row, self._column = [], 0
        self._repeated = repeated = self._times(named, "table:number-rows-repeated")
        if is_hidden and self._row_number + repeated <= self._limits.rows:
            self._hidden_rows |= set(range(self._row_number + 1, self._row_number + repeated + 1))

    def add(self, value: Cell, named: Mapping[str, str], formula: str) -> None:
        """Add a cell, as often as it is repeated."""
        count = self._times(named, "table:number-columns-repeated")
        place = (self._row_number + 1, self._column + 1)
        if value is not None:
            self._lay_out(value, count)
        if formula:
            has_value = value != ErrorCell("#NO_VALUE")
            self._formulas[place] = Formula(_REFERENCE.sub(_plain, formula), has_value=has_value)
        down, right = (int(named.get(f"table:number-{side}-spanned", "1")) for side in ("rows", "columns"))
        if down > 1 or right > 1:
            self._merged.append(Span(place[0], place[0] + down - 1, place[1], place[1] + right - 1))
        self._column += count

    def end_row(self) -> None:
        """Finish the row; a filled one is laid out as often as it is repeated."""
        if self._row:
            last = self._row_number + self._repeated
            self._cells += len(self._row) * self._repeated
            if last > self._limits.rows or self._cells > self._limits.cells:
                raise too_large(
                    f"> {self._limits.rows} dòng hoặc {self._limits.cells} ô, trang “{self.name}”"
                )
            self.rows.extend([] for _ in range(self._row_number - len(self.rows)))
            self.rows.extend(list(self._row) for _ in range(self._repeated))
        self._row_number += self._repeated

    def _times(self, named: Mapping[str, str], name: str) -> int:
        """How often something is repeated; 0 or -1 times would take a figure away, or lay others over it."""
        written = named.get(name, "1")
        if not _TIMES.fullmatch(written):
            address = cell_address(self._row_number + 1, self._column + 1)
            raise unclear_cell(
                self.name, address, f"lặp lại “{written[:20]}” lần", f"is repeated {written[:20]!r} times"
            )
        return int(written)

    def _lay_out(self, value: Cell, count: int) -> None:
        if self._column + count > self._limits.cells:
            raise too_large(f"> {self._limits.cells} ô, trang “{self.name}”")
        self._row.extend([None] * (self._column - len(self._row)))
        self._row.extend([value] * count)


def _plain(found: re.Match[str]) -> str:
    """[.C7:.C20] is C7:C20 to everybody else."""
    return found[1] if found[2] is None else f"{found[1]}:{found[2]}"
