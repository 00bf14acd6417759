"""Files of the registry that no model reads are loaded by themselves."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Apply the revision."""
    apply("0023_files_no_model_reads.sql")
