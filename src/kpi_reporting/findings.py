"""Findings: what is wrong with a submission, where, and what its sender can do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

import psycopg

from kpi_reporting.warehouse.nights import Night

Layer = Literal["readable", "structure", "row", "cross_form", "history", "exit"]
Severity = Literal["error", "warning", "info"]
_LONGEST_TEXT = 2_000

_STORE = """
insert into quality.findings (
    night_id, submission_id, layer, rule_id, severity, sender_code, form_code, period_code, file_name,
    sheet_name, cell, subject, found, message_vi, message_en, action_vi
)
values (
    %(night_id)s, %(submission_id)s, %(layer)s, %(rule_id)s, %(severity)s, %(sender_code)s, %(form_code)s,
    %(period_code)s, %(file_name)s, %(sheet_name)s, %(cell)s, %(subject)s, %(found)s, %(message_vi)s,
    %(message_en)s, %(action_vi)s
)
on conflict do nothing
"""


@dataclass(frozen=True)
class Finding:
    """One thing a rule says; senders read ``message_vi`` and ``action_vi``, engineers ``message_en``.

    ``cell`` is an address as a spreadsheet shows it (B12); ``subject`` tells findings on one cell apart.
    """

    layer: Layer
    rule_id: str
    severity: Severity
    message_vi: str
    message_en: str
    action_vi: str
    submission_id: int | None = None
    sender_code: str | None = None
    form_code: str | None = None
    period_code: str | None = None
    file_name: str | None = None
    sheet_name: str | None = None
    cell: str | None = None
    subject: str = ""
    found: str | None = None


def store_findings(conn: psycopg.Connection, night: Night, findings: Iterable[Finding]) -> None:
    """Keep findings of a night; one that is there already stays as it is, so a repeated step adds nothing."""
    rows = [{"night_id": night.night_id, **_storable(asdict(finding))} for finding in findings]
    if rows:
        with conn.transaction(), conn.cursor() as cursor:
            cursor.executemany(_STORE, rows)


def storable(text: str) -> str:
    """Return the text with what PostgreSQL cannot keep (NUL, lone surrogates) as replacement characters."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def _storable(row: dict[str, object]) -> dict[str, object]:
    return {name: storable(_cut(value)) if isinstance(value, str) else value for name, value in row.items()}


def _cut(text: str) -> str:
    """A sentence quotes as much of a cell as a person reads; the cell itself is kept with its row."""
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def cell_address(row_number: int, column_number: int) -> str:
    """Return the spreadsheet address of a cell, both numbers counted from 1: (12, 28) is AB12."""
    letters = ""
    while column_number:
        column_number, place = divmod(column_number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return f"{letters}{row_number}"
