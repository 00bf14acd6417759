"""Of state secrets the names are withheld as well."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Apply the revision."""
    apply("0016_withheld.sql")
