"""What the sandbox's national system refuses, and what it remembers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.national import Draft, Qcvn125, idempotency_key
from kpi_reporting.registry import Registry
from sandbox.national_checks import PacketRefused
from sandbox.national_system import Archive

Change = Callable[[dict[str, Any]], None]
SENDER = {"province_code": "38", "name_vi": "Tỉnh Thanh Hóa"}
JULY = {
    "calendar_code": "administrative", "period_code": "2025-M07", "period_kind": "month",
    "first_day": "2025-06-15", "last_day": "2025-07-14",
}  # fmt: skip
INDICATOR = {
    "key": "DT03", "kpi_code": "DT03", "name_vi": "Hồ sơ trực tuyến", "name_en": "Online", "unit_of_measure": "%",
    "decimals": 2, "direction": "higher", "quantified": True,
}  # fmt: skip
FORMULA = {
    "key": "DT03/DT03-plan/1", "kpi_code": "DT03", "formula_code": "DT03-plan", "formula_version": 1,
    "formula_vi": "Trực tuyến / tất cả", "valid_from": "2020-10-06", "valid_to": None, "legal_basis": None,
    "confirmed": False,
}  # fmt: skip
FIGURE = {
    "key": "DT03/DT03-plan", "kpi_code": "DT03", "formula_code": "DT03-plan", "formula_version": 1,
    "value": "66.67", "numerator": "2", "denominator": "3", "unit_of_measure": "%", "units_counted": 1,
    "units_owed": 2, "data_state": "partial", "is_stale": False, "confirmed": False,
}  # fmt: skip
STATUS = {"key": "HS-01", "form_code": "HS-01", "owed": 3, "received": 2, "received_late": 1, "missing": 1}


def body(packet: str, *items: dict[str, Any], revision: int = 1, change: Change | None = None) -> bytes:
    """A packet as the product writes it, changed on its way when asked."""
    period = JULY if packet in {"kpi_data", "report_status"} else None
    key = f"{packet}/administrative/2025-M07" if period else packet
    content = {
        "sender": SENDER,
        "period": period,
        "items": list(items),
        "manifest": {"item_count": len(items)},
    }
    sent = json.loads(Qcvn125().body(Draft(packet, key, content), revision))
    if change:
        change(sent)
    return json.dumps(sent).encode()


def send(archive: Archive, packet: str, data: bytes) -> dict[str, Any]:
    told = json.loads(data)["business_key"]
    return archive.receive(packet, idempotency_key(told, hashlib.sha256(data).hexdigest()), data)


@pytest.fixture
def archive(registry: Registry) -> Archive:
    """A system that knows one indicator and its formula."""
    found = Archive(registry)
    assert send(found, "indicator_catalogue", body("indicator_catalogue", INDICATOR))["status"] == "accepted"
    assert send(found, "kpi_set", body("kpi_set", FORMULA))["status"] == "accepted"
    return found


def test_a_packet_is_accepted_with_a_receipt_that_says_what_it_is(archive: Archive) -> None:
    receipt = send(archive, "kpi_data", body("kpi_data", FIGURE))
    assert (receipt["status"], receipt["receipt_id"], receipt["sandbox"]) == (
        "accepted",
        "SANDBOX-000003",
        True,
    )
    assert receipt["items"] == [{"key": "DT03/DT03-plan", "status": "accepted", "reason": None}]
    assert send(archive, "report_status", body("report_status", STATUS))["status"] == "accepted"


def test_the_same_packet_twice_is_kept_once(archive: Archive) -> None:
    first = send(archive, "kpi_data", body("kpi_data", FIGURE))
    assert send(archive, "kpi_data", body("kpi_data", FIGURE)) == first
    assert len(archive.packets) == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kpi_code": "DT99", "key": "DT99/DT03-plan"}, "the catalogue has no indicator DT99"),
        ({"formula_code": "DT03-x", "key": "DT03/DT03-x"}, "the KPI set has no formula DT03-x version 1"),
        ({"formula_version": 2}, "the KPI set has no formula DT03-plan version 2"),
        ({"value": 66.67}, "value: Input should be a valid string"),
        ({"value": "66,67"}, "value: String should match pattern"),
        ({"value": None}, "value: Input should be a valid string"),
        ({"value": "66.66"}, "the value is 66.66, the parts give 66.67"),
        ({"denominator": "0"}, "the denominator is zero"),
        ({"unit_of_measure": "đồng"}, "the catalogue measures DT03 in %"),
        ({"data_state": "absent"}, "data_state: Input should be"),
        ({"key": "DT03"}, "the key has to be DT03/DT03-plan"),
        ({"surprise": 1}, "surprise: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_figure_is_refused_alone(archive: Archive, change: dict[str, Any], reason: str) -> None:
    good = {**FORMULA, "key": "DT03/DT03-a/1", "formula_code": "DT03-a"}
    send(archive, "kpi_set", body("kpi_set", FORMULA, good, revision=2))
    other = {**FIGURE, "key": "DT03/DT03-a", "formula_code": "DT03-a"}
    receipt = send(archive, "kpi_data", body("kpi_data", {**FIGURE, **change}, other))
    refused, accepted = receipt["items"]
    assert (receipt["status"], refused["status"], accepted["status"]) == (
        "part_refused",
        "refused",
        "accepted",
    )
    assert reason in refused["reason"]


def test_a_key_that_stands_twice_is_refused_twice(archive: Archive) -> None:
    receipt = send(archive, "kpi_data", body("kpi_data", FIGURE, FIGURE))
    assert receipt["status"] == "refused"
    assert {item["reason"] for item in receipt["items"]} == {"the key stands in the packet more than once"}
    assert len(archive.packets) == 2


@pytest.mark.parametrize("change", [{"missing": 2}, {"received_late": 3}, {"owed": -1}])
def test_a_status_whose_counts_cannot_be_is_refused(archive: Archive, change: dict[str, int]) -> None:
    assert send(archive, "report_status", body("report_status", {**STATUS, **change}))["status"] == "refused"


def test_a_formula_of_an_unknown_indicator_is_refused(archive: Archive) -> None:
    strange = {**FORMULA, "key": "DT99/DT03-plan/1", "kpi_code": "DT99"}
    assert send(archive, "kpi_set", body("kpi_set", strange, revision=2))["status"] == "refused"


def renamed(**changes: Any) -> Change:
    return lambda sent: sent.update(changes)


@pytest.mark.parametrize(
    ("packet", "change", "status", "reason"),
    [
        ("kpi_values", renamed(), 404, "there is no packet kpi_values"),
        ("kpi_data", renamed(packet="kpi_set"), 400, "the body is a packet kpi_set"),
        ("kpi_data", renamed(manifest={"item_count": 2}), 400, "tells of 2 items, there are 1"),
        ("kpi_data", renamed(revision=0), 400, "revision: Input should be greater than"),
        ("kpi_data", renamed(revision="1"), 400, "revision: Input should be a valid integer"),
        ("kpi_data", renamed(sender={"province_code": "38"}), 400, "sender.name_vi: Field required"),
        ("kpi_data", renamed(comment="x"), 400, "comment: Extra inputs"),
        ("kpi_data", renamed(period={**JULY, "period_code": "2025-M13"}), 400, "has no month number 13"),
        ("kpi_data", renamed(period={**JULY, "calendar_code": "lunar"}), 400, "There is no calendar 'lunar'"),
        ("kpi_data", renamed(period={**JULY, "last_day": "2025-07-31"}), 400, "to 2025-07-14"),
        ("kpi_data", renamed(period=None), 400, "wrong period or key"),
        ("kpi_data", renamed(business_key="kpi_data/civil/2025-M07"), 400, "business key has to be"),
    ],
)
def test_a_packet_that_is_not_what_it_says_is_refused_as_a_whole(
    archive: Archive, packet: str, change: Change, status: int, reason: str
) -> None:
    with pytest.raises(PacketRefused, match=reason) as refusal:
        send(archive, packet, body("kpi_data", FIGURE, change=change))
    assert refusal.value.status == status
    assert len(archive.packets) == 2


def test_a_key_of_other_bytes_is_refused(archive: Archive) -> None:
    with pytest.raises(PacketRefused, match="Idempotency-Key"):
        archive.receive("kpi_data", "0" * 64, body("kpi_data", FIGURE))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_bytes_that_are_no_message_are_refused(archive: Archive, data: bytes) -> None:
    with pytest.raises(PacketRefused) as refusal:
        archive.receive("kpi_data", "0" * 64, data)
    assert refusal.value.status == 400


def test_a_revision_follows_the_last_accepted_one(archive: Archive) -> None:
    send(archive, "kpi_data", body("kpi_data", FIGURE, revision=2))
    with pytest.raises(PacketRefused, match="revision 1 does not follow revision 2"):
        send(archive, "kpi_data", body("kpi_data", FIGURE, revision=1))
    corrected = {**FIGURE, "value": "33.33", "numerator": "1"}
    with pytest.raises(PacketRefused, match="revision 2 does not follow"):
        send(archive, "kpi_data", body("kpi_data", corrected, revision=2))
    assert send(archive, "kpi_data", body("kpi_data", corrected, revision=4))["status"] == "accepted"


def test_what_was_refused_as_a_whole_may_come_again(archive: Archive) -> None:
    wrong = {**FIGURE, "value": "1"}
    assert send(archive, "kpi_data", body("kpi_data", wrong))["status"] == "refused"
    assert send(archive, "kpi_data", body("kpi_data", FIGURE))["status"] == "accepted"


def test_halves_are_rounded_away_from_zero(archive: Archive) -> None:
    half = {**FIGURE, "numerator": "1", "denominator": "32", "value": "3.13"}  # 3.125
    assert send(archive, "kpi_data", body("kpi_data", half))["status"] == "accepted"


def test_a_folder_keeps_what_was_accepted(registry: Registry, tmp_path: Path) -> None:
    first = Archive(registry, tmp_path / "national")
    receipts = [
        send(first, "indicator_catalogue", body("indicator_catalogue", INDICATOR)),
        send(first, "kpi_set", body("kpi_set", FORMULA)),
    ]
    again = Archive(registry, tmp_path / "national")
    assert [kept.receipt for kept in again.packets.values()] == receipts
    assert send(again, "kpi_data", body("kpi_data", FIGURE))["number"] == 3


def test_an_item_refused_on_purpose_stays_unknown(registry: Registry, tmp_path: Path) -> None:
    other = {**INDICATOR, "key": "DT01", "kpi_code": "DT01"}
    data = body("indicator_catalogue", INDICATOR, other)
    key = idempotency_key("indicator_catalogue", hashlib.sha256(data).hexdigest())
    first = Archive(registry, tmp_path)
    assert first.receive("indicator_catalogue", key, data, refuse_first=True)["status"] == "part_refused"
    assert set(first.known.catalogue) == set(Archive(registry, tmp_path).known.catalogue) == {"DT01"}


def test_a_folder_with_something_else_is_told(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "000001-x.receipt.json").write_text("{}")
    with pytest.raises(KpiReportingError, match=r"000001-x.*delete"):
        Archive(registry, tmp_path)
