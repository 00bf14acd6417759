"""How far the ledger was read by what readers see."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply the revision."""
    apply("0004_computations.sql")
