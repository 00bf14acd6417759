"""Checks: what is accepted at the door, and which figures may leave."""

from kpi_reporting.checks.door import DoorSummary, check_door
from kpi_reporting.checks.exit import ExitSummary, check_exit
from kpi_reporting.checks.suites import Rule, Suite, SuiteError, load_suite

__all__ = [
    "DoorSummary",
    "ExitSummary",
    "Rule",
    "Suite",
    "SuiteError",
    "check_door",
    "check_exit",
    "load_suite",
]
