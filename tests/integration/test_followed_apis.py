"""APIs that tell what changed: followed by a cursor, counted, asked in vain no second time, deletions taken as acts."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from kpi_reporting import night as steps
from kpi_reporting.collect import Endpoint, SourceOutcome, collect_source
from kpi_reporting.collect.ledger import Ledger
from kpi_reporting.errors import SourceError
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night, open_night
from sandbox.listing import Deletion, Item
from sandbox.sender_api import SenderApi
from tests.integration.intake import AS_OF, EVENING, conn, landing, night, registry, rows, states

PLACE = "senders/so-gddt"
MORNING = EVENING.replace(hour=8)
NEXT_DAY = timedelta(days=1)


def an_item(number: int, submitted_at: datetime = MORNING) -> Item:
    figures = [{"item": "1.1", "value": number}]
    body = {"form": "HS-01", "version": 1, "unit": "so-gddt", "period": f"2025-M0{number}", "rows": figures}
    return Item(f"s{number}", submitted_at + timedelta(minutes=number), body)


@dataclass
class Sender:
    """A department's API that can be filled, emptied and made to lose count."""

    items: list[Item] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)
    announced: int | None = None


class CountingApi(SenderApi):
    """Announces what it is told to, if anything, and counts the answers it had to write."""

    def __init__(self, sender: Sender) -> None:
        super().__init__({PLACE: sender.items}, deletions={PLACE: sender.deletions})
        self.sender = sender
        self.statuses: Counter[int] = Counter()
        self.questions: list[str] = []

    def finish_request(self, request: Any, client_address: Any) -> None:
        api, handler = self, self.RequestHandlerClass

        class Counting(handler):  # type: ignore[misc, valid-type]
            def send_response(self, code: int, message: str | None = None) -> None:
                api.statuses[code] += 1
                api.questions.append(self.path)
                super().send_response(code, message)

            def _page(self, location: str, asked: Any) -> dict[str, Any]:
                page = super()._page(location, asked)
                return page if api.sender.announced is None else {**page, "total": api.sender.announced}

        Counting(request, client_address, self)


@pytest.fixture
def sender() -> Sender:
    return Sender([an_item(number) for number in range(1, 6)])


@pytest.fixture
def api(sender: Sender) -> Iterator[CountingApi]:
    with CountingApi(sender) as running:
        yield running


@pytest.fixture
def collect(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str, api: CountingApi
) -> Any:
    """Collect from the sender, on the first night or so many days later."""

    def collected(days: int = 0, source: str = "so-gddt", **changes: Any) -> SourceOutcome:
        later = replace(night, as_of=AS_OF + days * NEXT_DAY)
        open_night(conn, later, registry.code, registry.sha256)
        api.statuses.clear()
        api.questions.clear()
        changed = [
            row.model_copy(update={"location": PLACE, **changes}) if row.source_code == source else row
            for row in registry.sources
        ]
        return collect_source(
            conn, replace(registry, sources=tuple(changed)), later, source, api.endpoint, landing
        )

    return collected


def cursor(conn: psycopg.Connection) -> Any:
    return rows(conn, "select cursor from raw.source_cursors")


def test_only_what_changed_is_asked_for_and_an_unchanged_answer_is_not_sent(
    conn: psycopg.Connection, collect: Any, sender: Sender, api: CountingApi
) -> None:
    assert collect() == SourceOutcome("so-gddt", received=5, already_known=0)
    assert api.statuses == {200: 3}
    assert collect(1) == SourceOutcome("so-gddt", received=0, already_known=0)
    assert api.statuses == {200: 1}
    assert collect(2) == SourceOutcome("so-gddt", received=0, already_known=0)
    assert api.statuses == {304: 1}
    before = cursor(conn)
    sender.items.append(an_item(6, MORNING + 2 * NEXT_DAY))
    assert collect(3) == SourceOutcome("so-gddt", received=1, already_known=0)
    assert api.statuses == {200: 1}
    assert cursor(conn) != before
    assert [origin for origin, _ in states(conn)] == [f"{PLACE}/s{number}" for number in range(1, 7)]


def test_pages_that_are_as_they_were_are_not_sent_again(
    conn: psycopg.Connection, collect: Any, sender: Sender, api: CountingApi
) -> None:
    assert collect(source="so-y-te").received == 5
    assert collect(1, source="so-y-te") == SourceOutcome("so-y-te", received=0, already_known=5)
    assert api.statuses == {304: 3}
    changed = {**sender.items[3].payload, "rows": [{"item": "1.1", "value": 99}]}
    sender.items[3] = replace(sender.items[3], payload=changed)
    assert collect(2, source="so-y-te") == SourceOutcome("so-y-te", received=1, already_known=4)
    assert api.statuses == {304: 2, 200: 1}


def test_an_item_of_the_future_is_taken_by_the_night_that_sees_it(
    conn: psycopg.Connection, collect: Any, sender: Sender
) -> None:
    sender.items.append(an_item(6, AS_OF + timedelta(hours=1)))
    assert collect().received == 5
    assert collect(1).received == 1


