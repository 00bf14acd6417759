"""Databases of the test session's server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from kpi_reporting.settings import Settings
from kpi_reporting.warehouse import connect

REGISTRY_CODE = "thanh_hoa"


@contextmanager
def administrator(settings: Settings) -> Iterator[psycopg.Connection]:
    """Connect to the database from which the others are created and dropped."""
    with connect(settings.dsn_of("postgres")) as conn:
        conn.autocommit = True
        yield conn


def hurry(settings: Settings) -> None:
    """Let the server wait for no disk: what tests put there need not outlive a power failure."""
    with administrator(settings) as conn:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            conn.execute(f"alter system set {name} = off".encode())
        conn.execute("select pg_reload_conf()")


def drop_warehouse(settings: Settings) -> None:
    """Drop the warehouse of the default registry, whoever is still connected."""
    with administrator(settings) as conn:
        conn.execute(f"drop database kpi_{REGISTRY_CODE} with (force)".encode())
