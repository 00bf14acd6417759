"""What a saved query answers, read in portions: an answer may be as long as everything that is published."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import psycopg
from psycopg.postgres import types

from kpi_reporting.publish.saved_query import SavedQuery, with_placeholders

# A column of this name says which publication a reader looks at.
READ_PUBLICATION = "read_publication_id"
_PORTION = 5_000


@dataclass
class Answer:
    """Names and types of the columns, the number of rows found and expected, and the milliseconds it took.

    ``double`` is the first key that came twice, ``publications`` are those the rows say they are read from.
    """

    expected_rows: int | None
    columns: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    double: tuple[Any, ...] | None = None
    publications: set[object] = field(default_factory=set)
    milliseconds: int = 0


def read_answer(
    conn: psycopg.Connection, query: SavedQuery, values: dict[str, object], expected_rows: int | None
) -> Answer:
    """Run a query and look at every row of its answer, holding a portion of them at a time."""
    answer, started = Answer(expected_rows), monotonic()
    statement, seen = with_placeholders(query.statement), set[bytes]()
    with conn.cursor() as cursor:
        for row in cursor.stream(statement, values, size=_PORTION):
            answer.columns = answer.columns or _columns(cursor)
            _look_at(answer, seen, query, dict(zip(answer.columns, row, strict=False)))
        answer.milliseconds = round((monotonic() - started) * 1000)
        if not answer.columns:  # a stream without rows does not tell its shape
            answer.columns = _columns(cursor.execute(statement, values))
    return answer


def _look_at(answer: Answer, seen: set[bytes], query: SavedQuery, row: dict[str, Any]) -> None:
    answer.rows += 1
    if READ_PUBLICATION in query.columns:
        answer.publications.add(row.get(READ_PUBLICATION))
    if answer.double is None:
        key = tuple(row.get(column) for column in query.one_per)
        digest = hashlib.blake2b(repr(key).encode(), digest_size=16).digest()
        answer.double = key if digest in seen else None
        seen.add(digest)


def _columns(cursor: psycopg.Cursor[Any]) -> dict[str, str]:
    return {column.name: type_name(column.type_code) for column in cursor.description or ()}


def type_name(oid: int) -> str:
    """PostgreSQL's name of a type."""
    known = types.get(oid)
    return known.regtype if known else f"type {oid}"
