"""Delivery: what is queued goes out once, and what came back is kept.

A message that may have arrived is never sent again before the national system was asked what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import psycopg
import requests

from kpi_reporting.errors import NationalError
from kpi_reporting.warehouse.nights import Night

TIMEOUT_SECONDS = 15.0

# Of several revisions of one thing only the latest is sent.
_PENDING = """
select m.message_id, m.idempotency_key, m.packet, m.business_key, m.revision, m.body, d.state, d.detail
from (
    select distinct on (packet, business_key) *
    from national.outbox
    order by packet, business_key, revision desc
) as m
inner join lateral (
    select state, detail from national.deliveries as d
    where d.message_id = m.message_id
    order by d.delivery_id desc limit 1
) as d on true
where d.state <> 'accepted'
order by m.message_id
"""

_RECORD = """
insert into national.deliveries (message_id, state, attempted_at, http_status, receipt, detail)
values (%s, %s, clock_timestamp(), %s, %s, %s)
"""

_MAYBE_ARRIVED = frozenset({"sent", "unknown"})
_ANSWERS = frozenset({"accepted", "part_refused", "refused"})


class Endpoint(Protocol):
    """Where the national system is reached, and with which token."""

    @property
    def base_url(self) -> str:
        """Address without a trailing path."""
        ...

    @property
    def token(self) -> str:
        """Bearer token."""
        ...


@dataclass(frozen=True)
class Message:
    """A queued message and its last known state."""

    message_id: int
    idempotency_key: str
    packet: str
    business_key: str
    revision: int
    body: bytes
    state: str
    detail: str | None

    @property
    def label(self) -> str:
        """Name of the message in what people read."""
        return f"{self.business_key} revision {self.revision}"


@dataclass(frozen=True)
class Attempt:
    """What one exchange with the national system led to."""

    state: str
    http_status: int | None = None
    receipt: bytes | None = None
    detail: str | None = None


@dataclass(frozen=True)
class DeliverySummary:
    """Messages that were delivered, in order of sending."""

    accepted: int = 0
    messages: tuple[str, ...] = ()


def deliver(
    conn: psycopg.Connection, endpoint: Endpoint, night: Night, timeout_seconds: float = TIMEOUT_SECONDS
) -> DeliverySummary:
    """Send every queued message; commits after each step, so that no receipt is ever lost.

    Raises:
        NationalError: at least one message was not accepted; it names each and what was refused. Accepted ones
            are kept as accepted.
    """
    accepted, faults = [], []
    with requests.Session() as session:
        session.headers.update({"Authorization": f"Bearer {endpoint.token}", "X-Night": night.night_id})
        for message in _pending(conn):
            attempt = _deliver_one(conn, session, endpoint.base_url.rstrip("/"), message, timeout_seconds)
            if attempt.state == "accepted":
                accepted.append(message.label)
            else:
                faults.append(f"{message.label}: {_told(attempt)}")
    if faults:
        raise NationalError(_failure(len(accepted), faults))
    return DeliverySummary(len(accepted), tuple(accepted))


def _pending(conn: psycopg.Connection) -> list[Message]:
    rows = conn.execute(_PENDING).fetchall()
    conn.commit()
    return [Message(row[0], row[1], row[2], row[3], row[4], bytes(row[5]), row[6], row[7]) for row in rows]


def _deliver_one(
    conn: psycopg.Connection, session: requests.Session, base_url: str, message: Message, timeout: float
) -> Attempt:
    if message.state == "part_refused":
        return Attempt("part_refused", detail=message.detail)
    if message.state in _MAYBE_ARRIVED:
        answer = _ask(session, base_url, message, timeout)
        if answer is not None:
            return _keep(conn, message, answer)
    _keep(conn, message, Attempt("sent"))
    return _keep(conn, message, _post(session, base_url, message, timeout))


def _keep(conn: psycopg.Connection, message: Message, attempt: Attempt) -> Attempt:
    row = (message.message_id, attempt.state, attempt.http_status, attempt.receipt, attempt.detail)
    conn.execute(_RECORD, row)
    conn.commit()
    return attempt


def _ask(session: requests.Session, base_url: str, message: Message, timeout: float) -> Attempt | None:
    """Ask what became of a message; None when it never arrived and may be sent."""
    try:
        response = session.get(f"{base_url}/packets/{message.idempotency_key}/status", timeout=timeout)
    except requests.RequestException as error:
        return Attempt("unknown", detail=f"its status could not be asked ({type(error).__name__})")
    if response.status_code == HTTPStatus.NOT_FOUND:
        return None
    if not response.ok:
        return Attempt(
            "unknown", response.status_code, response.content, _http(response, "to the status question")
        )
    return _understood(response)


def _post(session: requests.Session, base_url: str, message: Message, timeout: float) -> Attempt:
    headers = {"Idempotency-Key": message.idempotency_key, "Content-Type": "application/json; charset=utf-8"}
    try:
        response = session.post(
            f"{base_url}/packets/{message.packet}", data=message.body, headers=headers, timeout=timeout
        )
    except requests.ConnectTimeout:
        return Attempt("ready", detail="the national system did not take the connection; it was not sent")
    except requests.RequestException as error:
        return Attempt(
            "unknown",
            detail=f"no answer ({type(error).__name__}); its status is asked before it is sent again",
        )
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Attempt("unknown", response.status_code, response.content, _http(response, ""))
    if not response.ok:
        return Attempt("refused", response.status_code, response.content, _http(response, ""))
    return _understood(response)


def _understood(response: requests.Response) -> Attempt:
    """Read an answer with status 200: refused items inside it are a failure of those items."""
    try:
        answer = response.json()
    except requests.JSONDecodeError:
        return Attempt("unknown", response.status_code, response.content, "the answer is not JSON")
    state = answer.get("status") if isinstance(answer, dict) else None
    if state not in _ANSWERS:
        return Attempt(
            "unknown", response.status_code, response.content, f"the answer has the status {state!r}"
        )
    refused = [item for item in answer.get("items") or [] if item.get("status") != "accepted"]
    if state == "accepted" and refused:
        state = "part_refused"
    return Attempt(state, response.status_code, response.content, _refused_items(refused))


def _refused_items(items: list[dict[str, Any]]) -> str | None:
    told = [f"{item.get('key')} ({item.get('reason') or 'no reason given'})" for item in items]
    return f"refused: {', '.join(told)}" if told else None


def _http(response: requests.Response, about: str) -> str:
    text = " ".join(response.text.split())[:200]
    return f"HTTP {response.status_code}{f' {about}' if about else ''}{f': {text}' if text else ''}"


def _told(attempt: Attempt) -> str:
    meaning = {
        "unknown": "it is not known whether it arrived",
        "ready": "not sent",
        "refused": "refused",
        "part_refused": "refused in part",
    }[attempt.state]
    return f"{meaning}{f' – {attempt.detail}' if attempt.detail else ''}"


def _failure(accepted: int, faults: list[str]) -> str:
    listed = "\n".join(f"  {fault}" for fault in faults)
    return (
        f"The national system did not accept {len(faults)} of {accepted + len(faults)} messages:\n{listed}\n"
        "Accepted ones are kept. Messages that were refused or may not have arrived are tried again by the next "
        "delivery; items refused in part need corrected figures or codes first."
    )
