"""Senders' systems are asked no faster, no more of them at once, and for no more a night than the registry says."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import psycopg
import pytest

from kpi_reporting.collect import Endpoint, SourceOutcome, collect_batch, collect_source
from kpi_reporting.errors import SourceError
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night, open_night
from tests.integration.intake import AS_OF, conn, landing, night, registry, rows, server, states
from tests.integration.sender_server import Handler, Server, item, pages_of

ITEMS = [item(f"s{number}", {"form": "HS-01", "period": "2025-M07", "n": number}) for number in range(1, 6)]
APIS = ["so-y-te", "so-gddt", "so-noi-vu", "so-tai-chinh"]


def limited(registry: Registry, **limits: Any) -> Registry:
    listed = {"paging": "pages", **limits}
    return replace(registry, sources=tuple(row.model_copy(update=listed) for row in registry.sources))


def test_calls_keep_their_distance(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str, server: Server
) -> None:
    at: list[float] = []
    pages = pages_of(ITEMS)

    def note(handler: Handler, query: dict[str, str]) -> None:
        at.append(time.monotonic())
        pages(handler, query)

    server.answers["/senders/so-y-te"] = note
    slow = limited(registry, calls_per_second=Decimal(4))
    collect_source(conn, slow, night, "so-y-te", Endpoint(server.base_url, "t"), landing)
    assert len(at) == 3
    assert min(later - earlier for earlier, later in pairwise(at)) > 0.2


@pytest.mark.parametrize(("limit", "most"), [(1, 1), (2, 2), (None, 4)])
def test_sources_behind_one_connection_are_asked_few_at_a_time(
    conn: psycopg.Connection,
    registry: Registry,
    night: Night,
    landing: str,
    server: Server,
    limit: int | None,
    most: int,
) -> None:
    inside, together, counting = [0], [0], threading.Lock()
    pages = pages_of(ITEMS[:1])

    def count(handler: Handler, query: dict[str, str]) -> None:
        with counting:
            inside[0] += 1
            together[0] = max(together[0], inside[0])
        time.sleep(0.3)
        with counting:
            inside[0] -= 1
        pages(handler, query)

    server.answers = {f"/senders/{code}": count for code in APIS}
    endpoints = dict.fromkeys(APIS, Endpoint(server.base_url, "t"))
    polite = limited(registry, parallel_calls=limit)
    outcomes = collect_batch(conn, polite, night, APIS, endpoints, landing)
    assert outcomes == [SourceOutcome(code, received=1, already_known=0) for code in APIS]
    assert together == [most]


def test_what_a_night_may_not_fetch_waits_for_the_next(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str, server: Server
) -> None:
    server.answers["/senders/so-y-te"] = pages_of(ITEMS)
    endpoint = Endpoint(server.base_url, "t")
    first_page = len(b'{"total": 5, "page": 1, "items": []}')
    little = limited(registry, night_bytes=first_page)
    for _ in range(2):
        with pytest.raises(SourceError, match="the source is limited to") as error:
            collect_source(conn, little, night, "so-y-te", endpoint, landing)
    assert error.value.rule_id == "source_limit_reached"
    assert len(server.calls) == 1
    assert len(states(conn)) == 2
    assert rows(conn, "select rule_id, severity from quality.findings") == [
        ("source_limit_reached", "warning")
    ]
    later = replace(night, as_of=AS_OF + timedelta(days=1))
    open_night(conn, later, registry.code, registry.sha256)
    enough = limited(registry, night_bytes=100_000)
    assert collect_source(conn, enough, later, "so-y-te", endpoint, landing).received == 3


def test_a_sender_that_asks_for_time_gets_it(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str, server: Server
) -> None:
    at: list[float] = []
    pages = pages_of(ITEMS[:1])

    def busy_once(handler: Handler, query: dict[str, str]) -> None:
        at.append(time.monotonic())
        if len(at) > 1:
            pages(handler, query)
            return
        handler.send_response(429)
        handler.send_header("Retry-After", "2")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.answers["/senders/so-y-te"] = busy_once
    outcome = collect_source(conn, registry, night, "so-y-te", Endpoint(server.base_url, "t"), landing)
    assert outcome.received == 1
    assert at[1] - at[0] >= 2
