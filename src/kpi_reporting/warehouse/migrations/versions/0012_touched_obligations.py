"""What lets a night compute only the obligations that changed."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Apply the revision."""
    apply("0012_touched_obligations.sql")
