"""Columns of figures that their header tells apart by periods, where the form has one for each month or quarter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.period_texts import period_named, said_in, words_of
from kpi_reporting.readers.sheet import Cell, Sheet, is_blank
from kpi_reporting.readers.structure import HEADER_WITHIN_ROWS, Table, find_table
from kpi_reporting.registry.models import ANY_PERIOD, FormField
from kpi_reporting.text import match_key

_DIGITS_OF_A_YEAR = 4
_HEADER_ROWS = HEADER_WITHIN_ROWS + 4


def by_period(fields: Sequence[FormField]) -> set[str]:
    """Return the codes of the fields that have a column for each period."""
    return {field.field_code for field in fields if ANY_PERIOD in field.label}


def find_table_of_period(
    sheet: Sheet, wanted: Sequence[FormField], rows: range, kind: str, period_code: str
) -> Table | None:
    """Return the table with the columns of one period, or None when none of its labels occurs.

    A cell names the period when it says that and nothing else ("Tháng 7/2025", "T7"), or a whole label with it; of
    its year when it names none. Columns of other periods with something below are listed as such, not as unknown.
    """
    year = int(period_code[:4])

    def shown(cell: Cell) -> Cell:
        said = said_in(cell, kind)
        named = _named_in(said, wanted) if said else ()
        return next(
            (form for name, form in named if period_named(name, kind, year) == period_code), said or cell
        )

    top = [[shown(cell) for cell in row] for row in sheet.rows[:_HEADER_ROWS]]
    table = find_table(replace(sheet, rows=[*top, *sheet.rows[_HEADER_ROWS:]]), wanted, rows)
    if table is not None and by_period(wanted).issuperset(table.columns.values()):
        # The period alone is no header: it stands in the stamp, too.
        table = find_table(sheet, wanted, rows)
    return None if table is None else _of_period(table, wanted, kind, period_code)


def _of_period(table: Table, wanted: Sequence[FormField], kind: str, period_code: str) -> Table:
    year, own = int(period_code[:4]), words_of(period_code)
    others = {
        column: text
        for column, text in table.unknown.items()
        if any(period_named(name, kind, year) for name, _ in _named_in(text, wanted))
    }
    return replace(
        table,
        missing=[label.replace(ANY_PERIOD, own) for label in table.missing],
        absent=[label.replace(ANY_PERIOD, own) for label in table.absent],
        doubled=[label.replace(ANY_PERIOD, own) for label in table.doubled],
        unknown={column: text for column, text in table.unknown.items() if column not in others},
        of_other_periods=others,
    )


def _named_in(text: str, wanted: Sequence[FormField]) -> Iterator[tuple[str, str]]:
    """What may be the name of a period in a header: where a label has it, with that label, or all of it.

    A number alone is none: rows that number the columns have them, too.
    """
    key = match_key(text)
    for label in dict.fromkeys([*(field.label for field in wanted), ANY_PERIOD]):
        before, sign, behind = match_key(label).partition(ANY_PERIOD)
        is_number = label == ANY_PERIOD and key.isdecimal() and len(key) < _DIGITS_OF_A_YEAR
        if sign and key.startswith(before) and key.endswith(behind) and not is_number:
            yield key[len(before) : len(key) - len(behind)], label


def periods_above(sheets: Sequence[Sheet], wanted: Sequence[FormField], kind: str) -> list[str]:
    """Return the periods of a kind that cells name with their year where a header may stand, each once.

    A program names no periods in its header.
    """
    cells = (
        cell for sheet in sheets if not sheet.is_payload for row in sheet.rows[:_HEADER_ROWS] for cell in row
    )
    texts = (said for cell in cells if (said := said_in(cell, kind)))
    named = (period_named(name, kind) for text in texts for name, _ in _named_in(text, wanted))
    return list(dict.fromkeys(code for code in named if code))


def has_figures(fields: Sequence[FormField], sheet: Sheet, table: Table) -> bool:
    """Tell whether anything stands in the columns of the period that a table was looked for."""
    columns = [column for column, code in table.columns.items() if code in by_period(fields)]
    rows = range(table.first_row, table.last_row + 1)
    return any(not is_blank(sheet.cell(row, column)) for row in rows for column in columns)


def columns_without_year(
    sheet: Sheet, table: Table, wanted: Sequence[FormField], kind: str
) -> Iterator[Finding]:
    """Return the errors of columns with figures whose header names a period without its year."""
    for column, text in table.of_other_periods.items():
        if not any(period_named(name, kind) for name, _ in _named_in(text, wanted)):
            yield built_in("column_period_unknown").finding(
                message_vi=f"Cột “{text}” có số liệu nhưng không ghi năm, trong khi tệp gồm nhiều kỳ.",
                message_en=f"The column {text!r} names a period without its year.",
                sheet_name=sheet.name,
                cell=cell_address(table.header_row, column),
                found=text,
            )


def other_periods_told(period_code: str, sheet: Sheet, table: Table) -> Iterator[Finding]:
    """Return the note that a filing for one period has figures of others, which are not read."""
    if table.of_other_periods:
        listed = ", ".join(f"“{text}”" for text in table.of_other_periods.values())
        yield built_in("columns_of_other_periods").finding(
            message_vi=f"Báo cáo gửi cho kỳ {period_code}; số liệu ở các cột {listed} không được đọc.",
            message_en=f"The filing is for {period_code}; the columns {listed} are not read.",
            sheet_name=sheet.name,
            cell=cell_address(table.header_row, min(table.of_other_periods)),
            found=", ".join(table.of_other_periods.values()),
        )
