"""Everything a warehouse holds, as text that is equal for equal content.

Numbers that a sequence gives have gaps where a transaction was rolled back: they are counted anew in their order.
When something was written by the wall clock, and how often a computation was begun, is the business of the run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql

_LAYERS = ("registry", "raw", "staging", "intermediate", "marts", "quality", "reporting", "national")
# Each computation that was begun has a row; what the last one says is compared.
_OF_THE_RUN = {("raw", "computations"), ("raw", "landing"), ("registry", "loads")}
_BY_THE_WALL_CLOCK = {"collected_at", "published_at", "loaded_at", "entered_at", "finding_id"}
_NUMBERED = {
    "submission_id": "select submission_id from raw.submissions",
    "state_seq": "select state_seq from raw.submission_states",
    "publication_id": "select publication_id from reporting.publications",
}
_SAME = {"ledger_seq": "state_seq"}
_RELATIONS = """
select n.nspname, c.relname
from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = any(%s) and c.relkind in ('r', 'v', 'm')
order by 1, 2
"""
_COMPUTED = """
select night_id, as_of, ledger_seq, state_sha256, is_published from raw.computations
order by computation_id desc limit 1
"""
_LOADED = "select registry_code, sha256 from registry.loads order by load_id desc limit 1"

Content = dict[str, list[str]]


def everything(conn: psycopg.Connection) -> Content:
    """Return the rows of every table and view by its name; a relation that was left behind is one too many."""
    numbers = {name: _counted(conn, query) for name, query in _NUMBERED.items()}
    numbers |= {name: numbers[like] for name, like in _SAME.items()}
    found = {
        f"{schema}.{name}": _rows(
            conn, numbers, sql.SQL("select * from {}").format(sql.Identifier(schema, name))
        )
        for schema, name in conn.execute(_RELATIONS, (list(_LAYERS),)).fetchall()
        if (schema, name) not in _OF_THE_RUN
    }
    last = {"the last computation": _COMPUTED, "the last load": _LOADED}
    return found | {name: _rows(conn, numbers, sql.SQL(query)) for name, query in last.items()}


def differences(found: Content, wanted: Content) -> dict[str, tuple[list[str], list[str]]]:
    """Return by relation the rows that only one of two warehouses has."""
    missing = ["no such relation"]
    both = {
        name: (found.get(name, missing), wanted.get(name, missing)) for name in found.keys() | wanted.keys()
    }
    return {
        name: (_without(one, other), _without(other, one))
        for name, (one, other) in both.items()
        if one != other
    }


def _counted(conn: psycopg.Connection, query: str) -> dict[int, int]:
    numbers = sorted(number for (number,) in conn.execute(query.encode()).fetchall())
    return {0: 0} | {number: place for place, number in enumerate(numbers, 1)}


def _rows(conn: psycopg.Connection, numbers: dict[str, dict[int, int]], query: sql.Composable) -> list[str]:
    told = conn.execute(sql.SQL("select to_jsonb(t) from ({}) as t").format(query)).fetchall()
    return sorted(json.dumps(_told(row, numbers), ensure_ascii=False, sort_keys=True) for (row,) in told)


def _told(row: dict[str, Any], numbers: dict[str, dict[int, int]]) -> dict[str, Any]:
    kept = {name: cell for name, cell in row.items() if name not in _BY_THE_WALL_CLOCK}
    return {name: _cell(cell, numbers.get(name), numbers["submission_id"]) for name, cell in kept.items()}


def _cell(cell: Any, counted: dict[int, int] | None, submissions: dict[int, int]) -> Any:
    if counted is not None and cell is not None:
        return counted[cell]
    if isinstance(cell, str):
        return re.sub(r"(?<=submission )\d+", lambda found: str(submissions[int(found[0])]), cell)
    return cell


def _without(rows: Iterable[str], others: Iterable[str]) -> list[str]:
    left = list(others)
    return [row for row in rows if row not in left or left.remove(row) is not None]
