"""What an answer tells: the filing, what became of it, and everything the rules said about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import psycopg
from psycopg.rows import class_row

from kpi_reporting.errors import AnswerError
from kpi_reporting.readers.secrets_of_state import RULE_ID as STATE_SECRET
from kpi_reporting.warehouse.states import STATE_NOW

_SEVERITIES = ("error", "warning", "info")

# Whom the registry cannot tell is answered by the source the file came from, never by what the file claims to be.
_FILED = f"""
select
    s.submission_id, s.source_code, s.channel, s.file_name, s.received_at, s.sha256, s.landing_uri, now.state,
    now.reason, r.sender_code, u.name_vi as sender_vi, r.form_code, f.name_vi as form_vi, r.period_code,
    r.unit_code is not null as is_known
from raw.submissions as s
{STATE_NOW} true
left join raw.readings as r using (submission_id)
left join registry.forms as f on f.form_code = r.form_code and f.form_version = r.form_version
left join lateral (
    select u.name_vi from registry.units as u
    where u.code = r.sender_code and u.valid_from <= cast(s.received_at at time zone 'Asia/Ho_Chi_Minh' as date)
    order by u.valid_from desc limit 1
) as u on true
where s.submission_id = %s
"""

# A rule speaks anew each night it judges; the last night it spoke is the one that counts.
_FOUND = """
select f.rule_id, f.severity, f.layer, f.sheet_name, f.cell, f.subject, f.found, f.message_vi, f.message_en, f.action_vi
from quality.findings as f
where
    f.submission_id = %s and f.night_id = (
        select n.night_id from quality.findings as o inner join raw.nights as n using (night_id)
        where o.submission_id = f.submission_id and o.rule_id = f.rule_id
        order by n.as_of desc limit 1
    )
order by array_position(array['error', 'warning', 'info'], f.severity), f.finding_id
"""


@dataclass(frozen=True)
class Filed:
    """The filing; names are None while the registry could not tell who files what."""

    submission_id: int
    source_code: str
    channel: str
    file_name: str
    received_at: datetime
    sha256: str
    landing_uri: str
    state: str
    reason: str | None
    sender_code: str | None
    sender_vi: str | None
    form_code: str | None
    form_vi: str | None
    period_code: str | None
    is_known: bool


@dataclass(frozen=True)
class Found:
    """What a rule said, as the sender is told it."""

    rule_id: str
    severity: str
    layer: str
    sheet_name: str | None
    cell: str | None
    subject: str
    found: str | None
    message_vi: str
    message_en: str
    action_vi: str


@dataclass(frozen=True)
class Answer:
    """Everything an answer tells about one filing, the gravest first."""

    filed: Filed
    found: Sequence[Found]

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity."""
        counted = Counter(one.severity for one in self.found)
        return {severity: counted[severity] for severity in _SEVERITIES}

    @property
    def is_secret(self) -> bool:
        """True when the filing carries a state secret: nothing of it is repeated, its name neither."""
        return any(one.rule_id == STATE_SECRET for one in self.found)

    def by_rule(self, severity: str) -> Iterator[list[Found]]:
        """Yield the findings of a severity, those of one rule together."""
        chosen = sorted((one for one in self.found if one.severity == severity), key=lambda one: one.rule_id)
        for _, same_rule in groupby(chosen, key=lambda one: one.rule_id):
            yield list(same_rule)


def read_answer(conn: psycopg.Connection, submission_id: int) -> Answer:
    """Return what is known of a filing.

    Raises:
        AnswerError: there is no such submission.
    """
    with conn.cursor(row_factory=class_row(Filed)) as cursor:
        filed = cursor.execute(_FILED, (submission_id,)).fetchone()
    if filed is None:
        raise AnswerError(
            f"There is no submission {submission_id}. reporting.obligations tells which is in force for whom, "
            "and `kpi-reporting findings` which file has which."
        )
    with conn.cursor(row_factory=class_row(Found)) as cursor:
        found = cursor.execute(_FOUND, (submission_id,)).fetchall()
    return Answer(filed, found)


def cells(found: Iterable[Found]) -> Iterator[tuple[str | None, str, list[Found]]]:
    """Yield sheet and address of each cell at fault, with what is said about it."""
    placed = [one for one in found if one.cell]
    places = dict.fromkeys((one.sheet_name, one.cell) for one in placed)
    for sheet_name, cell in places:
        yield (
            sheet_name,
            str(cell),
            [one for one in placed if (one.sheet_name, one.cell) == (sheet_name, cell)],
        )
