"""Writing readings into raw: one COPY per table for many submissions, in the transaction of the caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import LiteralString

import psycopg
from psycopg import sql

from kpi_reporting.findings import store_findings
from kpi_reporting.readers.reading import Reading
from kpi_reporting.warehouse.nights import Night

_READINGS = (
    "submission_id", "reader", "sender_code", "unit_code", "form_code", "form_version", "period_code", "is_nil",
    "claimed_by", "sheet_name", "header_row", "first_row", "last_row",
)  # fmt: skip
_LAYOUT = ("submission_id", "column_number", "field_code")
_ROWS = ("submission_id", "sheet_name", "row_number", "cells")
_STATES = ("submission_id", "night_id", "state", "reason")


def store_readings(conn: psycopg.Connection, night: Night, readings: Sequence[Reading]) -> None:
    """Write readings, findings and new states; a refused submission leaves no rows behind."""
    read = [reading for reading in readings if reading.state == "read"]
    _copy(conn, "readings", _READINGS, (_reading_row(reading) for reading in readings))
    _copy(conn, "layout_columns", _LAYOUT, _layout_rows(read))
    _copy(conn, "sheet_rows", _ROWS, _sheet_rows(read))
    store_findings(conn, night, [finding for reading in readings for finding in reading.addressed()])
    states = (
        (reading.submission.submission_id, night.night_id, reading.state, _reason(reading))
        for reading in readings
    )
    _copy(conn, "submission_states", _STATES, states)


def _copy(
    conn: psycopg.Connection, table: LiteralString, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    statement = sql.SQL("copy raw.{} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    )
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


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
    )


def _layout_rows(readings: Iterable[Reading]) -> Iterator[tuple[object, ...]]:
    for reading in readings:
        for column, field_code in (reading.table.columns if reading.table else {}).items():
            yield reading.submission.submission_id, column, field_code


def _sheet_rows(readings: Iterable[Reading]) -> Iterator[tuple[object, ...]]:
    for reading in readings:
        if reading.kept:
            for number, row in enumerate(reading.kept.rows, 1):
                yield reading.submission.submission_id, reading.kept.sheet_name, number, row


def _reason(reading: Reading) -> str | None:
    """The rules that refuse it; a submission that is read needs no reason."""
    if reading.state == "read":
        return None
    return ", ".join(dict.fromkeys(one.rule_id for one in reading.findings if one.severity != "warning"))
