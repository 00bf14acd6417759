"""Indexes for the queries of readers."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Apply the revision."""
    apply("0009_contract.sql")
