"""What a format of the national system has to offer; the outbox and the client know nothing else about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg


@dataclass(frozen=True)
class Draft:
    """A message before it has a revision: its packet, what it is about, and its content.

    ``business_key`` stays the same for ever for the same thing (a catalogue, the figures of a period).
    """

    packet: str
    business_key: str
    content: dict[str, Any]


class Adapter(Protocol):
    """A message format. Replace it when the official field schema is handed out."""

    def drafts(self, conn: psycopg.Connection, publication_id: int) -> Iterable[Draft]:
        """Yield every message that describes the published state, in the order of sending."""
        ...

    def body(self, draft: Draft, revision: int) -> bytes:
        """Return the bytes to send; the same draft and revision always give the same bytes."""
        ...
