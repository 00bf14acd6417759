"""HTTP APIs of senders: what is new is asked for, every item kept, and the count compared with what was told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any

from kpi_reporting.collect.api_answers import Item, Page, Told, understood
from kpi_reporting.collect.http_client import Answer, ApiClient
from kpi_reporting.collect.ledger import Ledger, Payload
from kpi_reporting.collect.outcomes import Endpoint, SourceOutcome
from kpi_reporting.collect.politeness import Pace
from kpi_reporting.collect.refusals import Gone, Refused
from kpi_reporting.collect.source_memory import SourceMemory
from kpi_reporting.findings import storable
from kpi_reporting.landing import Landing
from kpi_reporting.registry.models import Source
from kpi_reporting.warehouse.nights import Night


class _Miscounted(Refused):
    """As many as were announced are not there."""

    rule_id = "source_count_differs"


def collect_api(
    source: Source, endpoint: Endpoint, night: Night, ledger: Ledger, landing: Landing
) -> SourceOutcome:
    """Collect what the sender submitted up to the night; what came before a failure is kept.

    Raises:
        SourceError: no answer in time, an answer that is not the agreed one, or other items than announced.
    """
    try:
        with ApiClient(source, endpoint, Pace(source, ledger.bytes_of_night(source))) as client:
            walk = _Walk(source, client, night, ledger, landing, SourceMemory(ledger, source))
            walk.cursor() if source.paging == "cursor" else walk.pages()
    except Refused as refusal:
        raise refusal.error(source) from None
    return SourceOutcome(source.source_code, walk.received, walk.known)


@dataclass
class _Walk:
    """One way through an API; what an answer brought is committed before the next one is asked for."""

    source: Source
    client: ApiClient
    night: Night
    ledger: Ledger
    landing: Landing
    memory: SourceMemory
    received: int = 0
    known: int = 0

    def pages(self) -> None:
        """Ask for every page of the list; pages that are as they were are not sent again."""
        seen: set[str] = set()
        unchanged, number, told = 0, 1, self._ask({"page": 1})
        while True:
            count_before = len(seen) + unchanged
            seen |= told.ids or frozenset()
            unchanged += told.item_count if told.ids is None else 0
            count = len(seen) + unchanged
            if count >= told.announced or count == count_before:
                break
            number += 1
            told = self._ask({"page": number})
        if count != told.announced:
            raise _fewer_given(self.client.place, count, told.announced)

    def cursor(self) -> None:
        """Follow the changes since the last time, count, and only then move on.

        A change that became visible late stands before the cursor and is never told: when the counts differ,
        everything is asked for once.
        """
        position = self.memory.cursor()
        last = self._follow(position)
        if self.memory.counted(self.night.as_of) != last.announced:
            last = self._follow(None, anew=True)
        counted = self.memory.counted(self.night.as_of)
        if counted != last.announced:
            raise _miscounted(self.client.place, counted, last.announced)
        if last.next_cursor:
            self.memory.move(last.next_cursor, self._question({"cursor": last.next_cursor}))

    def _follow(self, position: str | None, *, anew: bool = False) -> Told:
        try:
            told = self._ask({"cursor": position or ""}, anew=anew)
        except Gone:
            if position is None:
                raise
            return self._follow(None, anew=True)
        while told.has_more:
            if told.next_cursor in (None, position):
                raise _does_not_go_on(self.client.place)
            position = told.next_cursor
            told = self._ask({"cursor": position}, anew=anew)
        return told

    def _ask(self, asked: dict[str, Any], *, anew: bool = False) -> Told:
        question = self._question(asked)
        remembered = None if anew else self.memory.answer(question)
        query = {**asked, "page_size": self.source.page_size, "before": self.night.as_of.isoformat()}
        answer = self.client.get(query, _validators(remembered))
        if answer.body is None and remembered is not None:
            self.known += remembered.item_count
            return remembered
        return self._kept(question, understood(self.client.place, answer.body or b""), answer)

    def _question(self, asked: dict[str, Any]) -> str:
        """The night's instant is no part of it: the same question of another night may have the same answer."""
        return json.dumps({**asked, "page_size": self.source.page_size}, sort_keys=True)

    def _kept(self, question: str, page: Page, answer: Answer) -> Told:
        as_of = self.night.as_of
        items = [item for item in page.items if item.submitted_at <= as_of]
        deletions = [one for one in page.deleted if one.deleted_at <= as_of]
        payloads = self._landed(items)
        ids = frozenset(item.id for item in page.items)
        told = Told(page.total, len(ids), page.cursor, page.more, answer.etag, answer.last_modified, ids)
        is_whole = (len(items), len(deletions)) == (len(page.items), len(page.deleted))
        with self.ledger.transaction():
            new = self.ledger.record(self.source, payloads)
            self.memory.keep_deletions(deletions)
            self.memory.keep_answer(question, _to_remember(told, as_of, is_whole))
        self.received, self.known = self.received + new, self.known + len(items) - new
        return told

    def _landed(self, items: Sequence[Item]) -> list[Payload]:
        """Land what is new: of what stands in the ledger the bytes are there, or were removed for good."""
        known = self.ledger.known(self.source, [_origin(self.source, item.id) for item in items])
        return [
            land_payload(self.source, item.id, item.submitted_at, item.payload, self.landing)
            for item in items
            if (storable(_origin(self.source, item.id)), payload_hash(item.payload)) not in known
        ]


