"""The senders' APIs over real HTTP, asked by the product's own collecting."""

from __future__ import annotations

import socket
import threading
from typing import Any

import psycopg
import pytest
import requests

from kpi_reporting.collect import Endpoint, SourceFailure, SourceOutcome, collect_batch
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from sandbox.province import Province
from sandbox.sender_api import Misbehaviour, SenderApi
from sandbox.servers import Servers, servers
from tests.integration.intake import AS_OF, rows

APIS = ["so-y-te", "so-gddt", "so-noi-vu", "so-tai-chinh", "so-xay-dung"]


@pytest.fixture
def api(running: Servers) -> SenderApi:
    running.senders.misbehaving.clear()
    return running.senders


def ask(
    api: SenderApi, path: str = "senders/so-y-te", token: str | None = None, **query: Any
) -> requests.Response:
    endpoint = api.endpoint
    headers = {"Authorization": f"Bearer {endpoint.token if token is None else token}"}
    asked = {"page": 1, "page_size": 50, "before": AS_OF.isoformat(), **query}
    return requests.get(f"{endpoint.base_url}/{path}", params=asked, headers=headers, timeout=5)


def collected(
    conn: psycopg.Connection,
    registry: Registry,
    night: Night,
    sources: list[str],
    endpoint: Endpoint,
    landing: str,
) -> dict[str, SourceOutcome | SourceFailure]:
    outcomes = collect_batch(conn, registry, night, sources, dict.fromkeys(sources, endpoint), landing)
    return {outcome.source_code: outcome for outcome in outcomes}


def test_collecting_brings_exactly_what_the_manifest_expects(
    conn: psycopg.Connection,
    registry: Registry,
    night: Night,
    running: Servers,
    province: Province,
    landing: str,
) -> None:
    sources = {one.source_code: running.endpoints.get(one.connection_id or "") for one in registry.sources}
    endpoints = {code: endpoint for code, endpoint in sources.items() if endpoint}
    outcomes = collect_batch(conn, registry, night, list(sources), endpoints, landing)
    failed = {one.source_code: one for one in outcomes if isinstance(one, SourceFailure)}
    assert {code: one.sender for code, one in failed.items()} == {"so-xay-dung": "Sở Xây dựng"}
    assert "no complete answer in time" in failed["so-xay-dung"].message_en
    expected = {
        (one.origin, one.sha256, one.received_at)
        for one in province.manifest
        if one.state and ".zip/" not in one.origin  # what is in an archive is received when it is unpacked
    }
    assert set(rows(conn, "select origin, sha256, received_at from raw.submissions")) == expected
    # One sender tells what changed: it is followed, and the draft it deleted is kept as an act.
    assert rows(conn, "select source_code from raw.source_cursors") == [("so-gddt",)]
    ((source_code, reason),) = rows(conn, "select source_code, reason from raw.source_deletions")
    assert (source_code, reason) == ("so-gddt", "Bản nháp gửi nhầm")


def test_pages_join_to_everything_that_was_submitted_by_then(api: SenderApi, province: Province) -> None:
    items = province.deliveries["senders/so-y-te"]
    pages = [ask(api, page=number, page_size=2).json() for number in (1, 2, 3, 4)]
    assert [page["total"] for page in pages] == [len(items)] * 4
    assert [item["id"] for page in pages for item in page["items"]] == [item.id for item in items]
    assert pages[3]["items"] == []
    assert "GIẢ LẬP" in pages[0]["note"]
    early = ask(api, before=items[0].submitted_at.isoformat()).json()
    assert (early["total"], [item["id"] for item in early["items"]]) == (1, [items[0].id])


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"token": "wrong"}, 401),
        ({"token": ""}, 401),
        ({"path": "senders/so-tu-phap"}, 404),
        ({"page": 0}, 400),
        ({"page_size": "all"}, 400),
        ({"before": "2025-07-17"}, 400),
    ],
)
def test_a_wrong_question_is_told_and_not_answered(
    api: SenderApi, changed: dict[str, Any], status: int
) -> None:
    answer = ask(api, **changed)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


def test_anybody_may_see_that_it_is_a_sandbox(running: Servers) -> None:
    for server in (running.senders, running.national):
        assert "Invented" in requests.get(server.endpoint.base_url, timeout=5).json()["note"]


@pytest.mark.parametrize(
    ("misbehaviour", "told"),
    [
        (Misbehaviour.HANG, "no complete answer in time"),
        (Misbehaviour.SLOW_DRIP, "no complete answer in time"),
        (Misbehaviour.ERROR, "answered HTTP 500"),
        (Misbehaviour.NOT_JSON, "not JSON"),
        (Misbehaviour.WRONG_TOTAL, "announced 7 items and gave 6"),
    ],
)
def test_a_misbehaving_sender_fails_alone(
    conn: psycopg.Connection,
    registry: Registry,
    night: Night,
    api: SenderApi,
    landing: str,
    misbehaviour: Misbehaviour,
    told: str,
) -> None:
    api.misbehaving["senders/so-y-te"] = misbehaviour
    outcomes = collected(conn, registry, night, ["so-y-te", "so-gddt"], api.endpoint, landing)
    failure = outcomes["so-y-te"]
    assert isinstance(failure, SourceFailure)
    assert told in failure.message_en
    assert outcomes["so-gddt"] == SourceOutcome("so-gddt", received=5, already_known=0)


def test_a_sender_that_breaks_twice_is_well_afterwards(
    conn: psycopg.Connection, registry: Registry, night: Night, api: SenderApi, landing: str
) -> None:
    api.misbehaving["senders/so-y-te"] = Misbehaviour.ERROR_TWICE
    first, second = (
        collected(conn, registry, night, ["so-y-te"], api.endpoint, landing)["so-y-te"] for _ in range(2)
    )
    assert isinstance(first, SourceFailure)
    assert second == SourceOutcome("so-y-te", received=6, already_known=0)


def test_servers_end_at_once_even_while_somebody_waits(registry: Registry, province: Province) -> None:
    before = set(threading.enumerate())
    with servers(registry, province) as answering:
        with pytest.raises(requests.Timeout):
            requests.get(
                f"{answering.senders.endpoint.base_url}/senders/so-xay-dung",
                params={"before": AS_OF.isoformat()},
                headers={"Authorization": f"Bearer {answering.senders.token}"},
                timeout=0.3,
            )
    for server in (answering.senders, answering.national):
        with pytest.raises(requests.ConnectionError):
            requests.get(server.endpoint.base_url, timeout=1)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((answering.sftp.endpoint.host, answering.sftp.endpoint.port), timeout=1)
    for thread in set(threading.enumerate()) - before:
        thread.join(2)
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_port_that_is_taken_is_told(
    registry: Registry, province: Province, running: Servers, place: int
) -> None:
    taken = int(running.senders.endpoint.base_url.rpartition(":")[2])
    ports = (taken if place == 0 else 0, taken if place == 1 else 0, taken if place == 2 else 0)
    with pytest.raises(KpiReportingError, match=f"Cannot listen on 127.0.0.1:{taken}"):
        with servers(registry, province, ports=ports):
            pass
