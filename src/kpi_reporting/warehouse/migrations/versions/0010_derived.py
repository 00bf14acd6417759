"""Every published state of what is derived from figures, and its stale mark."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Apply the revision."""
    apply("0010_derived.sql")
