"""What was not taken in, as a view."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Apply the revision."""
    apply("0019_quarantine.sql")
