"""Headers as sent stand beside the columns they name, and the unit of measure beside the table."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Apply the revision."""
    apply("0026_headers.sql")
