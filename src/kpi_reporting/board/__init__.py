"""What a person looks at after a night: the board, filings, completeness, deliveries, and how a figure came about."""

from kpi_reporting.board.completeness import print_completeness
from kpi_reporting.board.deliveries import print_deliveries
from kpi_reporting.board.filings import print_filings
from kpi_reporting.board.history import print_history
from kpi_reporting.board.kpis import print_board

__all__ = ["print_board", "print_completeness", "print_deliveries", "print_filings", "print_history"]
