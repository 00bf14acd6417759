"""A published province, and a national system to deliver it to."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from threading import Thread

import psycopg
import pytest

from kpi_reporting.warehouse import connect
from tests.integration.delivery.national_server import NationalSystem, handler
from tests.integration.published import publish_a_province


@pytest.fixture
def conn(warehouse_dsn: str) -> Iterator[psycopg.Connection]:
    """One published province, approved and queued."""
    with connect(warehouse_dsn) as conn:
        publish_a_province(conn)
        yield conn


@pytest.fixture
def system() -> Iterator[NationalSystem]:
    system = NationalSystem()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(system))
    system.base_url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield system
    server.shutdown()
    server.server_close()
