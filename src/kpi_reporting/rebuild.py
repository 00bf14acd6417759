"""A full rebuild in schemas beside the warehouse's own, compared cell by cell.

Nights compute what changed. Once in a while everything is computed again from the rows as sent, and must
come out the same; or a past night is computed again, and must give what readers saw then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from kpi_reporting.errors import WarehouseError
from kpi_reporting.publish.derived import RESTS, find_resting, find_stopped_then
from kpi_reporting.publish.diff import names
from kpi_reporting.publish.figures import FIGURES, read_stopped
from kpi_reporting.publish.tables import PUBLISHED, SCHEMA, Layout, read_layout
from kpi_reporting.registry import Registry
from kpi_reporting.settings import Settings
from kpi_reporting.transform import Beside, load_seeds, run_dbt
from kpi_reporting.warehouse.computations import figures_locked
from kpi_reporting.warehouse.nights import Night

PREFIX = "rebuilt_"
COMPARED = (
    "kpi_values",
    "kpi_values_on_current_boundaries",
    "kpi_comparisons",
    "target_progress",
    "indicator_values",
    "obligations",
    "completeness",
)
_MODELS = (
    "run",
    "--full-refresh",
    "--select",
    "staging",
    "intermediate",
    "marts",
    "--exclude",
    "mart_exit_candidates",
)
_SHOWN = 20

_KEYS = """
select a.attname
from pg_index as i
inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
where i.indrelid = %s::regclass and i.indisprimary
order by a.attnum
"""

_DIFFERENCES = """
select
    {table}, concat_ws('/', {keys}), coalesce(cell.key, 'row'), cell.kept, cell.rebuilt
