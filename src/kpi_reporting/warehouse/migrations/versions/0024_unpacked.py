"""An archive of several reports is unpacked, and each report is a submission of its own."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Apply the revision."""
    apply("0024_unpacked.sql")
