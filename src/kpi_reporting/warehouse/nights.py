"""A night: the instant it looks from, and the folders it works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from kpi_reporting.periods import ZONE

_OPEN = """
insert into raw.nights (night_id, registry_code, registry_sha256, as_of, inbox)
values (%(night_id)s, %(registry_code)s, %(registry_sha256)s, %(as_of)s, %(inbox)s)
on conflict (night_id) do update set registry_sha256 = excluded.registry_sha256, inbox = excluded.inbox
"""
_POINT_TO = """
insert into raw.current_night (night_id) values (%s)
on conflict (only_row) do update set night_id = excluded.night_id
"""
_LAST_PUBLISHED = """
select n.as_of, n.inbox
from reporting.publications as p
inner join raw.nights as n using (night_id)
order by p.publication_id desc
limit 1
"""


@dataclass(frozen=True)
class Night:
    """One nightly run; ``as_of`` (aware) is the only clock its computations see."""

    as_of: datetime
    registry_dir: Path
    inbox: Path

    @property
    def night_id(self) -> str:
        """ISO text of the as-of instant in local time: the same instant is the same night, whoever tells it."""
        return self.as_of.astimezone(ZONE).isoformat()

    @classmethod
    def from_conf(cls, conf: dict[str, str]) -> Night:
        """Build the night from a DAG run's conf (``registry``, ``inbox``, ``as_of`` as ISO text with offset)."""
        as_of = datetime.fromisoformat(conf["as_of"])
        if as_of.tzinfo is None:
            raise ValueError(
                f"as_of {conf['as_of']!r} has no time zone; write it like 2025-07-17T01:00:00+07:00"
            )
        return cls(as_of, Path(conf["registry"]), Path(conf["inbox"]))


def last_published(conn: psycopg.Connection) -> Night | None:
    """Return the night of the newest publication."""
    row = conn.execute(_LAST_PUBLISHED).fetchone()
    return None if row is None else Night(row[0], Path(), Path(row[1]))


def open_night(conn: psycopg.Connection, night: Night, registry_code: str, registry_sha256: str) -> None:
    """Record the night and point the models' clock at it."""
    row = {
        "night_id": night.night_id,
        "registry_code": registry_code,
        "registry_sha256": registry_sha256,
        "as_of": night.as_of,
        "inbox": str(night.inbox),
    }
    with conn.transaction():
        conn.execute(_OPEN, row)
        conn.execute(_POINT_TO, (night.night_id,))
