"""Files on senders' SFTP servers."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Apply the revision."""
    apply("0017_sftp.sql")
