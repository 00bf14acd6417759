"""How figures, targets and states are written; no database, no screen."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

MARK = "*"
UNCONFIRMED = (
    f"{MARK} unconfirmed: its owner has yet to confirm the formula, target, form or unit behind it "
    "(registry: confirmed = false)."
)

STATUSES = {
    "reached": ("✓ reached", "green"),
    "on_track": ("→ on track", "green"),
    "behind": ("✗ behind", "red"),
    "not_comparable": ("≠ not comparable", "yellow"),
    "no_data": ("? no data", "yellow"),
    "unquantified": ("~ unquantified", "cyan"),
    "no_target": ("· no target", "dim"),
}
REASONS = {
    "no_data": "no filing in force",
    "denominator_zero": "its denominator is zero",
    "missing_part": "a figure its formula needs is missing",
    "missing_period": "a part of its period was owed by nobody",
    "unquantified": "the plan gives no number for it",
    "not_comparable": "its territory changed within the period",
}
STATES = {
    "provisional": "accepted, not signed yet",
    "nil": "nil, not signed yet",
    "approved": "signed",
    "exported": "exported",
    "restated": "changed since it was exported",
    "held": "held after the lock",
    "blocked": "blocked",
    "not_due": "not due yet",
    "due": "due",
    "late": "overdue",
    "missing": "missing and locked",
    "not_applicable": "not applicable",
    "not_owed": "filed without owing",
}
STANDINGS = {
    "missing": "missing, locked",
    "not_applicable": "not applicable",
    "extra": "filed without owing",
}
_OPERATORS = {">=": "≥", "<=": "≤", "=": "="}
_MOST_NAMES = 12


def number(value: Decimal, decimals: int = 0) -> str:
    """Write a figure exactly as stored, thousands apart by a blank, with at least ``decimals`` decimals."""
    exponent = value.normalize().as_tuple().exponent
    stored = -exponent if isinstance(exponent, int) else 0
    return f"{value:,.{max(decimals, stored)}f}".replace(",", " ")


def mark(confirmed: bool) -> str:
    """Return the mark of what is unconfirmed, and a blank of its width for what is confirmed."""
    return " " if confirmed else MARK


def named(name: str, confirmed: bool) -> str:
    """Return a name with the mark of what is unconfirmed."""
    return name if confirmed else f"{name}{MARK}"


def status(code: str) -> tuple[str, str]:
    """Return the words of a target status and their colour."""
    return STATUSES.get(code, (code, ""))


def reason(code: str | None) -> str:
    """Say why there is no value."""
    return REASONS.get(code or "", code or "no reason given")


def share(value: Decimal | None) -> str:
    """Write a share of 0 to 1 in percent; nobody who owes has no share."""
    return "–" if value is None else f"{number(value * 100, 2)} %"


def target(
    operator: str | None, value: Decimal | None, high: Decimal | None, year: int | None, on_line: bool = False
) -> str:
    """Write a target as ``≥ 75 (2025)``, what a line has reached as ``≥ 65 (line to 2025)``, or no number set."""
    if operator is None:
        return "–"
    if value is None:
        return "no number set"
    threshold = f"{number(value)} to {number(high)}" if high is not None else number(value)
    sign = f"{_OPERATORS[operator]} " if operator in _OPERATORS else ""
    due = f" ({'line to ' if on_line else ''}{year})" if year else ""
    return f"{sign}{threshold}{due}"


def units(count: int, word: str) -> str:
    """Write a number of units, messages, figures with the right ending."""
    word = word.replace("_", " ")
    if count == 1:
        return f"1 {word}"
    return f"{count} {word.removesuffix('y')}ies" if word.endswith("y") else f"{count} {word}s"


def listed(names: Sequence[str], most: int = _MOST_NAMES) -> str:
    """List names, the first ones only when there are many."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])}, … and {len(names) - most} more"
