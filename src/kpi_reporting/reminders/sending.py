"""Sending a day's reminders: each sender for itself, each at most once a day."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from kpi_reporting.catalogue import built_in
from kpi_reporting.errors import ReminderError
from kpi_reporting.findings import Finding, store_findings
from kpi_reporting.periods import ZONE, day_of
from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.reminders.digests import Digest, digests_of
from kpi_reporting.reminders.ledger import Reminder, keep, one_sender_of_mail, sent_on
from kpi_reporting.reminders.mail import Mailer, MailServer, Refused, Unanswered
from kpi_reporting.reminders.message import message_id, message_of, plain_text, subject
from kpi_reporting.settings import get_settings
from kpi_reporting.warehouse import connect
from kpi_reporting.warehouse.nights import Night

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReminderSummary:
    """How many senders were reminded, had been today already, have no address, or whose mail nobody took."""

    sent: int = 0
    sent_before: int = 0
    without_address: int = 0
    refused: int = 0


def remind_senders(given: dict[str, Any], scheduled_for: datetime, server: MailServer) -> dict[str, Any]:
    """Do what a run of the DAG is asked for: ``given`` may name ``registry`` and ``as_of``.

    Raises:
        ReminderError: it is not known who has filed, or the mail server cannot be used; nobody is reminded twice.
    """
    settings = get_settings()
    conf = {
        "registry": str(given.get("registry") or settings.registry_dir),
        "inbox": str(settings.inbox),
        "as_of": str(given.get("as_of") or scheduled_for.isoformat()),
    }
    asked = Night.from_conf(conf)
    registry = load_registry(asked.registry_dir)
    with connect(settings.warehouse_dsn(registry.code)) as conn:
        return asdict(send_reminders(conn, registry, asked.as_of.astimezone(ZONE), server))


def send_reminders(
    conn: psycopg.Connection, registry: Registry, as_of: datetime, server: MailServer
) -> ReminderSummary:
    """Send each sender that owes its digest of the day; what became of each is kept before the next.

    Raises:
        ReminderError: the server cannot be used, or broke off so that it is not known whether some mails were taken.
    """
    with one_sender_of_mail(conn), Mailer(server) as mailer:
        before = sent_on(conn, day_of(as_of))
        outcomes = [
            "sent_before" if digest.unit_code in before else _remind(conn, registry, digest, server, mailer)
            for digest in digests_of(conn, registry, as_of)
        ]
    unknown = outcomes.count("unknown")
    if unknown:
        raise ReminderError(
            f"{server.place} broke off {unknown} of {len(outcomes)} mails before it answered; all others were dealt "
            "with. Clear this task to send these again, under the Message-ID they had (raw.reminders, state pending)."
        )
    counted = ("sent", "sent_before", "without_address", "refused")
    return ReminderSummary(**{name: outcomes.count(name) for name in counted})


def _remind(
    conn: psycopg.Connection, registry: Registry, digest: Digest, server: MailServer, mailer: Mailer
) -> str:
    if not digest.addresses:
        _tell(conn, registry, digest, _without_address(digest))
        return "without_address"
    reminder = _reminder(digest, registry, server)
    mailer.connect()
    keep(conn, reminder, "pending")
    try:
        refused = mailer.send(message_of(digest, registry.code, server.from_email))
    except Refused as error:
        keep(conn, reminder, "refused", str(error))
        _tell(conn, registry, digest, _refused(digest, len(digest.addresses), str(error)))
        return "refused"
    except Unanswered as error:
        _log.warning("%s: the mail may or may not have been taken (%s)", digest.unit_code, error)
        return "unknown"
    answers = "; ".join(refused.values())
    keep(conn, reminder, "sent", answers or None)
    if refused:
        _tell(conn, registry, digest, _refused(digest, len(refused), answers))
    return "sent"


def _reminder(digest: Digest, registry: Registry, server: MailServer) -> Reminder:
    told = f"{subject(digest)}\n{plain_text(digest)}"
    return Reminder(
        digest.unit_code,
        day_of(digest.as_of),
        message_id(digest, registry.code, server.from_email),
        hashlib.sha256(told.encode()).hexdigest(),
        digest.addresses,
        digest.night_id,
    )


def _without_address(digest: Digest) -> Finding:
    found = f"{digest.unconfirmed} unconfirmed" if digest.unconfirmed else None
    return built_in("reminder_without_address").finding(
        sender_code=digest.unit_code, subject=_subject(digest), found=found
    )


def _refused(digest: Digest, count: int, answers: str) -> Finding:
    """Of the addresses only how many: whose they are stands in contacts.csv."""
    for address in digest.addresses:
        answers = answers.replace(address, "…")
    return built_in("reminder_refused").finding(
        sender_code=digest.unit_code,
        subject=_subject(digest),
        found=f"{count} of {len(digest.addresses)} addresses: {answers}",
    )


def _subject(digest: Digest) -> str:
    return f"{digest.unit_code} {day_of(digest.as_of)}"


def _tell(conn: psycopg.Connection, registry: Registry, digest: Digest, finding: Finding) -> None:
    store_findings(conn, Night(datetime.fromisoformat(digest.night_id), registry.folder, Path()), [finding])
