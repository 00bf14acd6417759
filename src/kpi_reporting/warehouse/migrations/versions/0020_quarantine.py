"""What was not taken in, as a view."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Apply the revision."""
    apply("0020_quarantine.sql")
