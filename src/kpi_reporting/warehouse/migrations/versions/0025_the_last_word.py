"""Bytes that were put aside by others may be filed again, and what a finding is about may be long."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Apply the revision."""
    apply("0025_the_last_word.sql")
