"""Where the figures of a form of single cells stand: each has a name of the workbook, or a text left of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kpi_reporting.readers.addresses import Place
from kpi_reporting.readers.defined_names import DefinedName
from kpi_reporting.readers.form_places import is_name, top_texts
from kpi_reporting.readers.sheet import Sheet, Span, is_blank
from kpi_reporting.readers.structure import Table, may_be_left_out
from kpi_reporting.registry.models import FormField
from kpi_reporting.text import match_key


def find_cells(
    sheet: Sheet, names: Iterable[DefinedName], wanted: Sequence[FormField], rows: range | None = None
) -> Table:
    """Return a table whose ``cells`` are tables of one cell each: those that the labels of the wanted fields mean.

    ``rows`` are those they may stand in, counted from 1; None means all of the sheet. A label that means several places
    has a cell for each. A name for a range of which more than the first cell is filled keeps all of it, so that no
    figure in it goes unseen.
    """
    within = range(1, sheet.last_row + 1) if rows is None else rows
    places = _Places(sheet, within, [name for name in names if name.sheet_name == sheet.name])
    found = [(field, area) for field in wanted for area in places.of(field.label)]
    codes = [field.field_code for field, _ in found]
    return Table(
        header_row=min((area.first_row for _, area in found), default=within.start),
        first_row=within.start,
        last_row=within.stop - 1,
        columns={},
        missing=[field.label for field in wanted if field.required and field.field_code not in codes],
        absent=[field.label for field in wanted if may_be_left_out(field) and field.field_code not in codes],
        unknown={},
        doubled=[field.label for field in wanted if codes.count(field.field_code) > 1],
        headers={},
        numbering_row=None,
        top_row=within.start,
        is_of_cells=True,
        cells=tuple(_cell(field, area, len(sheet.rows)) for field, area in found),
    )


def _cell(field: FormField, area: Span, last_row: int) -> Table:
    """A name may mean a cell below all rows there are; then no row holds it."""
    columns = dict.fromkeys(range(area.first_column, area.last_column + 1), field.field_code)
    last = min(area.last_row, last_row)
    return Table(area.first_row, area.first_row, last, columns, [], [], {}, [], {}, None)


@dataclass(frozen=True)
class _Places:
    """What labels mean in the rows of a sheet."""

    sheet: Sheet
    within: range
    names: Sequence[DefinedName]

    def of(self, label: str) -> Iterator[Span]:
        """Yield the places of a figure: what a name means, or the cell right of each text that is the label."""
        wanted = _key(label)
        if is_name(label):
            for name in self.names:
                if match_key(name.name) == wanted[1:] and self._is_within(name.row_number):
                    yield self._named(name)
            return
        for spot, text in top_texts({0: self.sheet}):
            if spot.row_number in self.within and _key(text) == wanted:
                beside = self._merged(spot.row_number, spot.column).last_column + 1
                yield _first(self._merged(spot.row_number, beside))

    def _is_within(self, row_number: int) -> bool:
        """A cell below all rows there are is empty, and still the one that is meant."""
        return row_number in self.within or row_number > self.sheet.last_row

    def _named(self, name: DefinedName) -> Span:
        """Where a name means the cell that is shown, merged or not, its first cell is all there is to read."""
        shown = self._merged(name.row_number, name.column)
        area = Span(name.row_number, name.last_row, name.column, name.last_column)
        inside = [place for place in self._filled(area) if place != (shown.first_row, shown.first_column)]
        return area if inside else _first(shown)

    def _filled(self, area: Span) -> Iterator[Place]:
        for row_number in range(area.first_row, min(area.last_row, len(self.sheet.rows)) + 1):
            row = self.sheet.rows[row_number - 1]
            for column in range(area.first_column, min(area.last_column, len(row)) + 1):
                if not is_blank(row[column - 1]):
                    yield row_number, column

    def _merged(self, row_number: int, column: int) -> Span:
        """The merged range that a cell belongs to, or the cell alone."""
        for area in self.sheet.merged:
            if (
                area.first_row <= row_number <= area.last_row
                and area.first_column <= column <= area.last_column
            ):
                return area
        return Span(row_number, row_number, column, column)


def _first(area: Span) -> Span:
    return Span(area.first_row, area.first_row, area.first_column, area.first_column)


def _key(text: str) -> str:
    """People write a colon behind a label or leave it out."""
    return match_key(text).rstrip(" :")
