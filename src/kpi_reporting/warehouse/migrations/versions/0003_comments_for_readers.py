"""What the columns mean that no mart has."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply the revision."""
    apply("0003_comments_for_readers.sql")
