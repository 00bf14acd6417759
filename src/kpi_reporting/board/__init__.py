"""What a person looks at after a night: the KPI board, who filed, what was delivered, how a figure came about."""

from kpi_reporting.board.deliveries import print_deliveries
from kpi_reporting.board.filings import print_filings
from kpi_reporting.board.history import print_history
from kpi_reporting.board.kpis import print_board

__all__ = ["print_board", "print_deliveries", "print_filings", "print_history"]
