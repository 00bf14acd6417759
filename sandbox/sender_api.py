"""The APIs of senders that file over HTTP: pages of submissions, behind a token, well behaved or not.

``GET /<location>?page&page_size&before`` answers ``total`` and ``items`` (id, submitted_at, payload), the oldest first:
what was submitted up to the instant ``before``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from kpi_reporting.collect.http_api import canonical_json
from sandbox import INVENTED_EN, INVENTED_VI
from sandbox.loopback import JsonHandler, LoopbackServer
from sandbox.maker import Item

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
    ) -> None:
        """Serve each location's items; ``misbehaving`` says which location does what."""
        super().__init__(_Handler, port, token)
        self.deliveries = deliveries
        self.misbehaving = dict(misbehaving or {})
        self.calls: Counter[str] = Counter()


class _Query(BaseModel):
    page: int = Field(1, ge=1)
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
            asked = _Query.model_validate({name: values[0] for name, values in parse_qs(query).items()})
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            self.answer(400, {"error": f"{fault['loc'][0]}: {fault['msg']}"})
            return
        self.server.calls[location] += 1
        misbehave = _MISBEHAVIOURS.get(self.server.misbehaving.get(location))
        if misbehave is None or not misbehave(self, location, asked):
            self.answer(200, canonical_json(self._page(location, asked)).encode())

    def _page(self, location: str, asked: _Query) -> dict[str, Any]:
        items = [item for item in self.server.deliveries[location] if item.submitted_at <= asked.before]
        start = (asked.page - 1) * asked.page_size
        return {
            "total": len(items),
            "page": asked.page,
            "items": [_shown(item) for item in items[start : start + asked.page_size]],
            "note": INVENTED_VI,
        }

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


def _shown(item: Item) -> dict[str, Any]:
    return {"id": item.id, "submitted_at": item.submitted_at.isoformat(), "payload": item.payload}
