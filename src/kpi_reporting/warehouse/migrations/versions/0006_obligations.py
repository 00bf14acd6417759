"""Readiness of obligations and its transitions."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply the revision."""
    apply("0006_obligations.sql")
