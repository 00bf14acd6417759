"""A form may name its figures' cells one by one, so that a field has a row besides its column."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Apply the revision."""
    apply("0028_single_cells.sql")
