"""The sandbox's servers over real HTTP, asked by the product's own collecting and delivering."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from kpi_reporting.collect import Endpoint, SourceFailure, SourceOutcome, collect_batch
from kpi_reporting.errors import KpiReportingError, NationalError
from kpi_reporting.national import deliver, enqueue, prepare_signoff, record_decision
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night, open_night
from sandbox.national_system import Misbehaviour as NationalMisbehaviour
from sandbox.national_system import NationalSystem
from sandbox.province import Province, make_province
from sandbox.sender_api import Misbehaviour, SenderApi
from sandbox.servers import Servers, servers
from tests.integration.intake import AS_OF, conn, landing, registry, rows
from tests.workbooks import THANH_HOA

APIS = ["so-y-te", "so-gddt", "so-noi-vu", "so-tai-chinh", "so-xay-dung"]
SOMEBODY = datetime(2025, 7, 17, 1, tzinfo=UTC)


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
    sources = ["communes", "departments", "districts", *APIS]
    outcomes = collected(conn, registry, night, sources, running.senders.endpoint, landing)
    failed = {code: one for code, one in outcomes.items() if isinstance(one, SourceFailure)}
    assert {code: one.sender for code, one in failed.items()} == {"so-xay-dung": "Sở Xây dựng"}
    assert "no complete answer in time" in failed["so-xay-dung"].message_en
    expected = {(one.origin, one.sha256, one.received_at) for one in province.manifest if one.state}
    assert set(rows(conn, "select origin, sha256, received_at from raw.submissions")) == expected


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
    for thread in set(threading.enumerate()) - before:
        thread.join(2)
    assert set(threading.enumerate()) <= before


def test_a_port_that_is_taken_is_told(registry: Registry, province: Province, running: Servers) -> None:
    taken = int(running.senders.endpoint.base_url.rpartition(":")[2])
    with pytest.raises(KpiReportingError, match=f"Cannot listen on 127.0.0.1:{taken}"):
        with servers(registry, province, ports=(taken, 0)):
            pass


PUBLISHED = """
insert into reporting.publications (night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, rows_removed)
values ('n', '2025-07-17 01:00+07', 'r', 'first', 3, 0, 0);
insert into reporting.units (unit_id, unit_code, kind, name_vi, sort_key, valid_from, confirmed, publication_id)
values ('38@2020-10-06', '38', 'province', 'Tỉnh Thanh Hóa', 'x', '2020-10-06', true, 1);
insert into reporting.periods (calendar_code, period_code, period_kind, year, number, first_day, last_day, publication_id)
values ('administrative', '2025-M07', 'month', 2025, 7, '2025-06-15', '2025-07-14', 1);
insert into reporting.kpis (
    kpi_code, formula_code, formula_version, name_vi, name_en, formula_vi, unit_of_measure, decimals, direction, quantified,
    is_primary, valid_from, sort_order, confirmed, publication_id
) values ('DT03', 'DT03-plan', 1, 'Hồ sơ trực tuyến', 'Online', 'x / y', '%', 2, 'higher', true, true, '2020-10-06', 3, false, 1);
insert into reporting.kpi_values (
    kpi_code, formula_code, formula_version, unit_id, unit_code, calendar_code, period_code, period_kind, first_day, last_day,
    value, numerator, denominator, unit_of_measure, units_counted, units_owed, data_state, is_primary, is_stale, target_status,
    confirmed, revision, publication_id
) values (
    'DT03', 'DT03-plan', 1, '38@2020-10-06', '38', 'administrative', '2025-M07', 'month', '2025-06-15', '2025-07-14',
    63.41, 6341, 10000, '%', 180, 181, 'partial', true, false, 'behind', false, 1, 1
);
insert into reporting.obligations (
    unit_id, unit_code, form_code, calendar_code, period_code, due_at, lock_at, state, submission_id, is_late, publication_id
) values
    ('a@2025-07-01', 'a', 'HS-01', 'administrative', '2025-M07', '2025-07-16 23:59+07', '2025-08-16+07', 'provisional', 1, false, 1),
    ('b@2025-07-01', 'b', 'HS-01', 'administrative', '2025-M07', '2025-07-16 23:59+07', '2025-08-16+07', 'late', null, true, 1);
