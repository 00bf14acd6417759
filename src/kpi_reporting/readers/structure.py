"""Where a form's table stands in a sheet: its header is found by the labels of the registry, nothing is fixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from kpi_reporting.readers.sheet import Cell, Sheet, cell_text, is_blank
from kpi_reporting.registry.models import FieldRole, FormField
from kpi_reporting.text import match_key

HEADER_WITHIN_ROWS = 200  # published sheets stack tables: the fourth of one begins in row 120
_MAX_HEADER_ROWS = 4


@dataclass(frozen=True)
class Table:
    """A form's table in a sheet, rows and columns counted from 1; ``columns`` maps them to field codes.

    ``missing`` are required labels without a column, ``absent`` those of figures a sender may leave out,
    ``unknown`` are header texts with content below that are no field of the form, ``doubled`` are labels that
    stand above more than one column. ``headers`` are the texts above ``columns`` as the sender spells them; those of a
    payload are names a program gives, and are left out. ``numbering_row`` was passed over below the header, because it
    numbers the columns. ``top_row`` is that of the table's anchor, else the first of the sheet.

    Where the form has a column for each period, ``of_other_periods`` are the headers of those it was not looked for,
    and its own is ``{period}``. Of a form whose figures stand in single cells, ``is_of_cells``, ``cells`` are tables of
    one cell each; then the rows are those they may stand in, and ``columns`` is empty.
    """

    header_row: int
    first_row: int
    last_row: int
    columns: dict[int, str]
    missing: list[str]
    absent: list[str]
    unknown: dict[int, str]
    doubled: list[str]
    headers: dict[int, str]
    numbering_row: int | None
    top_row: int = 1
    of_other_periods: dict[int, str] = field(default_factory=dict)
    is_of_cells: bool = False
    cells: tuple[Table, ...] = ()

    @property
    def parts(self) -> tuple[Table, ...]:
        """What figures stand in: each cell of single ones, else the table itself."""
        return self.cells if self.is_of_cells else (self,)

    @property
    def field_codes(self) -> list[str]:
        """The fields of the form that have a place, those with several of them repeated."""
        return [code for part in self.parts for code in part.columns.values()]

    @property
    def is_complete(self) -> bool:
        """True when every required column is there exactly once."""
        return not self.missing and not self.doubled


@dataclass(frozen=True)
class Header:
    """Some rows read as a header: one text per column, from top to bottom joined by one blank."""

    first_row: int
    height: int
    texts: dict[int, str]
    columns: dict[int, FormField]

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """How well it fits: by required columns, then by all; of equal ones the one of fewer rows, then the first."""
        fields = {field.field_code: field for field in self.columns.values()}
        required = sum(field.required for field in fields.values())
        return required, len(fields), -self.height, -self.first_row


class Labels:
    """The fields that texts above columns mean: each the one whose label it is."""

    def __init__(self, wanted: Sequence[FormField]) -> None:
        self._by_key = {match_key(field.label): field for field in wanted}
        self._beginnings = _beginnings(self._by_key)

    def may_begin(self, text: str) -> bool:
        """Tell whether a text may be the upper part of a label, or all of it."""
        return match_key(text) in self._beginnings

    def columns(self, texts: Mapping[int, str], lowest: Mapping[int, str]) -> dict[int, FormField]:
        """Return the columns that are fields, of those of a header: their texts, and what its lowest row alone says."""
        found = {column: self._by_key.get(match_key(text)) for column, text in texts.items()}
        return {column: field for column, field in found.items() if field}


def header_fields(fields: Sequence[FormField], layout: str) -> list[FormField]:
    """Return the fields that are columns or single cells; the indicators of a list are its rows."""
    return [field for field in fields if layout != "list" or field.role is not FieldRole.INDICATOR]


def find_table(
    sheet: Sheet, wanted: Sequence[FormField], rows: range | None = None, labels: Labels | None = None
) -> Table | None:
    """Return the table whose header fits the wanted columns best, or None when none of their labels occurs.

    ``rows`` are those it may stand in, header and data, counted from 1; None means all of the sheet. Rows of a merged
    header are joined down each column; ``labels`` say what their texts mean, the fields' own without them. Files that
    lost their merged cells on the way (CSV) are read as if a group's text stood above all its columns.
    """
    within = range(1, sheet.last_row + 1) if rows is None else rows
    headers = (
        header for header in possible_headers(sheet, labels or Labels(wanted), within) if header.columns
    )
    best = max(headers, key=lambda header: header.rank, default=None)
    return None if best is None else _table(sheet, best, wanted, within)


def possible_headers(sheet: Sheet, labels: Labels, within: range) -> Iterator[Header]:
    """Yield what may be a header: up to four rows of which the first one may begin a label."""
    plain = _texts_of_top(sheet, within)
    spread = [_spread(row) for row in plain]
    last = _last_rows(sheet, plain, within.start)
    for start in range(min(len(plain), HEADER_WITHIN_ROWS)):
        if not any(map(labels.may_begin, plain[start].values())):
            continue
        for height in range(1, min(_MAX_HEADER_ROWS, len(plain) - start) + 1):
            lowest = last[start + height - 1]
            for above in (plain, spread) if height > 1 else (plain,):
                texts = _joined([*above[start : start + height - 1], lowest])
                yield Header(within.start + start, height, texts, labels.columns(texts, lowest))


def _texts_of_top(sheet: Sheet, within: range) -> list[dict[int, str]]:
    """Return the texts of the top rows by column, a text merged over columns standing above each of them."""
    rows = [
        {place: " ".join(cell_text(cell).split()) for place, cell in enumerate(row, 1) if not is_blank(cell)}
        for row in sheet.rows[within.start - 1 : within.stop - 1][: HEADER_WITHIN_ROWS + _MAX_HEADER_ROWS]
    ]
    for area in sheet.merged:
        if 0 <= area.first_row - within.start < len(rows):
            row = rows[area.first_row - within.start]
            if text := row.get(area.first_column):
                row.update(dict.fromkeys(range(area.first_column, area.last_column + 1), text))
    return rows


def _last_rows(sheet: Sheet, plain: Sequence[dict[int, str]], first_row: int) -> list[dict[int, str]]:
    """Return the rows as a header's last one: columns that the row below merges, too, are one column."""
    spans = {
        (area.first_row, area.first_column, area.last_column)
        for area in sheet.merged
        if area.first_row == area.last_row
    }
    rows = [dict(row) for row in plain]
    for row_number, first, last in spans:
        if 0 <= row_number - first_row < len(rows) and (row_number + 1, first, last) in spans:
            for column in range(first + 1, last + 1):
                rows[row_number - first_row].pop(column, None)
    return rows


