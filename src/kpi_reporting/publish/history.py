"""Issues: every published state of a row stays, and the published table only shows the newest ones."""

from __future__ import annotations

import psycopg
from psycopg import sql

from kpi_reporting.publish.diff import assignments, delete_removed, names
from kpi_reporting.publish.tables import Layout

_STALE = "is_stale"

_ARRIVED = """
insert into {issues} ({columns}, revision, publication_id, cause)
select {values}, c.revision, {publication}, c.cause
from {causes} as c inner join {source} as new using ({keys})
where c.change in ('added', 'changed')
"""

_MARKED = """
insert into {issues} ({columns}, revision, publication_id, cause)
select {values}, c.revision, {publication}, c.cause
from {causes} as c inner join {target} as old using ({keys})
where c.change = 'marked'
"""

# A row that is gone leaves its key and nothing else: missing is told, never a last value carried on.
_REMOVED = """
insert into {issues} ({keys}, revision, publication_id, is_removed, cause)
select {keys}, c.revision, {publication}, true, c.cause
from {causes} as c
where c.change = 'removed'
"""

_SHOW = """
insert into {target} ({columns})
select {columns} from {issues} as issue
where issue.publication_id = {publication} and not issue.is_removed
on conflict ({keys}) do update set {assignments}
"""


def record_issues(conn: psycopg.Connection, layout: Layout, publication_id: int) -> None:
    """Write an issue for every change, with its revision and cause, before the published table is touched."""
    stale = (_STALE,) if _STALE in layout.own_columns else ()
    arrived = [sql.SQL("false")] if stale else []
    marked = [sql.SQL("not old.is_stale")] if stale else []
    parts = {
        "issues": layout.issues, "causes": layout.causes, "source": layout.source, "target": layout.target,
        "keys": names(layout.keys), "columns": names((*layout.columns, *stale)),
        "publication": sql.Literal(publication_id),
    }  # fmt: skip
    comma = sql.SQL(", ")
    conn.execute(
        sql.SQL(_ARRIVED).format(**parts, values=comma.join([names(layout.columns, "new"), *arrived]))
    )
    conn.execute(sql.SQL(_MARKED).format(**parts, values=comma.join([names(layout.columns, "old"), *marked])))
    conn.execute(sql.SQL(_REMOVED).format(**parts))


def show_issues(conn: psycopg.Connection, layout: Layout, publication_id: int) -> None:
    """Bring the published table to the state of this publication's issues; every other row stays untouched."""
    delete_removed(conn, layout, layout.causes)
    everything = (*layout.columns, *layout.own_columns)
    conn.execute(
        sql.SQL(_SHOW).format(
            target=layout.target, issues=layout.issues, columns=names(everything), keys=names(layout.keys),
            publication=sql.Literal(publication_id), assignments=assignments(everything),
        )
    )  # fmt: skip
