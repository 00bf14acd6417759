"""Which rows have to be compared: a night that changed little costs little, on one year of history and on ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import psycopg
from psycopg import sql

from kpi_reporting.publish.diff import names
from kpi_reporting.publish.tables import Layout
from kpi_reporting.warehouse.nights import Night

# What was touched is told by the newest computation alone: when that is another night's, or one before it recomputed
# everything and was never published, nothing less than everything is compared.
_COMPUTATION = """
select
    own.computation_id,
    own.ledger_seq,
    own.computation_id = (select max(c.computation_id) from raw.computations as c)
    and not exists (select from raw.computations as c where not c.is_published and c.is_full) as is_partial
from raw.computations as own
where own.night_id = %s and not own.is_published
order by own.computation_id desc limit 1
"""

_MARK = """
update raw.computations set is_published = true where computation_id <= %s and not is_published
"""

_TOUCHED = """
create temp table {scope} on commit drop as
select distinct {keys} from {touched}
order by {lie_by}
"""

_TONIGHT = """
create temp table scope_findings on commit drop as
select f.finding_id
from quality.findings as f
where f.night_id = {night} or f.finding_id > (select coalesce(max(p.finding_id), 0) from reporting.findings as p)
"""

# What was judged is compared: a figure that was stopped before it was ever published is stale nowhere.
_AND_STOPPED = """
insert into scope_kpi_values ({keys})
select {keys} from reporting.kpi_values where is_stale
union
select {keys} from held_kpi_values
union
select {keys} from marts.mart_exit_candidates
except
select {keys} from scope_kpi_values
"""


@dataclass(frozen=True)
class Computation:
    """What the marts hold: how far the ledger was read, and whether only what was touched can differ.

    Without ``computation_id`` nobody told how the marts came about, and everything is compared.
    """

    computation_id: int | None = None
    ledger_seq: int | None = None
    is_partial: bool = False


def newest_computation(conn: psycopg.Connection, night: Night) -> Computation:
    """Read the newest computation of the night that was not published yet."""
    row = conn.execute(_COMPUTATION, (night.night_id,)).fetchone()
    return Computation() if row is None else Computation(int(row[0]), int(row[1]), bool(row[2]))


def mark_published(conn: psycopg.Connection, computation: Computation) -> None:
    """Mark a computation and those before it; readers see what they brought."""
    conn.execute(_MARK, (computation.computation_id,))


def limit_to_touched(
    conn: psycopg.Connection, layouts: Sequence[Layout], computation: Computation, night: Night
) -> list[Layout]:
    """Fill the tables of keys to compare, for each published table whose touched rows are known."""
    if not computation.is_partial:
        return list(layouts)
    return [_limited(conn, layout, night) for layout in layouts]


def _limited(conn: psycopg.Connection, layout: Layout, night: Night) -> Layout:
    if layout.published.append_only:
        conn.execute(sql.SQL(_TONIGHT).format(night=sql.Literal(night.night_id)))
        return replace(layout, is_scoped=True)
    touched = layout.published.touched
    if touched is None or conn.execute("select to_regclass(%s)", (touched,)).fetchone() == (None,):
        return layout
    table, keys = sql.Identifier(*touched.split(".")), names(layout.keys)
    lie_by = names(layout.lie_by)
    conn.execute(sql.SQL(_TOUCHED).format(scope=layout.scope, keys=keys, touched=table, lie_by=lie_by))
    if layout.published.name == "kpi_values":
        conn.execute(sql.SQL(_AND_STOPPED).format(keys=keys))
    conn.execute(sql.SQL("analyze {}").format(layout.scope))
    return replace(layout, is_scoped=True)
