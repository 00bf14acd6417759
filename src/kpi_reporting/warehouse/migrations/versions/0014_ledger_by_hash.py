"""The ledger can be asked for bytes that came before."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Apply the revision."""
    apply("0014_ledger_by_hash.sql")
