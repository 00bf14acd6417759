"""The sandbox's national system over real HTTP, fed by the product's own delivering."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
import requests

from kpi_reporting.errors import NationalError
from kpi_reporting.national import deliver
from kpi_reporting.warehouse.nights import Night
from sandbox.national_system import Misbehaviour as NationalMisbehaviour
from sandbox.national_system import NationalSystem
from sandbox.servers import Servers
from tests.integration.intake import AS_OF, rows
from tests.integration.published import approve_and_queue, publish_a_province, publish_again


@pytest.fixture
def approved(conn: psycopg.Connection) -> psycopg.Connection:
    """One published province, signed off and queued."""
    publish_a_province(conn)
    return conn


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
    publish_again(
        approved, "second", "update reporting.kpi_values set value = 64, numerator = 6400 where is_primary"
    )
    approve_and_queue(approved)
    assert sent(approved, national) == 1
    assert national.archive.known.revisions["kpi_data/administrative/2025-M07"] == 2


def test_a_figure_that_is_not_what_its_parts_give_is_refused(
    approved: psycopg.Connection, national: NationalSystem
) -> None:
    approved.execute("update reporting.kpi_values set value = 63.4")
    approved.execute("truncate national.approvals, national.outbox, national.deliveries cascade")
    approve_and_queue(approved)
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
