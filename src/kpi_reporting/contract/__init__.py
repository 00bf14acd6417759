"""The contract for readers: what the published tables promise, and which change would break it."""

from __future__ import annotations

from kpi_reporting.contract.catalog import read_tables
from kpi_reporting.contract.document import ContractError
from kpi_reporting.contract.keeping import check, release, write
from kpi_reporting.contract.tables import tables_of_models

__all__ = ["ContractError", "check", "read_tables", "release", "tables_of_models", "write"]
