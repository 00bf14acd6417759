"""Who owes which form by when, and which KPI is computed how: a folder of CSV files, validated as a whole."""

from kpi_reporting.registry.load import load_registry
from kpi_reporting.registry.registry import Registry
from kpi_reporting.registry.resolve import resolve
from kpi_reporting.registry.seed_properties import seed_properties

__all__ = ["Registry", "load_registry", "resolve", "seed_properties"]
