"""What a sender's API answers: items, deletions, how many there are, and where to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from kpi_reporting.collect.refusals import Refused
from kpi_reporting.json_text import DoubledKey, exact_json

_LONGEST_CURSOR = 2000


class Item(BaseModel):
    """One filing of the sender."""

    model_config = ConfigDict(coerce_numbers_to_str=True)
    id: str = Field(min_length=1, max_length=500)
    submitted_at: AwareDatetime
    payload: dict[str, Any]


class Deletion(BaseModel):
    """An item the sender took back."""

    model_config = ConfigDict(coerce_numbers_to_str=True)
    id: str = Field(min_length=1, max_length=500)
    deleted_at: AwareDatetime
    reason: str | None = None


class Page(BaseModel):
    """An answer as sent; ``total`` counts all items there are, not those of this answer."""

    model_config = ConfigDict(coerce_numbers_to_str=True)
    total: int = Field(ge=0)
    items: list[Item]
    deleted: list[Deletion] = Field(default_factory=list)
    cursor: str | None = Field(None, min_length=1, max_length=_LONGEST_CURSOR)
    more: bool = False


@dataclass(frozen=True)
class Told:
    """What is kept of an answer: the counts, where to go on, and by what it is known again.

    ``ids`` are None when the sender said that nothing changed since; the answer is then the remembered one.
    """

    announced: int
    item_count: int
    next_cursor: str | None
    has_more: bool
    etag: str | None = None
    last_modified: str | None = None
    ids: frozenset[str] | None = None


def understood(place: str, body: bytes) -> Page:
    """Return an answer of the agreed structure.

    Raises:
        Refused: it is not JSON, tells a key twice, or has another structure; the first fault is named.
    """
    try:
        return Page.model_validate(parse_body(body))
    except DoubledKey as doubled:
        raise Refused(
            f"{place} trả lời một gói dữ liệu ghi khóa “{doubled.key}” hai lần ở “{doubled.place}”.",
            f"{place} answered with the key {doubled.key!r} told twice, at {doubled.place}.",
            "Have the sender tell each key of an object once; nobody knows which of the two values is meant.",
        ) from None
    except (ValueError, RecursionError) as error:
        raise Refused(
            f"{place} trả lời không đúng cấu trúc đã thống nhất.",
            f"{place} answered something else than agreed: {_first_fault(error)}.",
            "Compare the answer with total, items[id, submitted_at with offset, payload], deleted[id, deleted_at], "
            "cursor and more, and have the sender correct it.",
        ) from None


def parse_body(body: bytes) -> Any:
    """Parse JSON with every number as it was written.

    Raises:
        DoubledKey: an object tells a key twice.
        ValueError: it is no JSON.
    """
    return exact_json(body)


def _first_fault(error: Exception) -> str:
    if isinstance(error, ValidationError):
        fault = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
    return f"not JSON ({error.__class__.__name__})"
