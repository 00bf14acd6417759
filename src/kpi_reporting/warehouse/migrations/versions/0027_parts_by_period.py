"""A file with rows of several periods is unpacked, and what it says of each is a submission of its own."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Apply the revision."""
    apply("0027_parts_by_period.sql")
