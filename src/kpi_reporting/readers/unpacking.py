"""Filing each report of a file of several by itself: as if the file were a folder, received when it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import psycopg
from psycopg.rows import class_row

from kpi_reporting.findings import storable
from kpi_reporting.landing import Landing, Stored, media_type
from kpi_reporting.readers.store import store_readings
from kpi_reporting.readers.submissions import Part, Reading
from kpi_reporting.warehouse.nights import Night
from kpi_reporting.warehouse.received import RECORD

_WHOLE = """
select source_code, channel, origin, received_at, media_type, byte_size, sha256, landing_uri
from raw.submissions where submission_id = %s
"""


@dataclass(frozen=True)
class _Whole:
    source_code: str
    channel: str
    origin: str
    received_at: datetime
    media_type: str
    byte_size: int
    sha256: str
    landing_uri: str

    @property
    def stored(self) -> Stored:
        return Stored(self.sha256, self.byte_size, self.landing_uri)


def unpack(conn: psycopg.Connection, night: Night, landing: Landing, reading: Reading) -> None:
    """Land the reports of a file and record them, in one transaction: killed before, it is unpacked again."""
    with conn.transaction(), conn.cursor(row_factory=class_row(_Whole)) as cursor:
        (whole,) = cursor.execute(_WHOLE, (reading.submission.submission_id,)).fetchall()
    stored = [whole.stored if one.data is None else landing.store(BytesIO(one.data)) for one in reading.parts]
    with conn.transaction():
        conn.execute(RECORD, {"night_id": night.night_id, **_columns(whole, reading.parts, stored)})
        store_readings(conn, night, [reading])


def _columns(whole: _Whole, parts: Sequence[Part], stored: Sequence[Stored]) -> dict[str, object]:
    return {
        "source_code": whole.source_code,
        "channel": whole.channel,
        "origins": [storable(f"{whole.origin}/{part.place}") for part in parts],
        "names": [storable(part.file_name) for part in parts],
        "types": [whole.media_type if part.data is None else media_type(part.file_name) for part in parts],
        "instants": [whole.received_at] * len(parts),
        "sizes": [one.byte_size for one in stored],
        "hashes": [one.sha256 for one in stored],
        "uris": [one.uri for one in stored],
        "periods": [part.period_code for part in parts],
        "sheets": [part.sheet_name for part in parts],
    }
