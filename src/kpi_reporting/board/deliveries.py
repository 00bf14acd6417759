"""What left for the national system, who signed for it, and what came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import psycopg
from psycopg.rows import class_row
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kpi_reporting.board.period import NOTHING_PUBLISHED
from kpi_reporting.board.screen import labelled, new_screen, print_heading, print_indented
from kpi_reporting.national import prepare_signoff

_DECISION = """
select a.publication_id, a.decision, a.approver, a.decided_at, a.note
from national.approvals as a
order by a.approval_id desc limit 1
"""

# Of several revisions of one message only the latest is sent.
_MESSAGES = """
select
    m.packet, m.business_key, m.revision, d.state, d.detail,
    d.receipt is not null and d.state <> 'unknown' as has_receipt, a.approval_id, a.approver, a.decided_at
from (
    select distinct on (o.packet, o.business_key) o.*
    from national.outbox as o
    order by o.packet, o.business_key, o.revision desc
) as m
inner join national.approvals as a using (approval_id)
inner join lateral (
    select d.state, d.detail, d.receipt from national.deliveries as d
    where d.message_id = m.message_id
    order by d.delivery_id desc limit 1
) as d on true
order by array_position(array['indicator_catalogue', 'kpi_set', 'kpi_data', 'report_status'], m.packet), m.message_id
"""

_STATES = {
    "accepted": ("accepted", "green"),
    "part_refused": ("part refused", "red"),
    "refused": ("refused", "red"),
    "unknown": ("not known", "yellow"),
    "sent": ("unanswered", "yellow"),
    "ready": ("waiting", "yellow"),
}
_DELIVERED = frozenset({"accepted", "part_refused"})
_MOST_FAULTS, _COUNT_WIDTH = 20, 12


@dataclass(frozen=True)
class Decision:
    """The last decision on published figures."""

    publication_id: int
    decision: str
    approver: str
    decided_at: datetime
    note: str | None


@dataclass(frozen=True)
class Message:
    """The latest revision of a message, where it stands, and the sign-off it rests on."""

    packet: str
    business_key: str
    revision: int
    state: str
    detail: str | None
    has_receipt: bool
    approval_id: int
    approver: str
    decided_at: datetime


def print_deliveries(conn: psycopg.Connection, screen: Console | None = None) -> None:
    """Print where the messages to the national system stand, and why nothing was delivered when nothing was."""
    screen = screen or new_screen()
    print_heading(screen, "Delivered to the national system")
    if conn.execute("select 1 from reporting.publications limit 1").fetchone() is None:
        screen.print(NOTHING_PUBLISHED)
        return
    messages = _messages(conn)
    for line in sign_off(_decision(conn), _awaiting(conn)):
        screen.print(line)
    if messages:
        screen.print(deliveries_table(messages))
        print_indented(screen, _faults(messages))
    if not any(message.state in _DELIVERED for message in messages):
        screen.print(nothing_delivered(messages))


def sign_off(decision: Decision | None, awaiting: int | None) -> Iterator[str]:
    """Say who decided last, and which publication still waits for a decision."""
    if decision is not None:
        note = f" ({decision.note})" if decision.note else ""
        yield (
            f"Publication {decision.publication_id} was {decision.decision} by {decision.approver} "
            f"on {decision.decided_at:%Y-%m-%d %H:%M}{note}."
        )
    if awaiting is not None:
        yield f"Publication {awaiting} waits for a signature; until then nothing of it leaves."


def nothing_delivered(messages: Sequence[Message]) -> str:
    """Say why nothing has arrived."""
    if not messages:
        return "Nothing was delivered: no approved figures are queued."
    if all(message.state == "ready" and message.detail is None for message in messages):
        return (
            "Nothing was delivered: the messages are queued and have not been sent. Without an Airflow connection "
            "to the national system the task `deliver` is skipped; its log names the connection."
        )
    return "Nothing was delivered: no message was accepted."


def deliveries_table(messages: Sequence[Message]) -> Table:
    """Lay out per packet how many messages there are, how many rest on the last sign-off, and how they stand."""
    shown = [state for state in _STATES if state == "accepted" or any(one.state == state for one in messages)]
    last = max(message.approval_id for message in messages)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("packet", no_wrap=True)
    for heading in ("messages", "new", *(_STATES[state][0] for state in shown), "receipts"):
        table.add_column(heading, justify="right", max_width=_COUNT_WIDTH)
    table.add_column("newest sign-off")
    for packet, group in groupby(messages, key=lambda one: one.packet):
        table.add_row(packet, *_cells(list(group), shown, last))
    return table


def _cells(group: Sequence[Message], shown: Sequence[str], last: int) -> Iterator[str | Text]:
    counts = Counter(message.state for message in group)
    yield str(len(group))
    yield str(sum(message.approval_id == last for message in group))
    for state in shown:
        yield Text(str(counts[state]), style=_STATES[state][1] if counts[state] else "")
    yield str(sum(message.has_receipt for message in group))
    newest = max(group, key=lambda message: message.approval_id)
    yield f"{newest.approver}, {newest.decided_at:%Y-%m-%d %H:%M}"


def _faults(messages: Sequence[Message]) -> Iterator[Table | Text]:
    faults = [message for message in messages if message.state != "accepted" and message.detail]
    for message in faults[:_MOST_FAULTS]:
        label = f"{message.business_key} revision {message.revision}, {_STATES[message.state][0]}:"
        yield labelled(label, message.detail or "", _STATES[message.state][1])
    if len(faults) > _MOST_FAULTS:
        yield Text(f"… and {len(faults) - _MOST_FAULTS} more in national.deliveries.")


def _decision(conn: psycopg.Connection) -> Decision | None:
    with conn.cursor(row_factory=class_row(Decision)) as cursor:
        return cursor.execute(_DECISION).fetchone()


def _messages(conn: psycopg.Connection) -> list[Message]:
    with conn.cursor(row_factory=class_row(Message)) as cursor:
        return cursor.execute(_MESSAGES).fetchall()


def _awaiting(conn: psycopg.Connection) -> int | None:
    signoff = prepare_signoff(conn)
    return signoff.publication_id if signoff else None