def _spread(row: dict[int, str]) -> dict[int, str]:
    """Fill gaps to the right of each text, up to the next one and not beyond the last column of any header."""
    filled, text = {}, ""
    for column in range(1, max(row, default=0) + 17):
        text = row.get(column, text)
        if text:
            filled[column] = text
    return filled


def _joined(rows: Sequence[dict[int, str]]) -> dict[int, str]:
    lowest_or_alone = {column for row in rows for column in row}
    return {
        column: " ".join(row[column] for row in rows if column in row) for column in sorted(lowest_or_alone)
    }


def _beginnings(labels: Iterable[str]) -> set[str]:
    """The first word of each label, its first two, and so on: what may stand in the upper row of a header."""
    return {" ".join(words) for label in labels for words in accumulate([[word] for word in label.split()])}


def _table(sheet: Sheet, header: Header, wanted: Sequence[FormField], within: range) -> Table:
    below, last_row = header.first_row + header.height, within.stop - 1
    first_row = below + 1 if _is_numbering(sheet, header, below) else below
    counts = Counter(field.field_code for field in header.columns.values())
    return Table(
        header_row=header.first_row,
        first_row=first_row,
        last_row=last_row,
        columns={column: field.field_code for column, field in header.columns.items()},
        missing=[field.label for field in wanted if field.required and field.field_code not in counts],
        absent=[field.label for field in wanted if may_be_left_out(field) and field.field_code not in counts],
        unknown={
            column: text
            for column, text in header.texts.items()
            if column not in header.columns and _has_content(sheet, range(first_row, last_row + 1), column)
        },
        doubled=[field.label for field in wanted if counts[field.field_code] > 1],
        headers={} if sheet.is_payload else {column: header.texts[column] for column in header.columns},
        numbering_row=below if first_row > below else None,
        top_row=within.start,
    )


def may_be_left_out(field: FormField) -> bool:
    """Tell whether a figure is asked for, and a filing without it taken all the same."""
    return field.role is FieldRole.INDICATOR and not field.required


def _has_content(sheet: Sheet, rows: range, column: int) -> bool:
    return any(not is_blank(sheet.cell(row_number, column)) for row_number in rows)


def _is_numbering(sheet: Sheet, header: Header, below: int) -> bool:
    """Tell whether the row directly below numbers the columns (A, B, 1, 2, 3 …); a program that sends JSON does not."""
    return (
        not sheet.is_payload and below <= sheet.last_row and _numbers_columns(sheet.rows[below - 1], header)
    )


def _numbers_columns(row: Sequence[Cell], header: Header) -> bool:
    """Tell whether every column has its letter or number: A, B … for the first ones, then 1, 2 and so on."""
    marks = {column: cell_text(cell).strip("() ") for column, cell in enumerate(row, 1) if not is_blank(cell)}
    if len(marks) < 3 or not header.columns.keys() <= marks.keys() <= header.texts.keys():
        return False
    letters = [mark for mark in marks.values() if not mark.isdecimal()]
    running = [chr(ord("A") + place) for place in range(len(letters))]
    running += [str(number) for number in range(1, len(marks) - len(letters) + 1)]
    return len(letters) < len(marks) and list(marks.values()) == running
