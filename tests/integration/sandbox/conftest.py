"""The sandbox of a province of Thanh Hóa, its servers running."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night, open_night
from sandbox.province import Province, make_province
from sandbox.servers import Servers, servers
from tests.integration.intake import AS_OF, conn, landing, registry
from tests.workbooks import THANH_HOA

__all__ = ["conn", "landing", "registry"]


@pytest.fixture(scope="module")
def province(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Province:
    return make_province(tmp_path_factory.mktemp("sandbox") / "inbox", AS_OF, registry=registry)


@pytest.fixture
def running(registry: Registry, province: Province) -> Iterator[Servers]:
    with servers(registry, province) as answering:
        yield answering


@pytest.fixture
def night(conn: psycopg.Connection, registry: Registry, province: Province) -> Night:
    opened = Night(AS_OF, THANH_HOA, province.folder)
    open_night(conn, opened, registry.code, registry.sha256)
    return opened
