"""A warehouse beside the real one: the same registry, an empty ledger, nothing anybody else looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg

from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Source
from kpi_reporting.runtime.warehouse import ensure_warehouse
from kpi_reporting.settings import Settings
from kpi_reporting.warehouse import connect

_LOCK = "hashtext('kpi_reporting.dry_run')"
# Everything but the registry, which takes long to load and is loaded anew when it changed.
_EMPTY = """
select 'truncate ' || string_agg(format('%I.%I', t.schemaname, t.tablename), ', ') || ' restart identity cascade'
from pg_tables as t
where t.schemaname in ('raw', 'staging', 'quality', 'reporting', 'national')
"""


def registry_beside(registry: Registry, sources: Iterable[Source]) -> Registry:
    """Return the registry under a code of its own, which is a warehouse of its own, with these sources alone."""
    settings = tuple(
        row.model_copy(update={"value": f"{row.value}_check"}) if row.setting == "registry_code" else row
        for row in registry.settings
    )
    return replace(registry, settings=settings, sources=tuple(sources))


@contextmanager
def warehouse_beside(settings: Settings, beside: Registry) -> Iterator[psycopg.Connection]:
    """Have the warehouse beside for oneself inside the block, empty before it and after it."""
    ensure_warehouse(settings, beside.code)
    with connect(settings.warehouse_dsn(beside.code), "kpi-reporting check") as conn:
        with conn.transaction():
            conn.execute(f"select pg_advisory_lock({_LOCK})")
        _empty(conn)
        try:
            yield conn
        finally:
            _empty(conn)


def _empty(conn: psycopg.Connection) -> None:
    with conn.transaction():
        row = conn.execute(_EMPTY).fetchone()
        if row:
            conn.execute(row[0])
