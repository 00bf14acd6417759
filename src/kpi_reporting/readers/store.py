"""Writing readings into raw: one COPY per table for many submissions, in the transaction of the caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import LiteralString

import psycopg
from psycopg import sql

from kpi_reporting.findings import storable, store_findings
from kpi_reporting.readers.structure import Table
from kpi_reporting.readers.submissions import KeptRows, Reading
from kpi_reporting.warehouse.nights import Night

_READINGS = (
    "submission_id", "reader", "sender_code", "unit_code", "form_code", "form_version", "period_code", "is_nil",
    "claimed_by", "sheet_name", "header_row", "first_row", "last_row", "measure",
)  # fmt: skip
_LAYOUT = ("submission_id", "row_number", "column_number", "field_code", "header")
_LONGEST_HEADER = 500
_ROWS = ("submission_id", "sheet_name", "row_number", "cells")
# Pages that are not summarized are read by whoever looks for a submission; autovacuum comes when it likes.
_SUMMARIZE = "select brin_summarize_new_values('raw.sheet_rows_submission')"
_STATES = ("submission_id", "night_id", "state", "reason")
_BLOCK = 2_000
_BACKSLASH, _ESCAPED = "\\", "\\\\"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def store_readings(conn: psycopg.Connection, night: Night, readings: Sequence[Reading]) -> None:
    """Write readings, findings and new states; a refused submission leaves no rows behind."""
    read = [reading for reading in readings if reading.state == "read"]
    _copy(conn, "readings", _READINGS, (_reading_row(reading) for reading in readings))
    _copy(conn, "layout_columns", _LAYOUT, _layout_rows(read))
    store_rows(conn, [(one.submission.submission_id, one.kept) for one in read if one.kept])
    store_findings(conn, night, [finding for reading in readings for finding in reading.addressed()])
    states = (
        (reading.submission.submission_id, night.night_id, reading.state, _reason(reading))
        for reading in readings
    )
    _copy(conn, "submission_states", _STATES, states)


def store_rows(conn: psycopg.Connection, kept: Iterable[tuple[int, KeptRows]]) -> None:
    """Write the rows of submissions, by their numbers, as blocks of text: a tuple for each row would cost more."""
    with conn.cursor() as cursor, cursor.copy(_copy_into("sheet_rows", _ROWS)) as copy:
        for submission_id, one in kept:
            for first in range(0, len(one.rows), _BLOCK):
                copy.write(_block(submission_id, one, first))
    conn.execute(_SUMMARIZE)


def _block(submission_id: int, kept: KeptRows, first: int) -> str:
    """Lines of COPY's text format; what JSON writes has neither tabs nor line breaks, but backslashes."""
    before = f"{submission_id}\t{kept.sheet_name.translate(_ESCAPES)}\t"
    rows = enumerate(kept.rows[first : first + _BLOCK], first + 1)
    return "".join([f"{before}{number}\t{row.replace(_BACKSLASH, _ESCAPED)}\n" for number, row in rows])


def _copy(
    conn: psycopg.Connection, table: LiteralString, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    with conn.cursor() as cursor, cursor.copy(_copy_into(table, columns)) as copy:
        for row in rows:
            copy.write_row(row)


def _copy_into(table: LiteralString, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("copy raw.{} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    )


def _reading_row(reading: Reading) -> tuple[object, ...]:
    table, kept = reading.table, reading.kept
    place = (
        (kept.sheet_name, table.header_row, table.first_row, table.last_row)
        if kept and table
        else (None,) * 4
    )
    return (
        reading.submission.submission_id,
        reading.reader,
        reading.sender_code,
        reading.unit_code,
        reading.form_code,
        reading.form_version,
        reading.period_code,
        reading.claim.is_nil,
        reading.claim.claimed_by,
        *place,
        storable(reading.measure[:_LONGEST_HEADER]) if reading.measure else None,
    )


def _layout_rows(readings: Iterable[Reading]) -> Iterator[tuple[object, ...]]:
    for reading in readings:
        if reading.table:
            for row, column, field_code, header in _layout(reading.table):
                kept = storable(header[:_LONGEST_HEADER]) if header else None
                yield reading.submission.submission_id, row, column, field_code, kept


def _layout(table: Table) -> Iterator[tuple[int | None, int, str | None, str | None]]:
    """The columns of the form, then those that are no field of it where a person wrote the header; or single cells."""
    for cell in table.cells:
        for column, field_code in cell.columns.items():
            yield cell.first_row, column, field_code, None
    for column, field_code in table.columns.items():
        yield None, column, field_code, table.headers.get(column)
    for column, text in table.unknown.items() if table.headers else ():
        yield None, column, None, text


def _reason(reading: Reading) -> str | None:
    """The rules that refuse it, or what a file of several held; a submission that is read needs no reason."""
    if reading.state == "read":
        return None
    if reading.state == "unpacked":
        return f"{len(reading.parts)} reports"
    return ", ".join(dict.fromkeys(one.rule_id for one in reading.findings if one.severity != "warning"))
