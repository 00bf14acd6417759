"""A workbook with forms on several sheets is unpacked, and each form is a submission of its own."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Apply the revision."""
    apply("0029_parts_by_sheet.sql")
