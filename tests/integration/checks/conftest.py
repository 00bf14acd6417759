"""A warehouse with staging tables, and a night of its own for every test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import psycopg
import pytest

from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.nights import Night, open_night
from tests.integration.checks.judged import (
    FIRST_NIGHT,
    PROJECT,
)
from tests.integration.staged import make_tables

DAYS = count()


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(PROJECT / "dbt_project/seeds/thanh_hoa")


@pytest.fixture(scope="module")
def staged(warehouse_dsn: str, registry: Registry) -> str:
    with connect(warehouse_dsn) as conn:
        make_tables(conn, registry)
    return warehouse_dsn


@pytest.fixture
def conn(staged: str) -> Iterator[psycopg.Connection]:
    with connect(staged) as conn:
        yield conn


@pytest.fixture
def night(conn: psycopg.Connection, registry: Registry) -> Night:
    """A night of its own for every test."""
    night = Night(FIRST_NIGHT + timedelta(days=next(DAYS)), registry.folder, PROJECT)
    open_night(conn, night, registry.code, registry.sha256)
    conn.commit()
    return night
