"""Reading every submission that is new, set by set."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from kpi_reporting import stores
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.landing import LEVELS, Landing
from kpi_reporting.readers.duplicates import without_duplicates
from kpi_reporting.readers.limits import limits_of
from kpi_reporting.readers.process import ReadingProcess
from kpi_reporting.readers.reading import is_named_zip
from kpi_reporting.readers.refusal import not_kept
from kpi_reporting.readers.secrets_of_state import RULE_ID
from kpi_reporting.readers.store import store_readings
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.readers.unpacking import unpack
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from kpi_reporting.warehouse.withheld import withheld_origin

_SUBMISSIONS_PER_TRANSACTION = 100
_NOT_TAKEN = (psycopg.DataError, psycopg.errors.ProgramLimitExceeded)
_WAITING = """
select s.submission_id, s.source_code, s.file_name, s.received_at, s.sha256, s.landing_uri, s.origin,
    s.part_period_code, s.part_sheet_name
from raw.unsettled_submissions as w
join raw.submissions as s using (submission_id)
where w.state = 'received'
order by s.received_at, s.sha256, s.submission_id
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


@dataclass(frozen=True)
class ReadSummary:
    """How many submissions were read, refused, known already under another name, or files of several reports."""

    read: int
    refused: int
    duplicates: int
    unpacked: int = 0


def read_new(conn: psycopg.Connection, registry: Registry, night: Night, landing: str) -> ReadSummary:
    """Read every submission whose state is ``received``; a file that cannot be read stops no other.

    Archives of several reports come first, so that their reports are read in the order all were received. That a file
    is of several periods or forms is known only when it is read; what it says of each is read after everything else.

    Readings and states of a set are one transaction, so a killed run leaves whole sets read and the rest
    waiting. Bytes that repeat the last word of a sender for a form and period are duplicates: told, and not read again.

    Raises:
        KpiReportingError: bytes of the ledger are missing in the landing; everything else was read.
        StoreError: the landing cannot be read at all, or a state secret cannot be removed from it.
    """
    store, lost = Landing(landing, registry.code), dict[int, Submission]()
    counts: Counter[str] = Counter()
    with ReadingProcess(registry, limits_of()) as reader:
        counts += _unpack_archives(conn, night, reader, store)
        while waiting := [one for one in _waiting(conn) if one.submission_id not in lost]:
            counts += _read_all(conn, night, reader, waiting, store, lost)
    _forget_secrets(conn, registry)
    store.sweep()
    if lost:
        raise _lost_bytes(list(lost.values()), landing)
    return ReadSummary(counts["read"], counts["refused"], counts["duplicate"], counts["unpacked"])


def _unpack_archives(
    conn: psycopg.Connection, night: Night, reader: ReadingProcess, store: Landing
) -> Counter[str]:
    archives = [one for one in _waiting(conn) if is_named_zip(one.file_name)]
    several = (one for one in _readings(reader, archives, lost={}) if one.state == "unpacked")
    return _unpacked(conn, night, store, several)


def _unpacked(
    conn: psycopg.Connection, night: Night, store: Landing, several: Iterable[Reading]
) -> Counter[str]:
    """Unpack files of several reports; one with a part that the ledger does not take is refused as a whole."""
    counts: Counter[str] = Counter()
    for reading in several:
        try:
            unpack(conn, night, store, reading)
            counts[reading.state] += 1
        except _NOT_TAKEN as error:
            counts[_refused(conn, night, reading, error).state] += 1
    return counts


def _waiting(conn: psycopg.Connection) -> list[Submission]:
    with conn.transaction(), conn.cursor(row_factory=class_row(Submission)) as cursor:
        return cursor.execute(_WAITING).fetchall()


def _read_all(
    conn: psycopg.Connection,
    night: Night,
    reader: ReadingProcess,
    waiting: Sequence[Submission],
    store: Landing,
    lost: dict[int, Submission],
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for start in range(0, len(waiting), _SUBMISSIONS_PER_TRANSACTION):
        submissions = waiting[start : start + _SUBMISSIONS_PER_TRANSACTION]
        readings = list(_readings(reader, submissions, lost))
        several = [one for one in readings if one.state == "unpacked"]
        filings = [one for one in readings if one.state != "unpacked"]
        counts += _unpacked(conn, night, store, several)
        counts.update(one.state for one in _kept(conn, night, without_duplicates(conn, filings)))
    return counts


def _kept(conn: psycopg.Connection, night: Night, readings: Sequence[Reading]) -> Sequence[Reading]:
    """Store readings in one transaction; what the database does not take of a file refuses that file alone."""
    try:
        with conn.transaction():
            store_readings(conn, night, readings)
    except _NOT_TAKEN as error:
        if len(readings) > 1:
            return [kept for one in readings for kept in _kept(conn, night, [one])]
        return [_refused(conn, night, readings[0], error)]
    return readings


def _refused(conn: psycopg.Connection, night: Night, reading: Reading, error: psycopg.Error) -> Reading:
    refused = reading.refused_for(not_kept(str(error)))
    with conn.transaction():
        store_readings(conn, night, [refused])
    return refused


def _readings(
    reader: ReadingProcess, submissions: Sequence[Submission], lost: dict[int, Submission]
) -> Iterator[Reading]:
    for submission in submissions:
        data = _landed_bytes(submission)
        if data is None:
            lost[submission.submission_id] = submission
        else:
            yield reader.read(submission, data)


def _landed_bytes(submission: Submission) -> bytes | None:
    """Return the bytes, or None when they are gone or are no longer those of the ledger."""
    data = stores.read(submission.landing_uri)
    return None if data is None or hashlib.sha256(data).hexdigest() != submission.sha256 else data


def _forget_secrets(conn: psycopg.Connection, registry: Registry) -> None:
    """Remove the landed bytes of state secrets, then their names, also those of a night that was killed before."""
    locations = {source.source_code: source.location for source in registry.sources}
    with conn.transaction():
        for submission_id, source_code, origin, uri in conn.execute(_SECRETS, (RULE_ID,)).fetchall():
            stores.remove(uri, LEVELS)
            withheld = withheld_origin(locations.get(str(source_code), ""), origin)
            conn.execute(_WITHHOLD, (withheld, submission_id))


def _lost_bytes(lost: Sequence[Submission], landing: str) -> KpiReportingError:
    names = ", ".join(f"{one.file_name} (submission {one.submission_id})" for one in lost[:10])
    return KpiReportingError(
        f"The landing {stores.shown(landing)} does not hold what the ledger says of {len(lost)} submissions: {names}. "
        "Restore these files from backup and run the night again; all other submissions were read."
    )