"""


@pytest.fixture
def approved(conn: psycopg.Connection) -> psycopg.Connection:
    """One published province, signed off and queued."""
    conn.execute(
        """
        truncate reporting.publications, reporting.units, reporting.periods, reporting.kpis, reporting.kpi_values,
            reporting.obligations, national.approvals, national.outbox, national.deliveries
        restart identity cascade
        """
    )
    conn.execute(PUBLISHED.encode())
    sign_off(conn)
    return conn


def sign_off(conn: psycopg.Connection) -> None:
    signoff = prepare_signoff(conn)
    assert signoff is not None
    record_decision(conn, signoff, "approved", "thu.nghiem", SOMEBODY, None)
    enqueue(conn, signoff.publication_id)
    conn.commit()


@pytest.fixture
def national(running: Servers) -> NationalSystem:
    return running.national


def sent(conn: psycopg.Connection, national: NationalSystem, timeout: float = 5) -> int:
    night = Night(AS_OF, Path(), Path())
    return deliver(conn, national.endpoint, night, timeout_seconds=timeout).accepted


def packets(national: NationalSystem) -> list[str]:
    return [kept.message.business_key for kept in national.archive.packets.values()]


def test_the_product_s_own_messages_are_accepted_once(
    approved: psycopg.Connection, national: NationalSystem
) -> None:
    assert sent(approved, national) == 4
    assert sent(approved, national) == 0
    july = ["kpi_data/administrative/2025-M07", "report_status/administrative/2025-M07"]
    assert packets(national) == ["indicator_catalogue", "kpi_set", *july]
    receipts = rows(approved, "select receipt from national.deliveries where state = 'accepted'")
    assert {json.loads(receipt)["sandbox"] for (receipt,) in receipts} == {True}


def test_a_corrected_figure_is_accepted_as_the_next_revision(
    approved: psycopg.Connection, national: NationalSystem
) -> None:
    sent(approved, national)
    approved.execute("update reporting.kpi_values set value = 64, numerator = 6400")
    approved.execute(
        "insert into reporting.publications (night_id, as_of, registry_sha256, content_sha256, rows_added, rows_changed, "
        "rows_removed) values ('n2', '2025-07-18 01:00+07', 'r', 'second', 0, 1, 0)"
    )
    sign_off(approved)
    assert sent(approved, national) == 1
    assert national.archive.known.revisions["kpi_data/administrative/2025-M07"] == 2


def test_a_figure_that_is_not_what_its_parts_give_is_refused(
    approved: psycopg.Connection, national: NationalSystem
) -> None:
    approved.execute("update reporting.kpi_values set value = 63.4")
    approved.execute("truncate national.approvals, national.outbox, national.deliveries cascade")
    sign_off(approved)
    with pytest.raises(NationalError, match=r"the value is 63\.4\d*, the parts give 63\.41"):
        sent(approved, national)
    assert len(packets(national)) == 3


@pytest.mark.parametrize(
    ("misbehaviour", "told"),
    [
        (NationalMisbehaviour.ERROR, "not known whether it arrived"),
        (NationalMisbehaviour.BAD_REQUEST, "refused on purpose"),
        (NationalMisbehaviour.SILENT_AFTER_ACCEPTING, "not known whether it arrived"),
    ],
)
def test_what_went_wrong_once_arrives_once_in_the_end(
    approved: psycopg.Connection, national: NationalSystem, misbehaviour: NationalMisbehaviour, told: str
) -> None:
    national.misbehave(misbehaviour)
    with pytest.raises(NationalError, match=told):
        sent(approved, national, timeout=1)
    assert sent(approved, national) >= 1
    assert sorted(packets(national)).count("indicator_catalogue") == 1
    assert rows(approved, "select count(*) from national.outbox") == [(len(packets(national)),)]


def test_an_item_refused_in_part_is_named(approved: psycopg.Connection, national: NationalSystem) -> None:
    national.misbehave(NationalMisbehaviour.PART_REFUSAL)
    with pytest.raises(NationalError, match=r"DT03 \(refused on purpose\)"):
        sent(approved, national)
    assert national.archive.known.catalogue == {}


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [("packets/kpi_data", "wrong", 401), ("kpi_data", None, 404), ("packets/x", None, 404)],
)
def test_packets_need_a_token_and_an_address(
    national: NationalSystem, path: str, token: str | None, status: int
) -> None:
    headers = {"Authorization": f"Bearer {token or national.token}", "Idempotency-Key": "k"}
    with requests.Session() as session:
        for _ in range(2):  # the connection is still in order after a refusal
            answer = session.post(
                f"{national.endpoint.base_url}/{path}", data=b"{}", headers=headers, timeout=5
            )
            assert answer.status_code == status
    assert packets(national) == []