from {kept} as k
full join {rebuilt} as r using ({keys})
cross join lateral (
    select coalesce(o.key, n.key) as key, o.value as kept, n.value as rebuilt
    from jsonb_each_text(to_jsonb(k)) as o
    full join jsonb_each_text(to_jsonb(r)) as n using (key)
    where o.value is distinct from n.value
) as cell
where to_jsonb(k) is distinct from to_jsonb(r)
"""


# What was held back that night readers saw in an older state, or not at all.
_SEEN_THEN = """
create temp table {held_back} on commit drop as
select {keys} from {held}
union
select {keys} from {past} where is_stale;
create temp table {seen} on commit drop as
select {columns} from {past} where ({keys}) not in (select {keys} from {held_back});
create temp table {again} on commit drop as
select {columns} from {rebuilt} where ({keys}) not in (select {keys} from {held_back});
"""

# A computation goes on from the last one only while the registry and the models stay what they were.
COMPUTE_EVERYTHING = "update raw.computations set state_sha256 = ''"


@dataclass(frozen=True)
class Difference:
    """A cell that a rebuild gives otherwise; a row of one side only differs in all its cells."""

    table_name: str
    row_key: str
    column_name: str
    kept: str | None
    rebuilt: str | None


@dataclass(frozen=True)
class RebuildSummary:
    """How many rows were compared and which cells differ."""

    rows_compared: int
    differences: tuple[Difference, ...]

    def error(self) -> str:
        """Say which cells differ and what happens with them."""
        shown = "; ".join(
            f"{one.table_name} {one.row_key} {one.column_name}: kept {one.kept}, rebuilt {one.rebuilt}"
            for one in self.differences[:_SHOWN]
        )
        more = f" and {len(self.differences) - _SHOWN} more" if len(self.differences) > _SHOWN else ""
        return (
            f"A full rebuild differs in {len(self.differences)} cells: {shown}{more}. These figures are not published "
            "until a rebuild agrees. Find the cause in the models, then compute everything: change a model or the "
            f"registry, or run: {COMPUTE_EVERYTHING}"
        )


def rebuild(conn: psycopg.Connection, settings: Settings, registry: Registry, night: Night) -> RebuildSummary:
    """Rebuild everything beside the warehouse as the night saw it, compare, and keep what differs."""
    with figures_locked(conn):
        rebuild_beside(settings, registry, night.night_id)
        summary = _compare(conn, night)
        if not summary.differences:
            _drop(conn)
    return summary


def _compare(conn: psycopg.Connection, night: Night) -> RebuildSummary:
    with conn.transaction():
        compared = sum(_count(conn, _sides(table)[1]) for table in COMPARED)
        differences = [one for table in COMPARED for one in _differences(conn, table, *_sides(table))]
        _keep(conn, night, compared, differences)
    return RebuildSummary(compared, tuple(differences))


def replay(
    conn: psycopg.Connection, settings: Settings, registry: Registry, publication_id: int
) -> RebuildSummary:
    """Compute a past night again beside the warehouse and compare it with what readers saw then.

    What was held back that night, figures and what rests on them, is left out: readers saw an older state of it.

    Raises:
        WarehouseError: there is no such publication, or its night followed another registry.
    """
    night_id = _night_of(conn, registry, publication_id)
    with figures_locked(conn):
        rebuild_beside(settings, registry, night_id)
        with conn.transaction():
            summary = _compare_with_past(conn, night_id, publication_id)
        if not summary.differences:
            _drop(conn)
    return summary


def _compare_with_past(conn: psycopg.Connection, night_id: str, publication_id: int) -> RebuildSummary:
    compared, differences = 0, []
    layouts = [read_layout(conn, one) for one in PUBLISHED if one.name == FIGURES or one.name in RESTS]
    for layout in layouts:
        read_stopped(conn, night_id, layout)
        if layout.published.name == FIGURES:
            find_stopped_then(conn, layout, publication_id)
        else:
            find_resting(conn, layout, PREFIX)
        seen, again = _seen_and_again(conn, layout, publication_id)
        differences += _differences(conn, layout.published.name, seen, again)
        compared += _count(conn, seen)
    return RebuildSummary(compared, tuple(differences))


def _seen_and_again(
    conn: psycopg.Connection, layout: Layout, publication_id: int
) -> tuple[sql.Identifier, sql.Identifier]:
    """What readers saw of a table then, and what a rebuild gives, both without what was held back."""
    name = layout.published.name
    seen, again = sql.Identifier(f"seen_{name}"), sql.Identifier(f"again_{name}")
    past = sql.SQL("{}({})").format(sql.Identifier(SCHEMA, f"{name}_as_of"), sql.Literal(publication_id))
    conn.execute(
        sql.SQL(_SEEN_THEN).format(
            held_back=sql.Identifier(f"held_back_{name}"), held=layout.held, past=past, seen=seen,
            again=again, rebuilt=_sides(name)[1], keys=names(layout.keys), columns=names(layout.columns),
        )
    )  # fmt: skip
    return seen, again


def _night_of(conn: psycopg.Connection, registry: Registry, publication_id: int) -> str:
    with conn.transaction():
        row = conn.execute(
            "select night_id, registry_sha256 from reporting.publications where publication_id = %s",
            (publication_id,),
        ).fetchone()
    if row is None:
        raise WarehouseError(f"There is no publication {publication_id}.")
    if row[1] != registry.sha256:
        raise WarehouseError(
            f"Publication {publication_id} followed another registry ({row[1][:12]}…) than {registry.folder} "
            f"({registry.sha256[:12]}…): name the folder as it was then."
        )
    return str(row[0])


def rebuild_beside(settings: Settings, registry: Registry, night_id: str) -> None:
    """Compute everything as a night saw it, in schemas of their own."""
    beside = Beside(PREFIX, night_id)
    load_seeds(settings, registry, beside)
    run_dbt(settings, registry.code, _MODELS, beside)


def _drop(conn: psycopg.Connection) -> None:
    """What agrees is not needed twice; what differs stays to be looked at."""
    with conn.transaction():
        for layer in ("marts", "intermediate", "staging", "registry"):
            conn.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(PREFIX + layer)))


def _sides(table: str) -> tuple[sql.Identifier, sql.Identifier]:
    return sql.Identifier("marts", f"mart_{table}"), sql.Identifier(f"{PREFIX}marts", f"mart_{table}")


def _differences(
    conn: psycopg.Connection, table: str, kept: sql.Identifier, rebuilt: sql.Identifier
) -> list[Difference]:
    keys = [name for (name,) in conn.execute(_KEYS, (f"marts.mart_{table}",)).fetchall()]
    if not keys:
        raise WarehouseError(f"marts.mart_{table} has no primary key; build the marts before a rebuild.")
    query = sql.SQL(_DIFFERENCES).format(
        table=sql.Literal(table),
        kept=kept,
        rebuilt=rebuilt,
        keys=sql.SQL(", ").join(map(sql.Identifier, keys)),
    )
    return [Difference(*row) for row in conn.execute(query).fetchall()]


def _count(conn: psycopg.Connection, table: sql.Identifier) -> int:
    row = conn.execute(sql.SQL("select count(*) from {}").format(table)).fetchone()
    return int(row[0]) if row else 0


def _keep(conn: psycopg.Connection, night: Night, compared: int, differences: Sequence[Difference]) -> None:
    row = conn.execute(
        """
        insert into quality.rebuilds (night_id, computation_id, rows_compared)
        select %s, max(c.computation_id), %s from raw.computations as c
        returning rebuild_id
        """,
        (night.night_id, compared),
    ).fetchone()
    rebuild_id = row[0] if row else None
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into quality.rebuild_differences values (%s, %s, %s, %s, %s, %s)",
            [
                (rebuild_id, one.table_name, one.row_key, one.column_name, one.kept, one.rebuilt)
                for one in differences
            ],
        )


__all__ = ["COMPARED", "PREFIX", "Difference", "RebuildSummary", "rebuild", "rebuild_beside", "replay"]
