"""Bytes that repeat the last word of their sender for a form and period: told, and not read again.

Only the last word counts. Bytes whose place another filing took, or that were refused, are a filing again when they
come again: the sender means them, and whoever was told that there is nothing to do would be told something wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import psycopg

from kpi_reporting.findings import Finding
from kpi_reporting.readers.submissions import Reading

# Bytes that were taken back may be sent again: what is received after that is a filing of its own.
_LAST_WORDS = """
select k.place, last.sha256, last.received_at, last.file_name, last.asked_at
from unnest(%(places)s::int[], %(ids)s::bigint[], %(units)s::text[], %(forms)s::text[], %(periods)s::text[])
    as k (place, submission_id, unit_code, form_code, period_code)
inner join raw.submissions as sent on k.submission_id = sent.submission_id
cross join lateral (
    select s.sha256, s.received_at, s.file_name, w.asked_at
    from raw.readings as r
    inner join raw.submissions as s using (submission_id)
    left join raw.withdrawals as w using (submission_id)
    where
        r.period_code = k.period_code and r.form_code = k.form_code
        and coalesce(r.unit_code, r.sender_code) = k.unit_code
        and s.received_at <= sent.received_at
        and not exists (
            select from raw.submission_states as t
            where t.submission_id = s.submission_id and t.state in ('refused', 'duplicate', 'rejected')
        )
    order by s.received_at desc, s.submission_id desc
    limit 1
) as last
"""


@dataclass(frozen=True)
class _Word:
    sha256: str
    received_at: datetime
    file_name: str
    taken_back_at: datetime | None = None

    def is_repeated_by(self, reading: Reading) -> bool:
        """Tell whether the reading says the same again, and this was not taken back before."""
        sent = reading.submission
        return self.sha256 == sent.sha256 and (
            self.taken_back_at is None or sent.received_at <= self.taken_back_at
        )


def without_duplicates(conn: psycopg.Connection, readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings of a set, in the order they were received, with those that repeat the last word told so."""
    known = _last_words(conn, readings)
    said: dict[tuple[str | None, ...], _Word] = {}
    settled = []
    for place, reading in enumerate(readings):
        sent, key = reading.submission, _key(reading)
        words = [word for word in (said.get(key), known.get(place)) if word]
        last = max(words, key=lambda word: word.received_at, default=None)
        if reading.state == "read" and last and last.is_repeated_by(reading):
            settled.append(_duplicate(reading, last.file_name))
            continue
        if reading.state == "read":
            said[key] = _Word(sent.sha256, sent.received_at, sent.file_name)
        settled.append(reading)
    return settled


def _key(reading: Reading) -> tuple[str | None, ...]:
    return reading.unit_code, reading.form_code, reading.period_code


def _last_words(conn: psycopg.Connection, readings: Sequence[Reading]) -> dict[int, _Word]:
    """The last word before each reading that the warehouse holds, by the reading's place in the set."""
    asked = {
        "places": list(range(len(readings))),
        "ids": [one.submission.submission_id for one in readings],
        "units": [one.unit_code for one in readings],
        "forms": [one.form_code for one in readings],
        "periods": [one.period_code for one in readings],
    }
    with conn.transaction():
        return {place: _Word(*word) for place, *word in conn.execute(_LAST_WORDS, asked).fetchall()}


def _duplicate(reading: Reading, first_name: str) -> Reading:
    finding = Finding(
        "structure",
        "duplicate",
        "info",
        f"Báo cáo này trùng hoàn toàn với báo cáo đã nhận trước đó (“{first_name}”) nên không xử lý lại.",
        f"The bytes equal those of {first_name!r}, received earlier for the same sender, form and period.",
        "Không cần làm gì; nếu muốn thay số liệu, hãy sửa nội dung rồi gửi lại.",
        found=first_name,
    )
    return replace(reading, state="duplicate", findings=[finding])
