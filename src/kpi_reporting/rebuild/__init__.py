"""A full rebuild in schemas beside the warehouse's own, compared cell by cell.

Nights compute what changed. Once in a while everything is computed again from the rows as sent, and must
come out the same; or a past night is computed again, and must give what readers saw then.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from kpi_reporting.errors import WarehouseError
from kpi_reporting.publish.derived import RESTS, find_resting, find_stopped_then
from kpi_reporting.publish.diff import names
from kpi_reporting.publish.figures import FIGURES, read_stopped
from kpi_reporting.publish.tables import PUBLISHED, SCHEMA, Layout, read_layout
from kpi_reporting.rebuild import cells
from kpi_reporting.rebuild.cells import RebuildSummary
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
_HELD_BACK = """A full rebuild differs in {count:,} cells:
{listed}
These figures are not published until a rebuild agrees. Find the cause in the models; then `kpi-reporting recompute` \
has the next night compute everything."""
_OTHERWISE = """Computed again, publication {publication_id} differs in {count:,} cells from what readers saw then:
{listed}
Nothing was changed. A model is another one than it was then, or somebody changed a kept row; the tables of \
the schemas rebuilt_* stay for you to look at."""


def rebuild(conn: psycopg.Connection, settings: Settings, registry: Registry, night: Night) -> RebuildSummary:
    """Rebuild everything beside the warehouse as the night saw it, compare, and keep what differs."""
    with figures_locked(conn):
        rebuild_beside(settings, registry, night.night_id)
        summary = _compare(conn, night)
        if not summary.problem:
            _drop(conn)
    return summary


def _compare(conn: psycopg.Connection, night: Night) -> RebuildSummary:
    compared = 0
    with conn.transaction():
        cells.begin_comparison(conn)
        for table in COMPARED:
            cells.compare(conn, table, *_sides(table))
            compared += _count(conn, _sides(table)[1])
        cells.keep(conn, night, compared)
        return cells.sum_up(conn, compared, _HELD_BACK)


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
        if not summary.problem:
            _drop(conn)
    return summary


def _compare_with_past(conn: psycopg.Connection, night_id: str, publication_id: int) -> RebuildSummary:
    compared = 0
    cells.begin_comparison(conn)
    layouts = [read_layout(conn, one) for one in PUBLISHED if one.name == FIGURES or one.name in RESTS]
    for layout in layouts:
        read_stopped(conn, night_id, layout)
        if layout.published.name == FIGURES:
            find_stopped_then(conn, layout, publication_id)
        else:
            find_resting(conn, layout, PREFIX)
        seen, again = _seen_and_again(conn, layout, publication_id)
        cells.compare(conn, layout.published.name, seen, again)
        compared += _count(conn, seen)
    return cells.sum_up(conn, compared, _OTHERWISE, publication_id=publication_id)


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


def _count(conn: psycopg.Connection, table: sql.Identifier) -> int:
    row = conn.execute(sql.SQL("select count(*) from {}").format(table)).fetchone()
    return int(row[0]) if row else 0