def _validators(told: Told | None) -> dict[str, str]:
    if told is None:
        return {}
    given = {"If-None-Match": told.etag, "If-Modified-Since": None if told.etag else told.last_modified}
    return {name: value for name, value in given.items() if value}


def _to_remember(told: Told, as_of: datetime, is_whole: bool) -> Told:
    """Of an answer that tells more than the night may see nothing is remembered: it has to be asked for again.

    A sender that says when the answer was last modified tells so even where the items do not show.
    """
    modified = told.last_modified and _instant(told.last_modified)
    if is_whole and (not told.last_modified or (modified and modified <= as_of)):
        return told
    return replace(told, etag=None, last_modified=None)


def _instant(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def _fewer_given(place: str, seen: int, total: int) -> Refused:
    return _Miscounted(
        f"{place} báo có {total} báo cáo nhưng chỉ gửi {seen}.",
        f"{place} announced {total} items and gave {seen}; those are kept.",
        "Retry the source; if the counts still differ, have the sender correct the paging of its API.",
    )


def _miscounted(place: str, counted: int, total: int) -> Refused:
    return _Miscounted(
        f"{place} báo có {total} báo cáo, hệ thống đã nhận {counted}.",
        f"{place} announced {total} items, the ledger holds {counted}; all that came is kept, the cursor stays.",
        "Ask the sender which items it removed without announcing them in 'deleted', or does not list.",
    )


def _does_not_go_on(place: str) -> Refused:
    return Refused(
        f"{place} báo còn dữ liệu nhưng không chuyển sang trang tiếp.",
        f"{place} says more is to come and gives no other cursor.",
        "Have the sender correct 'cursor' and 'more' of its API, then retry this source.",
    )


def land_payload(
    source: Source, item_id: str, submitted_at: datetime, payload: dict[str, Any], landing: Landing
) -> Payload:
    """Store an item's payload, in one way of writing it, and return its entry for the ledger."""
    stored = landing.store(BytesIO(_as_bytes(payload)))
    return Payload(_origin(source, item_id), f"{item_id}.json", "application/json", submitted_at, stored)


def payload_hash(payload: dict[str, Any]) -> str:
    """Return the SHA-256 of the bytes that are stored of a payload."""
    return hashlib.sha256(_as_bytes(payload)).hexdigest()


def _as_bytes(payload: dict[str, Any]) -> bytes:
    return canonical_json(payload).encode("utf-8", "surrogatepass")


def _origin(source: Source, item_id: str) -> str:
    return f"{source.location}/{item_id}"


def canonical_json(value: Any) -> str:
    """Write a payload so that equal content has equal bytes: sorted keys, no blanks, numbers as written."""
    if isinstance(value, dict):
        members = (
            f"{json.dumps(key, ensure_ascii=False)}:{canonical_json(value[key])}" for key in sorted(value)
        )
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(canonical_json(member) for member in value)}]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
