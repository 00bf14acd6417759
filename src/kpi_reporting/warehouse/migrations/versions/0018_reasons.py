"""Explained warnings and waived rules."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Apply the revision."""
    apply("0018_reasons.sql")
