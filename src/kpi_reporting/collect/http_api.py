"""HTTP APIs of senders: every page asked for, every item kept, and the count compared with what was told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from kpi_reporting.collect.http_client import ApiClient, Refused, Silent
from kpi_reporting.collect.landing import Landing
from kpi_reporting.collect.ledger import Ledger, Payload
from kpi_reporting.collect.outcomes import Endpoint, SourceOutcome
from kpi_reporting.errors import SourceError
from kpi_reporting.registry.models import Source
from kpi_reporting.warehouse.nights import Night


class _Item(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)
    id: str = Field(min_length=1, max_length=500)
    submitted_at: AwareDatetime
    payload: dict[str, Any]


class _Page(BaseModel):
    total: int = Field(ge=0)
    items: list[_Item]


def collect_api(
    source: Source, endpoint: Endpoint, night: Night, ledger: Ledger, landing: Landing
) -> SourceOutcome:
    """Collect what the sender submitted up to the night; what came before a failure is kept.

    Raises:
        SourceError: no answer in time, an answer that is not the agreed one, or fewer items than announced.
    """
    received = known = 0
    try:
        with ApiClient(source, endpoint) as client:
            for items in _pages(client, source, night.as_of):
                payloads = [
                    land_payload(source, item.id, item.submitted_at, item.payload, landing)
                    for item in items
                    if item.submitted_at <= night.as_of
                ]
                new = ledger.record(source, payloads)
                received, known = received + new, known + len(payloads) - new
    except Refused as refusal:
        raise SourceError(
            source.source_code,
            source.name_vi,
            refusal.message_vi,
            refusal.message_en,
            refusal.hint,
            isinstance(refusal, Silent),
        ) from None
    return SourceOutcome(source.source_code, received, known)


def _pages(client: ApiClient, source: Source, as_of: datetime) -> Iterator[Sequence[_Item]]:
    seen: set[str] = set()
    number, total = 1, 0
    while number == 1 or len(seen) < total:
        query = {"page": number, "page_size": source.page_size, "before": as_of.isoformat()}
        page = _understood(client, client.get(query))
        before, total = len(seen), page.total
        seen.update(item.id for item in page.items)
        yield page.items
        if len(seen) == before and total > before:
            break
        number += 1
    if len(seen) != total:
        raise _count_differs(client, len(seen), total)


def _understood(client: ApiClient, body: bytes) -> _Page:
    try:
        return _Page.model_validate(parse_body(body))
    except (ValueError, RecursionError) as error:
        raise Refused(
            f"{client.place} trả lời không đúng cấu trúc đã thống nhất.",
            f"{client.place} answered something else than agreed: {_first_fault(error)}.",
            "Compare the answer with total, page, items[id, submitted_at with offset, payload] and have the "
            "sender correct it.",
        ) from None


def parse_body(body: bytes) -> Any:
    """Parse JSON with every number as it was written.

    Raises:
        ValueError: it is no JSON.
    """
    return json.loads(body, parse_float=Decimal, parse_int=_whole)


def _whole(text: str) -> int | Decimal:
    """Python refuses to turn thousands of digits into an int, and such a number is the checks' business."""
    return int(text) if len(text) < 100 else Decimal(text)


def _first_fault(error: Exception) -> str:
    if isinstance(error, ValidationError):
        fault = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
    return f"not JSON ({error.__class__.__name__})"


def _count_differs(client: ApiClient, seen: int, total: int) -> Refused:
    return Refused(
        f"{client.place} báo có {total} báo cáo nhưng chỉ gửi {seen}.",
        f"{client.place} announced {total} items and gave {seen}; those are kept.",
        "Retry the source; if the counts still differ, have the sender correct the paging of its API.",
    )


def land_payload(
    source: Source, item_id: str, submitted_at: datetime, payload: dict[str, Any], landing: Landing
) -> Payload:
    """Store an item's payload, in one way of writing it, and return its entry for the ledger."""
    stored = landing.store(BytesIO(canonical_json(payload).encode("utf-8", "surrogatepass")))
    return Payload(
        f"{source.location}/{item_id}", f"{item_id}.json", "application/json", submitted_at, stored
    )


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
