"""Targets by act, kind and trajectory."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Apply the revision."""
    apply("0007_targets.sql")
