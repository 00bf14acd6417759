"""Runs a revision's SQL file as it stands."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def apply(file_name: str) -> None:
    """Run every statement of a file of ``sql/`` in the revision's transaction."""
    statements = (Path(__file__).parent / "sql" / file_name).read_text("utf-8")
    # The driver's own connection takes many statements at once; SQLAlchemy's would send them as one prepared one.
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise RuntimeError("a migration needs a live connection")
    driver.execute(statements)
