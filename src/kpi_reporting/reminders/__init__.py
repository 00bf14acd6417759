"""Reminders: one digest per sender of what it owes and has not filed, by e-mail, at most once a day (decision 0024)."""

from kpi_reporting.reminders.digests import Digest, Owed, digests_of
from kpi_reporting.reminders.ledger import sent_on
from kpi_reporting.reminders.mail import MailServer
from kpi_reporting.reminders.sending import ReminderSummary, remind_senders, send_reminders

__all__ = [
    "Digest",
    "MailServer",
    "Owed",
    "ReminderSummary",
    "digests_of",
    "remind_senders",
    "send_reminders",
    "sent_on",
]
