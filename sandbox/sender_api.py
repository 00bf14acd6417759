"""The APIs of senders that file over HTTP: pages of submissions, behind a token, well behaved or not.

``GET /<location>?page&page_size&before`` answers ``total`` and ``items`` (id, submitted_at, payload), the oldest first:
what was submitted up to the instant ``before`` and not deleted by then. With ``cursor`` in place of ``page`` it answers
what changed after it, deletions too (id, deleted_at, reason), the ``cursor`` to go on from, and whether ``more`` is to
come; a cursor it does not know any more is answered 410. An answer that the caller has already, by its ETag, is not
sent again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from kpi_reporting.collect.http_api import canonical_json
from sandbox import INVENTED_EN, INVENTED_VI
from sandbox.listing import Deletion, Item, Listing, shown
from sandbox.loopback import JsonHandler, LoopbackServer

_TIMES_ON_ERROR_TWICE = 2
_DRIP_SECONDS = 0.5
_LONGEST_HANG_SECONDS = 600


class Misbehaviour(StrEnum):
    """What can be wrong with a sender's service."""

    HANG = "hang"
    ERROR = "error"
    ERROR_TWICE = "error_twice"
    WRONG_TOTAL = "wrong_total"
    NOT_JSON = "not_json"
    SLOW_DRIP = "slow_drip"


class SenderApi(LoopbackServer):
    """All senders' APIs on one address; ``misbehaving`` may be changed while it answers."""

    def __init__(
        self,
        deliveries: Mapping[str, Sequence[Item]],
        misbehaving: Mapping[str, Misbehaviour] | None = None,
        port: int = 0,
        token: str | None = None,
        deletions: Mapping[str, Sequence[Deletion]] | None = None,
    ) -> None:
        """Serve each location's items; ``misbehaving`` says which location does what."""
        super().__init__(_Handler, port, token)
        self.deliveries = deliveries
        self.deletions = deletions or {}
        self.misbehaving = dict(misbehaving or {})
        self.calls: Counter[str] = Counter()


class _Query(BaseModel):
    page: int = Field(1, ge=1)
    cursor: str | None = None
    page_size: int = Field(50, ge=1, le=1000)
    before: AwareDatetime


class _Handler(JsonHandler):
    server: SenderApi

    def get(self) -> None:
        """Answer the list of senders, or a page of one of them."""
        parts = urlsplit(self.path)
        location = parts.path.strip("/")
        if not location:
            self.answer(200, {"senders": sorted(self.server.deliveries), "note": INVENTED_EN})
        elif not self.has_token():
            self.answer(401, {"error": "wrong token"})
        elif location not in self.server.deliveries:
            self.answer(404, {"error": f"no sender {location}"})
        else:
            self._answer_page(location, parts.query)

    def _answer_page(self, location: str, query: str) -> None:
        try:
            given = parse_qs(query, keep_blank_values=True)  # an empty cursor is the beginning
            asked = _Query.model_validate({name: values[0] for name, values in given.items()})
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            self.answer(400, {"error": f"{fault['loc'][0]}: {fault['msg']}"})
            return
        self.server.calls[location] += 1
        if asked.cursor and not self._listing(location, asked).knows(asked.cursor):
            self.answer(410, {"error": "this cursor is not known any more; begin with an empty one"})
            return
        misbehave = _MISBEHAVIOURS.get(self.server.misbehaving.get(location))
        if misbehave is None or not misbehave(self, location, asked):
            self._answer_once(self._page(location, asked), self._listing(location, asked).modified_at)

    def _answer_once(self, page: dict[str, Any], modified_at: datetime | None) -> None:
        body = canonical_json(page).encode()
        headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()}"'}
        if modified_at:
            headers["Last-Modified"] = format_datetime(modified_at.astimezone(UTC), usegmt=True)
        if headers["ETag"] == self.headers.get("If-None-Match"):
            self.send_response(304)
            self.end_headers()
        else:
            self.answer(200, body, headers=headers)

    def _listing(self, location: str, asked: _Query) -> Listing:
        items, deletions = self.server.deliveries[location], self.server.deletions.get(location, ())
        return Listing(items, deletions, asked.before)

    def _page(self, location: str, asked: _Query) -> dict[str, Any]:
        listing = self._listing(location, asked)
        counted = {"total": len(listing.items), "note": INVENTED_VI}
        if asked.cursor is not None:
            return {**counted, **listing.changes_after(asked.cursor, asked.page_size)}
        start = (asked.page - 1) * asked.page_size
        items = [shown(item) for item in listing.items[start : start + asked.page_size]]
        return {**counted, "page": asked.page, "items": items}

    def hang(self, _: str, __: _Query) -> bool:
        """Take the call and say nothing until the server ends or the caller is long gone."""
        self.server.stopping.wait(_LONGEST_HANG_SECONDS)
        self.close_connection = True
        return True

    def fail(self, _: str, __: _Query) -> bool:
        """Answer that something broke."""
        self.answer(500, {"error": "something broke on purpose", "note": INVENTED_EN})
        return True

    def fail_twice(self, location: str, asked: _Query) -> bool:
        """Break for the first two calls of a location, then be well."""
        return self.server.calls[location] <= _TIMES_ON_ERROR_TWICE and self.fail(location, asked)

    def miscount(self, location: str, asked: _Query) -> bool:
        """Announce one item more than there is."""
        page = self._page(location, asked)
        self.answer(200, canonical_json({**page, "total": page["total"] + 1}).encode())
        return True

    def answer_a_web_page(self, _: str, __: _Query) -> bool:
        """Answer what a proxy in maintenance answers."""
        self.answer(200, b"<html><body>Maintenance (sandbox)</body></html>", "text/html")
        return True

    def drip(self, _: str, __: _Query) -> bool:
        """Send a byte now and then and never come to an end: no single wait is long."""
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        while not self.server.stopping.wait(_DRIP_SECONDS):
            self.wfile.write(b" ")
        return True


_MISBEHAVIOURS: dict[Misbehaviour | None, Callable[[_Handler, str, _Query], bool]] = {
    Misbehaviour.HANG: _Handler.hang,
    Misbehaviour.ERROR: _Handler.fail,
    Misbehaviour.ERROR_TWICE: _Handler.fail_twice,
    Misbehaviour.WRONG_TOTAL: _Handler.miscount,
    Misbehaviour.NOT_JSON: _Handler.answer_a_web_page,
    Misbehaviour.SLOW_DRIP: _Handler.drip,
}
