"""The outbox: one row per message, with the bytes that are sent and the decision they rest on."""

from __future__ import annotations

import hashlib

import psycopg

from kpi_reporting.errors import NationalError
from kpi_reporting.national.adapter import Adapter, Draft
from kpi_reporting.national.qcvn125 import Qcvn125

_APPROVAL = """
select a.approval_id
from national.approvals as a
where
    a.publication_id = %s and a.decision = 'approved'
    and a.content_sha256 = (
        select content_sha256 from reporting.publications order by publication_id desc limit 1
    )
order by a.approval_id desc limit 1
"""

_LAST = """
select revision, body from national.outbox
where packet = %s and business_key = %s
order by revision desc limit 1
"""

_QUEUE = """
with message as (
    insert into national.outbox (idempotency_key, packet, business_key, revision, approval_id, sha256, body)
    values (%(key)s, %(packet)s, %(business_key)s, %(revision)s, %(approval_id)s, %(sha256)s, %(body)s)
    returning message_id
)

insert into national.deliveries (message_id, state, attempted_at)
select message_id, 'ready', clock_timestamp() from message
"""


def enqueue(conn: psycopg.Connection, publication_id: int, adapter: Adapter | None = None) -> int:
    """Queue every message whose content differs from the last one queued; return how many.

    Raises:
        NationalError: these figures were not approved, or changed since they were.
    """
    approval = conn.execute(_APPROVAL, (publication_id,)).fetchone()
    if approval is None:
        raise NationalError(
            f"Publication {publication_id} is not approved, or its figures changed since; nothing was queued. "
            "Only signed-off figures leave: answer the sign-off of the latest publication."
        )
    adapter = adapter or Qcvn125()
    drafts = list(adapter.drafts(conn, publication_id))
    return sum(_queue_if_new(conn, adapter, draft, int(approval[0])) for draft in drafts)


def idempotency_key(business_key: str, sha256: str) -> str:
    """Return the key under which the national system knows a message: SHA-256 of business key and body hash."""
    return hashlib.sha256(f"{business_key}{sha256}".encode()).hexdigest()


def _queue_if_new(conn: psycopg.Connection, adapter: Adapter, draft: Draft, approval_id: int) -> int:
    last = conn.execute(_LAST, (draft.packet, draft.business_key)).fetchone()
    if last is not None and adapter.body(draft, last[0]) == bytes(last[1]):
        return 0
    if last is None and not draft.content["items"]:
        return 0
    revision = 1 if last is None else int(last[0]) + 1
    body = adapter.body(draft, revision)
    sha256 = hashlib.sha256(body).hexdigest()
    message = {
        "key": idempotency_key(draft.business_key, sha256), "packet": draft.packet,
        "business_key": draft.business_key, "revision": revision, "approval_id": approval_id,
        "sha256": sha256, "body": body,
    }  # fmt: skip
    conn.execute(_QUEUE, message)
    return 1
