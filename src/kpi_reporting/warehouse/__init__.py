"""The warehouse: connections to it, and its tables brought up to date."""

from __future__ import annotations

from pathlib import Path

import psycopg

from kpi_reporting.errors import WarehouseError
from kpi_reporting.periods import ZONE

__all__ = ["connect", "migrate"]

_MIGRATIONS = Path(__file__).parent / "migrations"

# A migration that adds a column to a published table need not know of its issues.
_FOLLOW_COLUMNS = "call reporting.extend_history()"


def connect(dsn: str, application_name: str = "kpi-reporting") -> psycopg.Connection:
    """Open a connection with the time zone of the province; transactions are the caller's.

    Raises:
        WarehouseError: nobody answers, or not to us.
    """
    try:
        return psycopg.connect(
            dsn,
            application_name=application_name,
            connect_timeout=10,
            options=f"-c TimeZone={ZONE.key}",
        )
    except psycopg.OperationalError as error:
        place = psycopg.conninfo.conninfo_to_dict(dsn)
        reason = str(error).strip().splitlines()[-1]
        raise WarehouseError(
            f"The warehouse {place.get('dbname')} at {place.get('host')}:{place.get('port', 5432)} "
            f"cannot be used: {reason}. `kpi-reporting up` starts the embedded one."
        ) from None


def migrate(dsn: str) -> None:
    """Bring the tables of a warehouse up to the newest revision; nothing happens when they are there.

    Raises:
        WarehouseError: nobody answers, or the warehouse is newer than this program.
    """
    known = sorted(path.name[:4] for path in (_MIGRATIONS / "sql").glob("*.sql"))
    current = _current_revision(dsn)
    if current == known[-1]:
        return
    if current is not None and current not in known:
        raise WarehouseError(
            f"The warehouse is at revision {current}, this program knows {known[-1]}: update it."
        )
    _upgrade(dsn)


def _current_revision(dsn: str) -> str | None:
    with connect(dsn) as conn:
        if conn.execute("select to_regclass('public.alembic_version')").fetchone() == (None,):
            return None
        row = conn.execute("select version_num from public.alembic_version").fetchone()
    return None if row is None else str(row[0])


def _upgrade(dsn: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connect"] = lambda: connect(dsn)
    command.upgrade(config, "head")
    with connect(dsn) as conn:
        conn.execute(_FOLLOW_COLUMNS)