def test_the_cursor_moves_with_what_it_brought_or_not_at_all(
    conn: psycopg.Connection, collect: Any, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, calls = Ledger.record, Counter[str]()

    def killed_at_the_second_page(self: Ledger, *arguments: Any) -> int:
        calls["record"] += 1
        if calls["record"] == 2:
            raise KeyboardInterrupt
        return record(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "record", killed_at_the_second_page)
        with pytest.raises(KeyboardInterrupt):
            collect()
    assert (len(states(conn)), cursor(conn)) == (2, [])
    assert collect().received == 3
    assert len(states(conn)) == 5
    assert len(cursor(conn)) == 1


def test_what_became_visible_late_is_found_by_counting(
    conn: psycopg.Connection, collect: Any, sender: Sender, api: CountingApi
) -> None:
    collect()
    sender.items.insert(0, an_item(6, MORNING - timedelta(hours=1)))
    assert collect(1).received == 1
    assert any("cursor=&" in question for question in api.questions)
    assert collect(2).received == 0
    assert api.statuses == {304: 1}


@pytest.mark.parametrize("announced", [4, 6])
def test_a_count_that_differs_is_a_finding_and_the_cursor_stays(
    conn: psycopg.Connection, collect: Any, sender: Sender, announced: int
) -> None:
    collect()
    before = cursor(conn)
    sender.items.append(an_item(6, MORNING + NEXT_DAY))
    sender.announced = announced + 1
    with pytest.raises(SourceError, match=f"announced {announced + 1} items, the ledger holds 6") as error:
        collect(1)
    assert error.value.rule_id == "source_count_differs"
    assert cursor(conn) == before
    assert len(states(conn)) == 6
    found = "select rule_id, severity, sender_code, subject, message_vi from quality.findings"
    ((rule_id, severity, *who, message),) = rows(conn, found)
    assert (rule_id, severity, who) == ("source_count_differs", "error", ["so-gddt", "so-gddt"])
    assert f"báo có {announced + 1} báo cáo, hệ thống đã nhận 6" in message
    sender.announced = None
    assert collect(2).received == 0
    assert cursor(conn) != before


def test_a_failure_that_is_handed_on_keeps_its_rule(
    conn: psycopg.Connection, registry: Registry, night: Night, sender: Sender, api: CountingApi
) -> None:
    sender.announced = 9
    conf = {"registry": str(registry.folder), "inbox": str(night.inbox), "as_of": night.night_id}
    (failure,) = steps.collect(conf, ["so-gddt"], lambda _: api.endpoint)
    assert failure["rule_id"] == "source_count_differs"
    with pytest.raises(SourceError, match="announced 9"):
        steps.collect_again(conf, failure, lambda _: api.endpoint, at_once=True)
    assert rows(conn, "select rule_id from quality.findings") == [("source_count_differs",)]


def test_a_cursor_the_sender_forgot_starts_from_the_beginning(
    conn: psycopg.Connection, collect: Any, sender: Sender, api: CountingApi
) -> None:
    collect()
    sender.items.append(an_item(6, MORNING + NEXT_DAY))
    conn.execute("update raw.source_cursors set cursor = 'of another time'")
    conn.commit()
    assert collect(1) == SourceOutcome("so-gddt", received=1, already_known=5)
    assert api.statuses == {410: 1, 200: 3}


def test_what_a_source_deleted_is_withdrawn_and_kept(
    conn: psycopg.Connection, collect: Any, sender: Sender
) -> None:
    collect()
    deleted_at = MORNING + NEXT_DAY
    sender.deletions.append(Deletion("s2", deleted_at, "Nộp nhầm kỳ"))
    assert collect(1) == SourceOutcome("so-gddt", received=0, already_known=0)
    assert rows(
        conn,
        "select s.origin, w.asked_by, w.asked_at, w.reason, w.entered_by "
        "from raw.withdrawals as w join raw.submissions as s using (submission_id)",
    ) == [(f"{PLACE}/s2", "Sở Giáo dục và Đào tạo", deleted_at, "Nộp nhầm kỳ", "source so-gddt")]
    assert len(states(conn)) == 5
    assert collect(2).received == 0
    assert len(rows(conn, "select from raw.withdrawals")) == 1


def test_a_deletion_of_what_was_never_seen_is_kept_and_takes_back_what_comes_after_it(
    conn: psycopg.Connection, collect: Any, sender: Sender
) -> None:
    sender.deletions.append(Deletion("s6", MORNING + timedelta(hours=2), "Bản nháp"))
    assert collect().received == 5
    assert rows(conn, "select origin, reason from raw.source_deletions") == [(f"{PLACE}/s6", "Bản nháp")]
    assert rows(conn, "select from raw.withdrawals") == []
    # Asked from the beginning again, a page that was cached somewhere on the way brings it after all.
    conn.execute("truncate raw.source_cursors, raw.source_answers")
    conn.commit()
    sender.deletions.clear()
    sender.items.append(an_item(6, MORNING))
    sender.announced = 5
    assert collect(1).received == 1
    assert len(rows(conn, "select from raw.withdrawals")) == 1


def test_an_item_filed_anew_after_its_deletion_counts(
    conn: psycopg.Connection, collect: Any, sender: Sender
) -> None:
    collect()
    sender.deletions.append(Deletion("s2", EVENING, "Sai"))
    again = {**sender.items[1].payload, "rows": [{"item": "1.1", "value": 22}]}
    sender.items[1] = Item("s2", MORNING + NEXT_DAY, again)
    assert collect(1).received == 1
    withdrawn = rows(
        conn,
        "select s.received_at < w.asked_at from raw.withdrawals as w join raw.submissions as s using (submission_id)",
    )
    assert withdrawn == [(True,)]


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ({"more": True, "cursor": None}, "gives no other cursor"),
        ({"cursor": ""}, "cursor: String should have at least 1 character"),
        ({"deleted": [{"id": "s1", "deleted_at": "2025-07-16"}]}, r"deleted\.0\.deleted_at"),
    ],
)
def test_an_answer_that_leads_nowhere_is_told(
    collect: Any, api: CountingApi, monkeypatch: pytest.MonkeyPatch, page: dict[str, Any], told: str
) -> None:
    handler = api.RequestHandlerClass
    original = handler._page
    monkeypatch.setattr(handler, "_page", lambda *asked: {**original(*asked), **page})
    with pytest.raises(SourceError, match=told):
        collect()
