"""A registry's warehouse on the server in use: its database, its roles, its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import psycopg
from psycopg import sql

from kpi_reporting.errors import WarehouseError
from kpi_reporting.runtime.postgres import EmbeddedPostgres
from kpi_reporting.settings import OWNER_ROLE, READER_ROLE, Settings
from kpi_reporting.warehouse import connect, migrate

_MAINTENANCE = "postgres"
_CODE = re.compile(r"[a-z][a-z0-9_]{0,50}")


def ensure_warehouse(settings: Settings, registry_code: str) -> None:
    """Create a registry's database and roles when they are missing and bring its tables up to date.

    Raises:
        WarehouseError: the server cannot be reached, or does not let us create what is missing.
    """
    if not _CODE.fullmatch(registry_code):
        raise WarehouseError(
            f"registry_code {registry_code!r} cannot name a database: small letters, digits and underscores only."
        )
    ensure_role(settings, READER_ROLE, "set search_path = reporting")
    ensure_database(settings, f"{OWNER_ROLE}_{registry_code}", READER_ROLE)
    migrate(settings.warehouse_dsn(registry_code))


@contextmanager
def running_warehouse(settings: Settings, registry_code: str) -> Iterator[str]:
    """Have a registry's warehouse there and up to date inside the block; yields its address for its owner."""
    with running_server(settings):
        ensure_warehouse(settings, registry_code)
        yield settings.warehouse_dsn(registry_code)


def running_server(settings: Settings) -> AbstractContextManager[None]:
    """Have the database server inside the block; an external one is there anyway."""
    return nullcontext() if settings.dsn else EmbeddedPostgres(settings).running()


def ensure_role(settings: Settings, role: str, *changes: str) -> None:
    """Create a role that may log in with the secret we keep for it, when it is missing."""
    with _administrator(settings) as conn:
        if conn.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone():
            return
        name, password = sql.Identifier(role), sql.Literal(settings.secret(f"{role}_password"))
        _grant(conn, sql.SQL("create role {} login password {}").format(name, password))
        for change in changes:
            _grant(conn, sql.SQL("alter role {} ").format(name) + sql.SQL(change))


def ensure_database(settings: Settings, database: str, role: str) -> None:
    """Create a database when it is missing, open to its owner and one role."""
    with _administrator(settings) as conn:
        if conn.execute("select 1 from pg_database where datname = %s", (database,)).fetchone():
            return
        name = sql.Identifier(database)
        _grant(conn, sql.SQL("create database {}").format(name))
        _grant(conn, sql.SQL("revoke all on database {} from public").format(name))
        _grant(conn, sql.SQL("grant connect on database {} to {}").format(name, sql.Identifier(role)))


def _administrator(settings: Settings) -> psycopg.Connection:
    conn = connect(settings.dsn or settings.dsn_of(_MAINTENANCE))
    conn.autocommit = True
    return conn


def _grant(conn: psycopg.Connection, statement: sql.Composed) -> None:
    try:
        conn.execute(statement)
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.DuplicateObject):
        return  # another process was first
    except psycopg.errors.InsufficientPrivilege as error:
        raise WarehouseError(
            f"The account of KPI_DSN may not set up the warehouse: {error.diag.message_primary}. "
            "Let it create databases and roles, or create them beforehand."
        ) from None
