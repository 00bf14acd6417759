"""The layers' schemas, the ledger of submissions, and findings."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply the revision."""
    apply("0001_schemas_raw_quality.sql")
