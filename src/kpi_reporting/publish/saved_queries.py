"""Saved queries of the reading systems, run against the candidate of a publication before anybody sees it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import LiteralString

import psycopg
from psycopg import errors, sql
from psycopg.postgres import types

from kpi_reporting.publish.saved_query import SavedQuery, SavedQueryError, read_saved_query, with_placeholders
from kpi_reporting.publish.tables import SCHEMA
from kpi_reporting.settings import READER_ROLE

# A column of this name says which publication a reader looks at.
READ_PUBLICATION = "read_publication_id"

_log = logging.getLogger(__name__)
# An answer may be long, as after everything was computed anew; a query without an end must not keep the night.
_PATIENCE_MS = 10_000
_PATIENCE_PER_ROW_MS = 1
_REFUSALS = (psycopg.ProgrammingError, psycopg.DataError, errors.QueryCanceled)
_NEWEST = "select max(publication_id) from reporting.publications"
_WHAT_TO_DO = (
    "Nothing was published. Correct the model, the migration or the grant that broke the promise, "
    "or change the query together with its readers."
)

_DESCRIBE = "select * from (\n{statement}\n) as answer limit 0"

# The server looks at the rows: after everything was computed anew, an answer may be all figures there are.
_JUDGE = """
with answer as materialized (
{statement}
)

select
    (select count(*) from answer),
    (select array[{texts}] from answer group by {keys} having count(*) > 1 limit 1),
    (select array_agg(distinct {publication}) from answer)
"""


@dataclass(frozen=True)
class Answer:
    """What the candidate answers: names and types of the columns, and what was found in the rows.

    ``double`` is a key that more than one row has, ``publications`` what rows say of the one they are of.
    """

    columns: dict[str, str]
    rows: int = 0
    expected_rows: int | None = None
    double: Sequence[str | None] | None = None
    publications: frozenset[int | None] = frozenset()
    milliseconds: int = 0


def version_folders(contracts: Path) -> dict[int, Path]:
    """Folders of the contract's versions by number, the newest last."""
    found = {int(path.name[1:]): path for path in contracts.glob("v*") if path.name[1:].isdigit()}
    return dict(sorted(found.items()))


def run_saved_queries(conn: psycopg.Connection, contracts: Path) -> None:
    """Run every saved query as a reader would and compare the answers with what they promise.

    Queries of the newest version of the contract read the published tables, those of an older version its views.
    What a query sets on the connection is undone.

    Raises:
        SavedQueryError: a promise is broken; the caller's transaction must not be committed.
    """
    newest = _number(conn, _NEWEST)
    for schema, path in _files(contracts):
        query = read_saved_query(path)
        answer = _ask(conn, schema, query)
        for expected, found in _broken(query, answer, newest):
            raise _refusal(query, expected, found)
        if answer.milliseconds > query.limit_ms:
            _log.warning(
                "Saved query %s took %d ms; its readers count on %d ms. Look at its plan with explain.",
                query.file, answer.milliseconds, query.limit_ms,
            )  # fmt: skip


def _files(contracts: Path) -> Iterator[tuple[str, Path]]:
    folders = version_folders(contracts)
    for number, folder in folders.items():
        schema = SCHEMA if number == max(folders) else f"{SCHEMA}_v{number}"
        files = sorted(folder.glob("queries/*.sql"))
        if not files:
            raise SavedQueryError(f"{folder}/queries holds no saved query. {_WHAT_TO_DO}")
        yield from ((schema, file) for file in files)
    if not folders:
        raise SavedQueryError(
            f"{contracts} holds no version of the contract for readers, so nothing was published. "
            "Install the folder contracts/ beside dbt_project/."
        )


def _ask(conn: psycopg.Connection, schema: str, query: SavedQuery) -> Answer:
    try:
        # Rolling back to here gives the owner's role, search path and time limit back.
        with conn.transaction(force_rollback=True):
            _become_reader(conn, schema)
            return _answer(conn, query)
    except _REFUSALS as error:
        found = error.diag.message_primary or str(error)
        raise _refusal(query, f"to run as {READER_ROLE}", found) from error


