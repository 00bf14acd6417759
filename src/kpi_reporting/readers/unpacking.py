"""Filing each report of an archive by itself: as if the archive were a folder, received when it was."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import psycopg

from kpi_reporting.findings import storable
from kpi_reporting.landing import Landing, Stored, media_type
from kpi_reporting.readers.reading import Reading
from kpi_reporting.readers.store import store_readings
from kpi_reporting.warehouse.nights import Night
from kpi_reporting.warehouse.received import RECORD

_ARCHIVE = "select source_code, channel, origin, received_at from raw.submissions where submission_id = %s"


def unpack(conn: psycopg.Connection, night: Night, landing: Landing, archive: Reading) -> None:
    """Land the reports of an archive and record them, in one transaction: killed before, it is unpacked again."""
    stored = [landing.store(BytesIO(report.data)) for report in archive.reports]
    with conn.transaction():
        conn.execute(RECORD, {"night_id": night.night_id, **_columns(conn, archive, stored)})
        store_readings(conn, night, [archive])


def _columns(conn: psycopg.Connection, archive: Reading, stored: Sequence[Stored]) -> dict[str, object]:
    (row,) = conn.execute(_ARCHIVE, (archive.submission.submission_id,))
    source_code, channel, origin, received_at = row
    return {
        "source_code": source_code,
        "channel": channel,
        "origins": [storable(f"{origin}/{report.path}") for report in archive.reports],
        "names": [storable(report.file_name) for report in archive.reports],
        "types": [media_type(report.file_name) for report in archive.reports],
        "instants": [received_at] * len(stored),
        "sizes": [one.byte_size for one in stored],
        "hashes": [one.sha256 for one in stored],
        "uris": [one.uri for one in stored],
    }
