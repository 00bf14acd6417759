"""The ledger: one row per payload received, written as soon as its bytes are safe and before it is parsed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import RLock

import psycopg

from kpi_reporting.findings import storable
from kpi_reporting.landing import Stored
from kpi_reporting.registry.models import Source
from kpi_reporting.warehouse.nights import Night
from kpi_reporting.warehouse.received import RECORD
from kpi_reporting.warehouse.withheld import withheld_origin

_KNOWN = """
select distinct on (origin) origin, sha256
from raw.submissions
where source_code = %s and origin = any(%s)
order by origin, submission_id desc
"""
_BY_LOOKS = """
select origin, received_at, byte_size from raw.submissions where source_code = %s and origin = any(%s)
"""
_BYTES_OF_NIGHT = """
select coalesce(sum(byte_size), 0) from raw.submissions where source_code = %s and night_id = %s
"""


Looks = tuple[str, datetime, int]
"""Where a file lies, when it was last written, and how many bytes it has."""


@dataclass(frozen=True)
class Payload:
    """One payload whose bytes are stored; ``origin`` is where its source keeps it."""

    origin: str
    file_name: str
    media_type: str
    received_at: datetime
    stored: Stored


class Ledger:
    """The ledger of one night; safe to use from the threads that wait for senders."""

    def __init__(self, conn: psycopg.Connection, night: Night) -> None:
        self._conn = conn
        self._night = night
        self._one_at_a_time = RLock()

    @property
    def night_id(self) -> str:
        """The night whose ledger it is."""
        return self._night.night_id

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection]:
        """Make what is written inside one commit, also by calls of this ledger; other threads wait."""
        with self._one_at_a_time, self._conn.transaction():
            yield self._conn

    def known(self, source: Source, origins: Sequence[str]) -> set[tuple[str, str]]:
        """Return the (origin, sha256) the ledger last knew of these origins, also of those whose name is withheld."""
        places = {storable(origin): storable(origin) for origin in origins}
        places |= {withheld_origin(source.location, origin): origin for origin in places}
        with self.transaction() as conn:
            rows = conn.execute(_KNOWN, (source.source_code, list(places))).fetchall()
        return {(places[origin], sha256) for origin, sha256 in rows}

    def names_of(self, source: Source, origins: Sequence[str]) -> list[str]:
        """Return the names under which these origins stand in the ledger, in the order given."""
        names = [(storable(origin), withheld_origin(source.location, origin)) for origin in origins]
        with self.transaction() as conn:
            rows = conn.execute(_KNOWN, (source.source_code, [withheld for _, withheld in names])).fetchall()
        found = {origin for origin, _ in rows}
        return [withheld if withheld in found else origin for origin, withheld in names]

    def known_by_looks(self, source: Source, looks: Sequence[Looks]) -> set[Looks]:
        """Return which files of these places, instants and sizes stand in the ledger.

        Of one whose name is withheld neither place nor size is kept, so the instant has to do.
        """
        withheld = {one: withheld_origin(source.location, storable(one[0])) for one in looks}
        names = [storable(origin) for origin, _, _ in looks] + list(withheld.values())
        with self.transaction() as conn:
            rows = set(conn.execute(_BY_LOOKS, (source.source_code, names)).fetchall())
        return {one for one in looks if {(storable(one[0]), *one[1:]), (withheld[one], one[1], 0)} & rows}

    def bytes_of_night(self, source: Source) -> int:
        """Return how many bytes of a source were received in this night."""
        with self.transaction() as conn:
            row = conn.execute(_BYTES_OF_NIGHT, (source.source_code, self._night.night_id)).fetchone()
        return 0 if row is None else int(row[0])

    def record(self, source: Source, payloads: Sequence[Payload]) -> int:
        """Enter payloads as received, in one transaction, and return how many are new.

        A payload that stands there already is passed over, so a repeated or killed collection doubles nothing.
        """
        if not payloads:
            return 0
        with self.transaction() as conn:
            return conn.execute(RECORD, self._columns(source, payloads)).rowcount

    def _columns(self, source: Source, payloads: Sequence[Payload]) -> dict[str, object]:
        return {
            "night_id": self._night.night_id,
            "source_code": source.source_code,
            "channel": source.kind,
            "origins": [storable(payload.origin) for payload in payloads],
            "names": [storable(payload.file_name) for payload in payloads],
            "types": [payload.media_type for payload in payloads],
            "instants": [payload.received_at for payload in payloads],
            "sizes": [payload.stored.byte_size for payload in payloads],
            "hashes": [payload.stored.sha256 for payload in payloads],
            "uris": [payload.stored.uri for payload in payloads],
            "periods": [None] * len(payloads),
            "sheets": [None] * len(payloads),
        }
