"""Reading every submission that is new, set by set."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import fsspec
import psycopg
from psycopg.rows import class_row

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.findings import Finding
from kpi_reporting.landing import Landing
from kpi_reporting.readers.limits import limits_of
from kpi_reporting.readers.process import ReadingProcess
from kpi_reporting.readers.reading import Reading, Submission, is_named_zip
from kpi_reporting.readers.secrets_of_state import RULE_ID
from kpi_reporting.readers.store import store_readings
from kpi_reporting.readers.unpacking import unpack
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from kpi_reporting.warehouse.withheld import withheld_origin

_SUBMISSIONS_PER_TRANSACTION = 100
_WAITING = """
select s.submission_id, s.source_code, s.file_name, s.received_at, s.sha256, s.landing_uri
from raw.unsettled_submissions as w
join raw.submissions as s using (submission_id)
where w.state = 'received'
order by s.received_at, s.sha256, s.submission_id
"""
# Bytes that were taken back may be sent again: what is received after that is a filing of its own.
_EARLIER = """
select
    s.sha256, coalesce(r.unit_code, r.sender_code), r.form_code, r.period_code, min(s.file_name),
    case when bool_and(w.submission_id is not null) then max(w.asked_at) end
from raw.submissions as s
join raw.readings as r using (submission_id)
left join raw.withdrawals as w using (submission_id)
where s.sha256 = any(%s) and not exists (
    select from raw.submission_states as t
    where t.submission_id = s.submission_id and t.state in ('refused', 'duplicate')
)
group by 1, 2, 3, 4
"""
_SECRETS = """
select s.submission_id, s.source_code, s.origin, s.landing_uri
from raw.submission_states as t
inner join raw.submissions as s using (submission_id)
where t.state = 'refused' and t.reason = %s and s.landing_uri <> ''
"""
# The one change of a row of the ledger there is.
_WITHHOLD = """
update raw.submissions
set origin = %s, file_name = 'withheld', media_type = '', byte_size = 0, landing_uri = ''
where submission_id = %s
"""
_Key = tuple[str, str | None, str | None, str | None]


@dataclass(frozen=True)
class ReadSummary:
    """How many submissions were read, refused, known already under another name, or archives of several."""

    read: int
    refused: int
    duplicates: int
    unpacked: int = 0


def read_new(conn: psycopg.Connection, registry: Registry, night: Night, landing: str) -> ReadSummary:
    """Read every submission whose state is ``received``; a file that cannot be read stops no other.

    Archives of several reports come first, so that their reports are read in the order all were received.

    Readings and states of a set are one transaction, so a killed run leaves whole sets read and the rest
    waiting. Equal bytes for the same sender, form and period are duplicates: told, and not read again.

    Raises:
        KpiReportingError: bytes of the ledger are missing in the landing; everything else was read.
    """
    with ReadingProcess(registry, limits_of()) as reader:
        unpacked = _unpack_archives(conn, night, reader, Landing(landing, registry.code))
        summary = _read_all(conn, night, reader, _waiting(conn), landing)
    _forget_secrets(conn, registry)
    return replace(summary, unpacked=unpacked)


def _unpack_archives(conn: psycopg.Connection, night: Night, reader: ReadingProcess, landing: Landing) -> int:
    archives, count = [one for one in _waiting(conn) if is_named_zip(one.file_name)], 0
    for reading in _readings(reader, archives, lost=[]):
        if reading.state == "unpacked":
            unpack(conn, night, landing, reading)
            count += 1
    return count


def _waiting(conn: psycopg.Connection) -> list[Submission]:
    with conn.transaction(), conn.cursor(row_factory=class_row(Submission)) as cursor:
        return cursor.execute(_WAITING).fetchall()


def _read_all(
    conn: psycopg.Connection,
    night: Night,
    reader: ReadingProcess,
    waiting: Sequence[Submission],
    landing: str,
) -> ReadSummary:
    counts = {"read": 0, "refused": 0, "duplicate": 0}
    lost: list[Submission] = []
    for start in range(0, len(waiting), _SUBMISSIONS_PER_TRANSACTION):
        submissions = waiting[start : start + _SUBMISSIONS_PER_TRANSACTION]
        readings = list(_readings(reader, submissions, lost))
        with conn.transaction():
            settled = list(_without_duplicates(conn, readings))
            store_readings(conn, night, settled)
        for reading in settled:
            counts[reading.state] += 1
    if lost:
        raise _lost_bytes(lost, landing)
    return ReadSummary(counts["read"], counts["refused"], counts["duplicate"])


def _readings(
    reader: ReadingProcess, submissions: Sequence[Submission], lost: list[Submission]
) -> Iterator[Reading]:
    for submission in submissions:
        data = _landed_bytes(submission)
        if data is None:
            lost.append(submission)
        else:
            yield reader.read(submission, data)


def _landed_bytes(submission: Submission) -> bytes | None:
    """Return the bytes, or None when they are gone or are no longer those of the ledger."""
    try:
        with fsspec.open(submission.landing_uri, "rb") as stream:
            data: bytes = stream.read()
    except FileNotFoundError:
        return None
    return data if hashlib.sha256(data).hexdigest() == submission.sha256 else None


def _forget_secrets(conn: psycopg.Connection, registry: Registry) -> None:
    """Remove the landed bytes of state secrets, then their names, also those of a night that was killed before."""
    locations = {source.source_code: source.location for source in registry.sources}
    with conn.transaction():
        for submission_id, source_code, origin, uri in conn.execute(_SECRETS, (RULE_ID,)).fetchall():
            files, path = fsspec.core.url_to_fs(uri)
            if files.exists(path):
                files.rm_file(path)
            withheld = withheld_origin(locations.get(str(source_code), ""), origin)
            conn.execute(_WITHHOLD, (withheld, submission_id))


def _without_duplicates(conn: psycopg.Connection, readings: Sequence[Reading]) -> Iterator[Reading]:
    hashes = [reading.submission.sha256 for reading in readings]
    rows = conn.execute(_EARLIER, (hashes,)).fetchall()
    known: dict[_Key, tuple[str, datetime | None]] = {row[:4]: row[4:] for row in rows}
    for reading in readings:
        key = (reading.submission.sha256, reading.unit_code, reading.form_code, reading.period_code)
        if reading.state == "read":
            name, until = known.get(key, ("", datetime.min.replace(tzinfo=UTC)))
            if until is None or reading.submission.received_at <= until:
                yield _duplicate(reading, name)
                continue
            known[key] = (reading.submission.file_name, None)
        yield reading


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


def _lost_bytes(lost: Sequence[Submission], landing: str) -> KpiReportingError:
    names = ", ".join(f"{one.file_name} (submission {one.submission_id})" for one in lost[:10])
    return KpiReportingError(
        f"The landing {landing} does not hold what the ledger says of {len(lost)} submissions: {names}. "
        "Restore these files from backup and run the night again; all other submissions were read."
    )
