"""How far senders' APIs were followed, and what they deleted."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Apply the revision."""
    apply("0013_source_cursors.sql")
