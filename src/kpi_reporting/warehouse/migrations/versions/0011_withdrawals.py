"""Filings that their senders took back."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Apply the revision."""
    apply("0011_withdrawals.sql")
