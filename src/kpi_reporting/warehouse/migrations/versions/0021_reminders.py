"""What senders were reminded of."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Apply the revision."""
    apply("0021_reminders.sql")
