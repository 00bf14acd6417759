"""Rows as sent land without a key and without being parsed."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Apply the revision."""
    apply("0022_rows_that_land_fast.sql")
