"""What a sender's system holds: items at an instant, in which order they came and went, and files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

_Key = tuple[str, str, str]
_BEGINNING = "||"


@dataclass(frozen=True)
class Item:
    """One payload of a sender's API."""

    id: str
    submitted_at: datetime
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class SentFile:
    """One file that a sender sent, by its path below its inbox or its SFTP account."""

    path: str
    sent_at: datetime
    data: bytes

    def lay_below(self, root: Path) -> None:
        """Write it there, last written when it was sent."""
        path = root / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.data)
        os.utime(path, (self.sent_at.timestamp(),) * 2)


@dataclass(frozen=True)
class Deletion:
    """An item its sender took back."""

    id: str
    deleted_at: datetime
    reason: str


@dataclass(frozen=True)
class Listing:
    """The items and deletions of one sender up to an instant."""

    all_items: Sequence[Item]
    all_deletions: Sequence[Deletion]
    before: datetime

    @cached_property
    def deletions(self) -> list[Deletion]:
        """What was deleted by then."""
        return [one for one in self.all_deletions if one.deleted_at <= self.before]

    @cached_property
    def items(self) -> list[Item]:
        """What was submitted by then and not deleted, the oldest first."""
        gone = {one.id: one.deleted_at for one in self.deletions}
        there = (item for item in self.all_items if item.submitted_at <= self.before)
        return [item for item in there if item.id not in gone or gone[item.id] < item.submitted_at]

    @property
    def modified_at(self) -> datetime | None:
        """When something last came or went."""
        instants = [item.submitted_at for item in self.all_items if item.submitted_at <= self.before]
        return max([*instants, *(one.deleted_at for one in self.deletions)], default=None)

    def knows(self, cursor: str) -> bool:
        """Tell whether a cursor was given out for something that is still as it was."""
        keys = [_key_of_item(item) for item in self.all_items] + [
            _key_of_deletion(one) for one in self.all_deletions
        ]
        return cursor in ("", _BEGINNING) or tuple(cursor.split("|")) in keys

    def changes_after(self, cursor: str, size: int) -> dict[str, Any]:
        """Return so many changes after a cursor, and where to go on; an empty cursor is the beginning."""
        changes: dict[_Key, tuple[str, dict[str, Any]]] = {
            _key_of_item(item): ("items", shown(item)) for item in self.items
        }
        changes |= {_key_of_deletion(one): ("deleted", _shown_deletion(one)) for one in self.deletions}
        ahead = sorted(key for key in changes if not cursor or key > tuple(cursor.split("|")))
        told = [changes[key] for key in ahead[:size]]
        return {
            "items": [change for kind, change in told if kind == "items"],
            "deleted": [change for kind, change in told if kind == "deleted"],
            "cursor": "|".join(ahead[: len(told)][-1]) if told else cursor or _BEGINNING,
            "more": len(ahead) > len(told),
        }


def _key_of_item(item: Item) -> _Key:
    return item.submitted_at.isoformat(), item.id, ""


def _key_of_deletion(one: Deletion) -> _Key:
    return one.deleted_at.isoformat(), one.id, "deleted"


def shown(item: Item) -> dict[str, Any]:
    """Return an item as an API shows it."""
    return {"id": item.id, "submitted_at": item.submitted_at.isoformat(), "payload": item.payload}


def _shown_deletion(one: Deletion) -> dict[str, Any]:
    return {"id": one.id, "deleted_at": one.deleted_at.isoformat(), "reason": one.reason}
