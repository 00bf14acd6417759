"""Published tables and their sources; columns come from the catalog, so that they cannot drift silently."""

from __future__ import annotations

from dataclasses import dataclass, replace

import psycopg
from psycopg import sql

from kpi_reporting.errors import WarehouseError

SCHEMA = "reporting"
# Columns that a publication itself fills.
OWN_COLUMNS = frozenset({"publication_id", "revision", "is_stale"})

_COLUMNS = """
select a.attname
from pg_attribute as a
where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""

_KEYS = """
select a.attname
from pg_index as i
inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
where i.indrelid = to_regclass(%s) and i.indisprimary
order by array_position(i.indkey::smallint[], a.attnum)
"""


@dataclass(frozen=True)
class Published:
    """A published table and its source; an append-only one never loses rows.

    ``touched`` lists the keys a computation touched; ``issues`` keeps every published state of every row. One that
    ``needs_filings`` is rightly empty when every sender took back what it had filed.
    """

    name: str
    source_schema: str
    source_name: str
    append_only: bool = False
    touched: str | None = None
    issues: str | None = None
    needs_filings: bool = False

    @property
    def source_label(self) -> str:
        """Name of the source in messages and for the catalog."""
        return f"{self.source_schema}.{self.source_name}"


def _mart(name: str, touched: str | None = None, issues: str | None = None) -> Published:
    return Published(name, "marts", f"mart_{name}", touched=touched, issues=issues)


PUBLISHED: tuple[Published, ...] = (
    _mart("kpi_values", "intermediate.int_touched_figures", "kpi_value_issues"),
    _mart(
        "kpi_values_on_current_boundaries",
        "intermediate.int_touched_carried_figures",
        "kpi_values_on_current_boundaries_issues",
    ),
    _mart("kpi_comparisons", "intermediate.int_touched_comparisons", "kpi_comparison_issues"),
    _mart("target_progress", "intermediate.int_touched_unit_periods", "target_progress_issues"),
    replace(
        _mart("indicator_values", "intermediate.int_touched_cells", "indicator_value_issues"),
        needs_filings=True,
    ),
    _mart("obligations", "intermediate.int_touched_obligations"),
    _mart("completeness", "intermediate.int_touched_completeness"),
    *(
        _mart(name)
        for name in (
            "units",
            "unit_crosswalk",
            "kpis",
            "targets",
            "periods",
        )
    ),
    Published("findings", "quality", "findings", append_only=True),
)


@dataclass(frozen=True)
class Layout:
    """Identifiers of a published table, its source, issues and temporary tables, and its columns.

    ``columns`` come from the source, ``own_columns`` from the publication. ``lie_by`` are the keys in the order in
    which rows of the source lie: asked for in that order, they are read from few pages. With ``is_scoped`` only the
    keys in the temporary table ``scope`` are compared.
    """

    published: Published
    keys: tuple[str, ...]
    lie_by: tuple[str, ...]
    columns: tuple[str, ...]
    own_columns: tuple[str, ...]
    is_scoped: bool = False

    @property
    def can_be_held(self) -> bool:
        """Whether its rows are marked stale when something stops a newer state of them."""
        return "is_stale" in self.own_columns

    @property
    def target(self) -> sql.Identifier:
        """The table readers see."""
        return sql.Identifier(SCHEMA, self.published.name)

    @property
    def source(self) -> sql.Identifier:
        """The table with the computed rows."""
        return sql.Identifier(self.published.source_schema, self.published.source_name)

    @property
    def issues(self) -> sql.Identifier:
        """The table with every published state."""
        return sql.Identifier(SCHEMA, self.published.issues or "")

    @property
    def changes(self) -> sql.Identifier:
        """The temporary table that lists what differs."""
        return sql.Identifier(f"changes_{self.published.name}")

    @property
    def scope(self) -> sql.Identifier:
        """The temporary table that lists the keys to compare."""
        return sql.Identifier(f"scope_{self.published.name}")

    @property
    def held(self) -> sql.Identifier:
        """The temporary table that lists the keys held back tonight."""
        return sql.Identifier(f"held_{self.published.name}")

    @property
    def rests(self) -> sql.Identifier:
        """The temporary table that lists the moved figures a derived row rests on."""
        return sql.Identifier(f"rests_{self.published.name}")

    @property
    def causes(self) -> sql.Identifier:
        """The temporary table that adds revision and cause to what differs."""
        return sql.Identifier(f"causes_{self.published.name}")


def read_layout(conn: psycopg.Connection, published: Published) -> Layout:
    """Read keys and columns of a published table and compare them with its source and its issues.

    Raises:
        WarehouseError: a column stands on one side only.
    """
    target = _names(conn, _COLUMNS, f"{SCHEMA}.{published.name}")
    source = _names(conn, _COLUMNS, published.source_label)
    columns = tuple(name for name in target if name not in OWN_COLUMNS)
    _refuse_drift(published, set(columns), set(source))
    if published.issues is not None:
        _refuse_lost_columns(
            published.issues, set(target), set(_names(conn, _COLUMNS, f"{SCHEMA}.{published.issues}"))
        )
    own = tuple(name for name in target if name in OWN_COLUMNS)
    keys = _names(conn, _KEYS, f"{SCHEMA}.{published.name}")
    lie_by = _names(conn, _KEYS, published.source_label)
    return Layout(published, keys, lie_by if set(lie_by) == set(keys) else keys, columns, own)


def _names(conn: psycopg.Connection, query: str, table: str) -> tuple[str, ...]:
    return tuple(name for (name,) in conn.execute(query.encode(), (table,)).fetchall())


def _refuse_drift(published: Published, target: set[str], source: set[str]) -> None:
    if not source:
        raise WarehouseError(f"{published.source_label} does not exist; build the marts before publishing.")
    if target == source:
        return
    raise WarehouseError(
        f"{published.source_label} and {SCHEMA}.{published.name} do not have the same columns; nothing was "
        f"published. Missing in the source: {_listed(target - source)}. "
        f"Unknown to readers: {_listed(source - target)}."
    )


def _refuse_lost_columns(issues: str, target: set[str], kept: set[str]) -> None:
    if target - kept:
        raise WarehouseError(
            f"{SCHEMA}.{issues} has no column for {_listed(target - kept)}, so that a past state could not be read "
            f"back; nothing was published. Run `call {SCHEMA}.extend_history()` as the owner."
        )


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
