"""Figures on current boundaries, and comparisons over time."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Apply the revision."""
    apply("0008_boundaries.sql")
