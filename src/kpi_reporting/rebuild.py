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
    "indicator_values",
    "obligations",
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
where row(k.*) is distinct from row(r.*)
"""


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
            "registry, or remove raw.computations' last row."
        )


def rebuild(conn: psycopg.Connection, settings: Settings, registry: Registry, night: Night) -> RebuildSummary:
    """Rebuild everything beside the warehouse as the night saw it, compare, and keep what differs."""
    with figures_locked(conn):
        rebuild_beside(settings, registry, night.night_id)
        return _compare(conn, night)


def _compare(conn: psycopg.Connection, night: Night) -> RebuildSummary:
    with conn.transaction():
        compared = sum(_count(conn, table) for table in COMPARED)
        differences = [one for table in COMPARED for one in _differences(conn, table)]
        _keep(conn, night, compared, differences)
    return RebuildSummary(compared, tuple(differences))


def rebuild_beside(settings: Settings, registry: Registry, night_id: str) -> None:
    """Compute everything as a night saw it, in schemas of their own."""
    beside = Beside(PREFIX, night_id)
    load_seeds(settings, registry, beside)
    run_dbt(settings, registry.code, _MODELS, beside)


def drop_rebuilt(conn: psycopg.Connection) -> None:
    """Remove the schemas of a rebuild."""
    with conn.transaction():
        for layer in ("marts", "intermediate", "staging", "registry"):
            conn.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(PREFIX + layer)))


def _differences(conn: psycopg.Connection, table: str) -> list[Difference]:
    kept = sql.Identifier("marts", f"mart_{table}")
    rebuilt = sql.Identifier(f"{PREFIX}marts", f"mart_{table}")
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


def _count(conn: psycopg.Connection, table: str) -> int:
    counted = sql.SQL("select count(*) from {}").format(sql.Identifier(f"{PREFIX}marts", f"mart_{table}"))
    row = conn.execute(counted).fetchone()
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


__all__ = ["COMPARED", "PREFIX", "Difference", "RebuildSummary", "drop_rebuilt", "rebuild", "rebuild_beside"]
