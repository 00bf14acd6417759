"""Collecting, on a real PostgreSQL, a real folder and a real HTTP server."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

import hashlib
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
import pytest

from kpi_reporting import night as steps
from kpi_reporting.collect import Endpoint, SourceFailure, SourceOutcome, collect_batch, collect_source
from kpi_reporting.collect.ledger import Ledger
from kpi_reporting.errors import SourceError
from kpi_reporting.landing import Landing, Stored
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.intake import (
    AS_OF,
    EVENING,
    conn,
    drop,
    landing,
    night,
    registry,
    rows,
    server,
    states,
)
from tests.integration.sender_server import Server, dripping, failing, item, pages_of, silent, text
from tests.workbooks import hs01

TOKEN = "geheim"
PAYLOAD = {
    "form": "HS-01", "version": 1, "unit": "so-y-te", "period": "2025-M07",
    "rows": [{"item": "1.1", "value": 12.5}],
}  # fmt: skip


def test_a_folder_is_collected_once(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    dropped = drop(night, "communes/a/HS-01.xlsx", hs01())
    drop(night, "communes/~$HS-01.xlsx", b"lock file")
    drop(night, "communes/half.xlsx.part", b"still arriving")
    drop(night, "communes/tomorrow.xlsx", hs01("14797"), AS_OF.replace(hour=2))
    first = collect_source(conn, registry, night, "communes", None, landing)
    assert first == SourceOutcome("communes", received=1, already_known=0)
    again = collect_source(conn, registry, night, "communes", None, landing)
    assert again == SourceOutcome("communes", received=0, already_known=1)
    assert states(conn) == [("communes/a/HS-01.xlsx", ["received"])]
    ((uri, received_at),) = rows(conn, "select landing_uri, received_at from raw.submissions")
    assert Path(uri.removeprefix("file://")).read_bytes() == dropped.read_bytes()
    assert received_at == EVENING


def test_new_content_under_an_old_name_and_time_is_new(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    drop(night, "communes/a.xlsx", hs01("14758"))
    collect_source(conn, registry, night, "communes", None, landing)
    drop(night, "communes/a.xlsx", hs01("14797"))
    assert collect_source(conn, registry, night, "communes", None, landing).received == 1
    assert len(states(conn)) == 2


def test_a_file_that_is_still_being_written_is_not_taken_until_it_is_whole(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    """Its writer pauses for longer than reading takes; a look at it before and after would see no change."""
    data, ended = hs01(), threading.Event()
    half = drop(night, "communes/half.xlsx", data[:1000], AS_OF - timedelta(seconds=3))
    whole = hs01("14797")
    drop(night, "communes/quiet.xlsx", whole, AS_OF - timedelta(seconds=2))

    def go_on() -> None:
        time.sleep(1)
        with half.open("ab") as stream:
            stream.write(data[1000:])
        os.utime(half, (AS_OF.timestamp() - 1,) * 2)
        ended.set()

    threading.Thread(target=go_on).start()
    assert collect_source(conn, registry, night, "communes", None, landing).received == 1
    assert [origin for origin, _ in states(conn)] == ["communes/quiet.xlsx"]
    assert ended.wait(5)
    assert collect_source(conn, registry, night, "communes", None, landing).received == 1
    hashes = {sha256 for (sha256,) in rows(conn, "select sha256 from raw.submissions")}
    assert hashes == {hashlib.sha256(one).hexdigest() for one in (data, whole)}


def test_a_file_that_changes_while_it_is_stored_waits_for_the_next_look(
    conn: psycopg.Connection,
    registry: Registry,
    night: Night,
    landing: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, other = drop(night, "communes/a.xlsx", hs01()), hs01("14797")
    store = Landing.store

    def store_and_be_overtaken(self: Landing, stream: BinaryIO) -> Stored:
        stored = store(self, stream)
        drop(night, "communes/a.xlsx", other)
        return stored

    with monkeypatch.context() as patch:
        patch.setattr(Landing, "store", store_and_be_overtaken)
        os.utime(path, (EVENING.timestamp() - 60,) * 2)
        assert collect_source(conn, registry, night, "communes", None, landing).received == 0
    assert collect_source(conn, registry, night, "communes", None, landing).received == 1
    assert rows(conn, "select sha256 from raw.submissions") == [(hashlib.sha256(other).hexdigest(),)]


def test_a_kill_between_bytes_and_ledger_loses_and_doubles_nothing(
    conn: psycopg.Connection,
    registry: Registry,
    night: Night,
    landing: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drop(night, "communes/a.xlsx", hs01())

    def killed(*_: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            collect_source(conn, registry, night, "communes", None, landing)
    assert states(conn) == []
    assert collect_source(conn, registry, night, "communes", None, landing).received == 1
    landed = [path for path in Path(landing.removeprefix("file://")).rglob("*") if path.is_file()]
    assert len(landed) == 1


def test_a_file_of_a_day_to_come_is_told_and_stops_no_other(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    drop(night, "communes/now.xlsx", hs01())
    drop(night, "communes/ahead.xlsx", hs01("14797"), datetime.now(UTC) + timedelta(days=30))
    with pytest.raises(
        SourceError, match=r"1 files were written on a day that is yet to come: communes/ahead"
    ):
        collect_source(conn, registry, night, "communes", None, landing)
    assert [name for name, _ in states(conn)] == ["communes/now.xlsx"]


def test_a_missing_folder_names_the_source(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    (night.inbox / "districts").rmdir()
    with pytest.raises(SourceError, match=r"Huyện, thị xã, thành phố .*does not exist"):
        collect_source(conn, registry, night, "districts", None, landing)


def test_every_page_of_an_api_is_collected(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str, server: Server
) -> None:
    items = [item(f"s{number}", {**PAYLOAD, "period": f"2025-M0{number}"}) for number in range(1, 6)]
    items.append(item("later", PAYLOAD, "2025-07-17T02:00:00+07:00"))
    server.answers["/senders/so-y-te"] = failing(503, 1, then=pages_of(items))
    endpoint = Endpoint(server.base_url, TOKEN)
    first = collect_source(conn, registry, night, "so-y-te", endpoint, landing)
    again = collect_source(conn, registry, night, "so-y-te", endpoint, landing)
    assert (first.received, again.received, again.already_known) == (5, 0, 5)
    assert [query["page"] for _, query, _ in server.calls[:4]] == ["1", "1", "2", "3"]
    assert {authorization for _, _, authorization in server.calls} == {f"Bearer {TOKEN}"}
    assert server.calls[0][1]["before"] == AS_OF.isoformat()
    ((body,),) = rows(
        conn,
        "select landing_uri from raw.submissions where origin = 'senders/so-y-te/s1' and file_name = 's1.json'",
    )
    assert b'"value":12.5' in Path(body.removeprefix("file://")).read_bytes()


def test_no_sender_stops_another(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str, server: Server
) -> None:
    drop(night, "communes/a.xlsx", hs01())
    server.answers = {
        "/senders/so-y-te": silent,
        "/senders/so-gddt": failing(500, 99),
        "/senders/so-noi-vu": pages_of([item("1", PAYLOAD)], total=3),
        "/senders/so-tai-chinh": pages_of([{**item("", PAYLOAD), "id": 1}]),
    }
    apis = ["so-y-te", "so-gddt", "so-noi-vu", "so-tai-chinh", "so-xay-dung"]
    endpoints = {code: Endpoint(server.base_url, TOKEN) for code in apis[:4]}
    outcomes = collect_batch(conn, registry, night, [*apis, "communes"], endpoints, landing)
    asked = [path for path, _, _ in server.calls]
    assert (asked.count("/senders/so-y-te"), asked.count("/senders/so-gddt")) == (1, 2)
    assert [type(outcome) for outcome in outcomes] == [SourceFailure] * 3 + [
        SourceOutcome,
        SourceFailure,
        SourceOutcome,
    ]
    said = {outcome.source_code: outcome for outcome in outcomes if isinstance(outcome, SourceFailure)}
    assert "không trả lời trong 1 giây" in said["so-y-te"].message_vi
    assert "answered HTTP 500" in said["so-gddt"].message_en
    assert "announced 3 items and gave 1" in said["so-noi-vu"].message_en
    assert "sender_api" in said["so-xay-dung"].hint
    assert said["so-y-te"].sender == "Sở Y tế"
    assert TOKEN not in str(said)
    assert [origin for origin, _ in states(conn)] == [
        "communes/a.xlsx", "senders/so-noi-vu/1", "senders/so-tai-chinh/1",
    ]  # fmt: skip


def test_a_sender_that_was_silent_is_not_waited_for_twice(
    conn: psycopg.Connection, registry: Registry, night: Night, server: Server
) -> None:
    conf = {"registry": str(registry.folder), "inbox": str(night.inbox), "as_of": night.night_id}
    server.answers["/senders/so-y-te"] = silent

    def endpoint_of(_: str) -> Endpoint:
        return Endpoint(server.base_url, TOKEN)

    (failure,) = steps.collect(conf, ["so-y-te"], endpoint_of)
    with pytest.raises(SourceError, match="gave no complete answer in time"):
        steps.collect_again(conf, failure, endpoint_of, at_once=True)
    assert len(server.calls) == 1
    assert rows(conn, "select rule_id, subject from quality.findings") == [("source_unavailable", "so-y-te")]
    server.answers["/senders/so-y-te"] = pages_of([item("s1", PAYLOAD)])
    assert steps.collect_again(conf, failure, endpoint_of, at_once=False)["received"] == 1


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (dripping, "gave no complete answer in time"),
        (text(b"<html>login</html>"), "not JSON"),
        (text(b'{"total": 1, "items": [{"id": "1"}]}'), r"items\.0\.submitted_at"),
        (failing(401, 99), "answered HTTP 401"),
        (failing(404, 99), "answered HTTP 404"),
    ],
)
def test_an_api_that_misbehaves_is_told_from_the_others(
    conn: psycopg.Connection,
    registry: Registry,
    night: Night,
    landing: str,
    server: Server,
    answer: Any,
    message: str,
) -> None:
    server.answers["/senders/so-y-te"] = answer
    with pytest.raises(SourceError, match=message) as error:
        collect_source(conn, registry, night, "so-y-te", Endpoint(server.base_url, TOKEN), landing)
    assert f"{server.base_url}/senders/so-y-te" in str(error.value)
    assert TOKEN not in str(error.value)
    assert rows(conn, "select rule_id, sender_code, subject from quality.findings") == [
        ("source_unavailable", "so-y-te", "so-y-te")
    ]


def test_a_nobody_at_the_address_is_tried_again_and_named(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    with pytest.raises(SourceError, match="cannot be reached"):
        collect_source(conn, registry, night, "so-y-te", Endpoint("http://127.0.0.1:9", TOKEN), landing)