def _become_reader(conn: psycopg.Connection, schema: str) -> None:
    conn.execute(sql.SQL("set local search_path = {}").format(sql.Identifier(schema)))
    _wait_at_most(conn, _PATIENCE_MS)
    try:
        conn.execute(sql.SQL("set local role {}").format(sql.Identifier(READER_ROLE)))
    except errors.InsufficientPrivilege as error:
        raise SavedQueryError(
            f"Saved queries run as {READER_ROLE}, but {conn.info.user} may not take that role; nothing was published. "
            f"Let an administrator run: grant {READER_ROLE} to {conn.info.user}"
        ) from error


def _wait_at_most(conn: psycopg.Connection, milliseconds: int) -> None:
    conn.execute(sql.SQL("set local statement_timeout = {}").format(sql.Literal(milliseconds)))


def _answer(conn: psycopg.Connection, query: SavedQuery) -> Answer:
    values = {name: _first(conn, sample) for name, sample in query.parameters.items()}
    cursor = conn.execute(_asked(_DESCRIBE, query), values)
    columns = {column.name: _type_name(column.type_code) for column in cursor.description or ()}
    if list(columns.items()) != list(_promised(query).items()):
        return Answer(columns)
    expected = _number(conn, query.as_many_as, values) if query.as_many_as else None
    _wait_at_most(conn, _PATIENCE_MS + _PATIENCE_PER_ROW_MS * (expected or 0))
    started = monotonic()
    row = conn.execute(_asked(_JUDGE, query), values).fetchone()
    milliseconds = round((monotonic() - started) * 1000)
    rows, double, publications = row or (0, None, None)
    seen = frozenset(publications or ()) if READ_PUBLICATION in columns else frozenset()
    return Answer(columns, rows, expected, double, seen, milliseconds)


def _asked(template: LiteralString, query: SavedQuery) -> sql.Composed:
    statement = with_placeholders(query.statement.rstrip().rstrip(";")).decode()
    keys = [sql.Identifier(name) for name in query.one_per]
    comma = sql.SQL(", ")
    return sql.SQL(template).format(
        statement=sql.SQL(statement),
        keys=comma.join(keys),
        texts=comma.join(sql.SQL("cast({} as text)").format(key) for key in keys),
        publication=sql.Identifier(READ_PUBLICATION)
        if READ_PUBLICATION in query.columns
        else sql.SQL("cast(null as bigint)"),
    )


def _promised(query: SavedQuery) -> dict[str, str]:
    return {name: _type_name(types.get_oid(kind)) for name, kind in query.columns.items()}


def _broken(query: SavedQuery, answer: Answer, newest: int | None) -> Iterator[tuple[str, str]]:
    """Pairs of what was expected and what was found instead."""
    promised = _promised(query)
    if list(answer.columns.items()) != list(promised.items()):
        yield f"columns {_listed(promised)}", _listed(answer.columns)
        return
    if answer.double:
        yield (
            f"one row per {', '.join(query.one_per)}",
            f"more than one for {', '.join(map(str, answer.double))}",
        )
    if answer.expected_rows not in {None, answer.rows}:
        yield f"{answer.expected_rows} rows, as counted by {query.as_many_as}", f"{answer.rows} rows"
    if mixed := answer.publications - {newest}:
        yield f"rows of publication {newest} alone", f"rows of {', '.join(map(str, sorted(mixed, key=str)))}"


def _refusal(query: SavedQuery, expected: str, found: str) -> SavedQueryError:
    return SavedQueryError(
        f"Saved query {query.file} ({query.purpose}) would break for its readers. "
        f"Expected: {expected}. Found: {found}. {_WHAT_TO_DO}"
    )


def _first(conn: psycopg.Connection, query: str) -> object:
    row = conn.execute(query.encode()).fetchone()
    return row[0] if row else None


def _number(conn: psycopg.Connection, query: str, values: dict[str, object] | None = None) -> int | None:
    row = conn.execute(with_placeholders(query), values or {}).fetchone()
    return None if row is None else row[0]


def _type_name(oid: int) -> str:
    known = types.get(oid)
    return known.regtype if known else f"type {oid}"


def _listed(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())
