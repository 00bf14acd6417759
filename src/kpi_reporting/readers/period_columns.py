"""Columns of figures that their header tells apart by periods, where the form has one for each month or quarter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.period_labels import LabelsOfPeriod, labels_with_period, periods_of
from kpi_reporting.readers.period_texts import said_in, words_of
from kpi_reporting.readers.sheet import Sheet, is_blank
from kpi_reporting.readers.structure import HEADER_WITHIN_ROWS, Header, Table, find_table, possible_headers
from kpi_reporting.registry.models import ANY_PERIOD, FormField

_HEADER_ROWS = HEADER_WITHIN_ROWS + 4


def by_period(fields: Sequence[FormField]) -> dict[str, str]:
    """Return the fields that have a column for each period: their labels by code."""
    return {field.field_code: field.label for field in fields if ANY_PERIOD in field.label}


def find_table_of_period(
    sheet: Sheet, wanted: Sequence[FormField], rows: range, kind: str, period_code: str
) -> Table | None:
    """Return the table with the columns of one period, or None when none of its labels occurs.

    A header names the period when it says that and nothing else, or a whole label with it; of its year when it names
    none. Columns of other periods with something below are listed as such, not as unknown.
    """
    labels = LabelsOfPeriod(wanted, kind, period_code)
    table = find_table(_with_months_for_days(sheet, kind), wanted, rows, labels)
    if table is not None and by_period(wanted).keys() >= set(table.columns.values()):
        # The period alone is no header: it stands in the stamp, too.
        table = find_table(sheet, wanted, rows)
    return None if table is None else _of_period(table, sheet, wanted, kind, period_code)


def _of_period(table: Table, sheet: Sheet, wanted: Sequence[FormField], kind: str, period_code: str) -> Table:
    labels, own = by_period(wanted), words_of(period_code)
    named = _periods_above(sheet, table, wanted, kind, int(period_code[:4]))
    columns = {
        column: code
        for column, code in table.columns.items()
        if code not in labels or named[column] == {period_code}
    }
    disputed = {column: table.headers[column] for column in table.columns.keys() - columns.keys()}
    others = {column: text for column, text in table.unknown.items() if named[column]} | disputed
    missing = [*table.missing, *(labels[table.columns[column]] for column in disputed)]
    headers = {column: labels.get(code, table.headers[column]) for column, code in columns.items()}
    return replace(
        table,
        columns=columns,
        missing=[label.replace(ANY_PERIOD, own) for label in missing],
        absent=[label.replace(ANY_PERIOD, own) for label in table.absent],
        doubled=[label.replace(ANY_PERIOD, own) for label in table.doubled],
        headers=headers,
        unknown={column: text for column, text in table.unknown.items() if column not in others},
        of_other_periods=others,
    )


def _periods_above(
    sheet: Sheet, table: Table, wanted: Sequence[FormField], kind: str, year: int | None = None
) -> Mapping[int, set[str]]:
    """Return the periods that the header of a table names, by column, in every way it reads.

    Where nothing is merged, a text stands above one column or above those to its right, too.
    """
    rows = range(table.header_row, table.numbering_row or table.first_row)
    named = defaultdict[int, set[str]](set)
    for header in _headers(sheet, wanted, kind, rows):
        if (header.first_row, header.height) == (rows.start, len(rows)):
            for column, text in header.texts.items():
                named[column] |= {
                    code for code, _ in periods_of(text, labels_with_period(wanted), kind, year)
                }
    return named


def _headers(sheet: Sheet, wanted: Sequence[FormField], kind: str, rows: range) -> Iterator[Header]:
    return possible_headers(_with_months_for_days(sheet, kind), LabelsOfPeriod(wanted, kind), rows)


def _with_months_for_days(sheet: Sheet, kind: str) -> Sheet:
    top = [[said_in(cell, kind) or cell for cell in row] for row in sheet.rows[:_HEADER_ROWS]]
    return replace(sheet, rows=[*top, *sheet.rows[_HEADER_ROWS:]])


def periods_above(sheets: Sequence[Sheet], wanted: Sequence[FormField], kind: str) -> list[str]:
    """Return the periods of a kind that texts name with their year where a header may stand, the earliest first.

    A program names no periods in its header.
    """
    texts = {
        text
        for sheet in sheets
        if not sheet.is_payload
        for header in _headers(sheet, wanted, kind, range(1, sheet.last_row + 1))
        for text in header.texts.values()
    }
    return sorted({code for text in texts for code, _ in periods_of(text, labels_with_period(wanted), kind)})


def has_figures(fields: Sequence[FormField], sheet: Sheet, table: Table) -> bool:
    """Tell whether anything stands in the columns of the period that a table was looked for."""
    columns = [column for column, code in table.columns.items() if code in by_period(fields)]
    rows = range(table.first_row, table.last_row + 1)
    return any(not is_blank(sheet.cell(row, column)) for row in rows for column in columns)


def columns_without_year(
    sheet: Sheet, table: Table, wanted: Sequence[FormField], kind: str
) -> Iterator[Finding]:
    """Return the errors of columns with figures whose header names a period without its year."""
    named = _periods_above(sheet, table, wanted, kind)
    for column, text in table.of_other_periods.items():
        if not named[column]:
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
