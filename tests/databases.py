"""Databases of the test session's server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from kpi_reporting.settings import OWNER_ROLE, Settings
from kpi_reporting.warehouse import connect

REGISTRY_CODE = "thanh_hoa"


@contextmanager
def administrator(settings: Settings) -> Iterator[psycopg.Connection]:
    """Connect to the database from which the others are created and dropped."""
    with connect(settings.dsn_of("postgres")) as conn:
        conn.autocommit = True
        yield conn


def hurry(settings: Settings) -> None:
    """Let the server wait for no disk, and hash passwords once, not 4096 times: it lives as long as the tests."""
    with administrator(settings) as conn:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            conn.execute(f"alter system set {name} = off".encode())
        conn.execute("alter system set scram_iterations = 1")
        conn.execute("select pg_reload_conf()")
        conn.execute("set scram_iterations = 1")
        password = sql.Literal(settings.secret(f"{OWNER_ROLE}_password"))
        conn.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(OWNER_ROLE), password))


def drop_warehouse(settings: Settings) -> None:
    """Drop the warehouse of the default registry, whoever is still connected."""
    with administrator(settings) as conn:
        conn.execute(f"drop database kpi_{REGISTRY_CODE} with (force)".encode())


def set_aside_warehouse(settings: Settings, name: str) -> None:
    """Rename the warehouse of the default registry; dbt and Great Expectations may still be connected."""
    with administrator(settings) as conn:
        conn.execute(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = %s",
            (f"kpi_{REGISTRY_CODE}",),
        )
        conn.execute(f"alter database kpi_{REGISTRY_CODE} rename to {name}".encode())
