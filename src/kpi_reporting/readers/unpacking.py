"""Filing each report of an archive by itself: as if the archive were a folder, received when it was."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import psycopg

from kpi_reporting.findings import storable
from kpi_reporting.landing import Landing, media_type
from kpi_reporting.readers.reading import Reading
from kpi_reporting.readers.store import store_readings
from kpi_reporting.warehouse.nights import Night

_RECORD = """
with recorded as (
    insert into raw.submissions (
        night_id, source_code, channel, origin, file_name, media_type, received_at, collected_at, byte_size, sha256,
        landing_uri
    )
    select
        %(night_id)s, s.source_code, s.channel, s.origin || '/' || p.path, p.file_name, p.media_type, s.received_at,
        clock_timestamp(), p.byte_size, p.sha256, p.uri
    from raw.submissions as s
    cross join unnest(
        %(paths)s::text[], %(names)s::text[], %(types)s::text[], %(sizes)s::bigint[], %(hashes)s::text[],
        %(uris)s::text[]
    ) as p (path, file_name, media_type, byte_size, sha256, uri)
    where s.submission_id = %(archive)s
    on conflict (source_code, origin, sha256) do nothing
    returning submission_id
)

insert into raw.submission_states (submission_id, night_id, state)
select submission_id, %(night_id)s, 'received' from recorded
order by submission_id
"""


def unpack(conn: psycopg.Connection, night: Night, landing: Landing, archive: Reading) -> None:
    """Land the reports of an archive and record them, in one transaction: killed before, it is unpacked again."""
    told = _told(landing, archive)
    with conn.transaction():
        conn.execute(
            _RECORD, {"night_id": night.night_id, "archive": archive.submission.submission_id, **told}
        )
        store_readings(conn, night, [archive])


def _told(landing: Landing, archive: Reading) -> dict[str, Sequence[object]]:
    stored = [landing.store(BytesIO(report.data)) for report in archive.reports]
    return {
        "paths": [storable(report.path) for report in archive.reports],
        "names": [storable(report.file_name) for report in archive.reports],
        "types": [media_type(report.file_name) for report in archive.reports],
        "sizes": [one.byte_size for one in stored],
        "hashes": [one.sha256 for one in stored],
        "uris": [one.uri for one in stored],
    }
