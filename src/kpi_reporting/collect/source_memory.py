"""What the warehouse remembers of a source: how far it was followed, its last answers, what it deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg.rows import class_row

from kpi_reporting.collect.api_answers import Deletion, Told
from kpi_reporting.collect.ledger import Ledger
from kpi_reporting.findings import storable
from kpi_reporting.registry.models import Source

_CURSOR = "select cursor from raw.source_cursors where source_code = %s and location = %s"
_MOVE = """
insert into raw.source_cursors (source_code, location, cursor, night_id)
values (%(source_code)s, %(location)s, %(cursor)s, %(night_id)s)
on conflict (source_code, location) do update set cursor = excluded.cursor, night_id = excluded.night_id
where source_cursors.cursor <> excluded.cursor
"""
_FORGET_OTHERS = """
delete from raw.source_answers
where source_code = %(source_code)s and location = %(location)s and question <> %(question)s
"""
_ANSWER = """
select announced, item_count, next_cursor, has_more, etag, last_modified from raw.source_answers
where source_code = %s and location = %s and question = %s
"""
_FORGET = "delete from raw.source_answers where source_code = %s and location = %s and question = %s"
_KEEP = """
insert into raw.source_answers (
    source_code, location, question, etag, last_modified, announced, item_count, next_cursor, has_more,
    night_id
)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_DELETED = """
insert into raw.source_deletions (source_code, origin, deleted_at, reason, night_id)
values (%(source_code)s, %(origin)s, %(deleted_at)s, %(reason)s, %(night_id)s)
on conflict do nothing
"""
# An item that comes after its deletion was announced is taken back as well, unless it was submitted anew. Of an item
# with rows of several periods every period is taken back.
_TAKE_BACK = """
insert into raw.withdrawals (submission_id, asked_by, asked_at, reason, entered_by)
select distinct on (s.submission_id)
    s.submission_id, %(asked_by)s, d.deleted_at, d.reason, %(entered_by)s
from raw.source_deletions as d
inner join raw.submissions as s
    on
        d.source_code = s.source_code
        and d.origin = coalesce(left(s.origin, -length(s.part_period_code) - 1), s.origin)
where d.source_code = %(source_code)s and s.received_at <= d.deleted_at and d.deleted_at <= clock_timestamp()
order by s.submission_id, d.deleted_at
on conflict do nothing
"""
_COUNTED = """
select count(distinct s.origin)
from raw.submissions as s
where
    s.source_code = %(source_code)s and starts_with(s.origin, %(prefix)s) and s.received_at <= %(as_of)s
    and s.part_period_code is null
    and not exists (
        select from raw.source_deletions as d
        where
            d.source_code = s.source_code and d.origin = s.origin
            and d.deleted_at between s.received_at and %(as_of)s
    )
"""


class SourceMemory:
    """The memory of one source at its present location; all writes belong into a transaction of the ledger."""

    def __init__(self, ledger: Ledger, source: Source) -> None:
        self._ledger = ledger
        self._source = source
        self._key = (source.source_code, source.location)

    def cursor(self) -> str | None:
        """Return how far the source was followed; None before the first time."""
        with self._ledger.transaction() as conn:
            row = conn.execute(_CURSOR, self._key).fetchone()
        return None if row is None else str(row[0])

    def move(self, cursor: str, next_question: str) -> None:
        """Follow the source from here the next time, and forget answers that will not be asked for again."""
        row = {"source_code": self._key[0], "location": self._key[1], "night_id": self._ledger.night_id}
        with self._ledger.transaction() as conn:
            conn.execute(_MOVE, {**row, "cursor": cursor})
            conn.execute(_FORGET_OTHERS, {**row, "question": next_question})

    def answer(self, question: str) -> Told | None:
        """Return the last answer to a question, if it can be known again."""
        with self._ledger.transaction() as conn, conn.cursor(row_factory=class_row(Told)) as cursor:
            return cursor.execute(_ANSWER, (*self._key, question)).fetchone()

    def keep_answer(self, question: str, told: Told) -> None:
        """Remember an answer in place of the one before; one that cannot be known again is only forgotten."""
        with self._ledger.transaction() as conn:
            conn.execute(_FORGET, (*self._key, question))
            if told.etag or told.last_modified:
                counts = (told.announced, told.item_count, told.next_cursor, told.has_more)
                row = (told.etag, told.last_modified, *counts, self._ledger.night_id)
                conn.execute(_KEEP, (*self._key, question, *row))

    def keep_deletions(self, deletions: Sequence[Deletion]) -> None:
        """Keep what was deleted, and take back what was received of it: an act like any withdrawal."""
        code = self._source.source_code
        origins = [f"{self._source.location}/{one.id}" for one in deletions]
        rows = [
            {
                "source_code": code,
                "origin": origin,
                "deleted_at": one.deleted_at,
                "reason": storable(one.reason or "Hệ thống của đơn vị gửi đã xóa báo cáo này."),
                "night_id": self._ledger.night_id,
            }
            for one, origin in zip(deletions, self._ledger.names_of(self._source, origins), strict=True)
        ]
        act = {"source_code": code, "asked_by": self._source.name_vi, "entered_by": f"source {code}"}
        with self._ledger.transaction() as conn, conn.cursor() as cursor:
            if rows:
                cursor.executemany(_DELETED, rows)
            cursor.execute(_TAKE_BACK, act)

    def counted(self, as_of: datetime) -> int:
        """Count the items of the source that stand in the ledger and were not deleted by an instant."""
        wanted = {
            "source_code": self._source.source_code,
            "prefix": storable(f"{self._source.location}/"),
            "as_of": as_of,
        }
        with self._ledger.transaction() as conn:
            row = conn.execute(_COUNTED, wanted).fetchone()
        return 0 if row is None else int(row[0])
