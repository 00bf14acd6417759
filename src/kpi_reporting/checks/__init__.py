"""Checks: what is accepted at the door, and which figures may leave."""

from kpi_reporting.checks.door import DoorSummary, check_door
from kpi_reporting.checks.exit import ExitSummary, check_exit
from kpi_reporting.checks.held import HeldDecision, HeldFiling, read_held, record_held_decision
from kpi_reporting.checks.reasons import Explanation, Waiver, record_explanation, record_waiver
from kpi_reporting.checks.suites import Rule, Suite, SuiteError, load_suite
from kpi_reporting.checks.withdrawals import Withdrawal, record_withdrawal

__all__ = [
    "DoorSummary",
    "ExitSummary",
    "Explanation",
    "HeldDecision",
    "HeldFiling",
    "Rule",
    "Suite",
    "SuiteError",
    "Waiver",
    "Withdrawal",
    "check_door",
    "check_exit",
    "load_suite",
    "read_held",
    "record_explanation",
    "record_held_decision",
    "record_waiver",
    "record_withdrawal",
]
