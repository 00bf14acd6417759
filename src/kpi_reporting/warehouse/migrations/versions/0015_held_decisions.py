"""Held filings are released or refused by acts."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Apply the revision."""
    apply("0015_held_decisions.sql")
