"""Every published state of every figure, and why it changed."""

from kpi_reporting.warehouse.migrations.apply import apply

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply the revision: states first, what is made of them second."""
    apply("0005_history.sql")
    apply("0005_restatements.sql")
