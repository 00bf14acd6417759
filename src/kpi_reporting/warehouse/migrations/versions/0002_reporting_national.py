"""What readers see, and what leaves for the national system."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply the revision."""
    apply("0002_reporting_national.sql")
