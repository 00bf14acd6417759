"""A second implementation of comparisons, from docs/decisions/0014-units-in-time.md and the words of their columns.

A figure is compared with that of the period before of its kind, and of the same period a year earlier, of the same
calendar. The base is the figure of the same formula and territory as it was reported; where there is none that is
comparable, the one on current boundaries. What these are is taken as given here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from tests.engine.facts import Period, Unit
from tests.engine.sums import rounded

Row = dict[str, Any]
Key = tuple[str, str, str]
COMPARED = (
    "base_period_code", "base_unit_id", "basis", "value", "base_value", "change", "change_unit", "change_percent",
    "data_state", "base_data_state", "status", "status_reason", "is_estimate", "is_primary", "confirmed",
)  # fmt: skip
_OTHER_TERRITORY = ("boundaries", "formula_version")


class Comparisons:
    """Everything comparisons are made of; ``before`` says what a unit was before a change of name, code or parent."""

    def __init__(
        self,
        figures: Mapping[Key, Row],
        carried: Mapping[Key, Row],
        units: Iterable[Unit],
        periods: Iterable[Period],
        before: Mapping[str, str],
    ) -> None:
        self._figures, self._carried, self._before = figures, carried, before
        self._units = {unit.unit_id: unit for unit in units}
        self._periods = {period.code: period for period in periods}

    def rows(self) -> dict[tuple[str, str, str, str], Row]:
        """Return every comparison by formula, unit, period and what it is compared with."""
        return {
            (*key, way): self._compared(key, base)
            for key in self._figures
            for way, base in self._bases(self._periods[key[2]])
        }

    def _bases(self, period: Period) -> Iterator[tuple[str, Period | None]]:
        kind = sorted(
            (one for one in self._periods.values() if one.kind == period.kind), key=lambda one: one.first_day
        )
        place = kind.index(period)
        yield "previous_period", kind[place - 1] if place else None
        a_year = {"month": 12, "quarter": 4, "half": 2, "nine_month": 1, "year": 1}[period.kind]
        yield "same_period_last_year", kind[place - a_year] if place >= a_year else None

    def _compared(self, key: Key, base_period: Period | None) -> Row:
        figure = self._figures[key]
        base = None if base_period is None else self._base(key, base_period)
        reason = self._reason(key, base_period, base)
        known = base or {}
        percent = figure["unit_of_measure"] == "%"
        change = None if reason else figure["value"] - known["value"]
        return {
            "base_period_code": base_period and base_period.code,
            "base_unit_id": known.get("unit_id"),
            "basis": known.get("basis"),
            "value": figure["value"],
            "base_value": known.get("value"),
            "change": change,
            "change_unit": "percentage points" if percent else figure["unit_of_measure"],
            "change_percent": None if percent else _percent(change, known.get("value")),
            "data_state": figure["data_state"],
            "base_data_state": known.get("data_state"),
            "status": _status(figure, reason),
            "status_reason": reason,
            "is_estimate": known.get("is_estimate", False),
            "is_primary": figure["is_primary"],
            "confirmed": figure["confirmed"] and known.get("confirmed", True),
        }

    def _base(self, key: Key, period: Period) -> Row | None:
        formula_code, unit_id, _ = key
        found = [
            {**row, "unit_id": one, "basis": "as_reported", "is_estimate": False}
            for one in self._same_territory(unit_id)
            if (row := self._figures.get((formula_code, one, period.code)))
        ]
        if row := self._carried.get((formula_code, unit_id, period.code)):
            found.append({**row, "unit_id": unit_id, "basis": "current_boundaries"})
        comparable = [row for row in found if row["reason"] != "not_comparable"]
        return next(iter(comparable or found), None)

    def _same_territory(self, unit_id: str) -> Iterator[str]:
        yield unit_id
        if unit_id in self._before:
            yield from self._same_territory(self._before[unit_id])

    def _reason(self, key: Key, base_period: Period | None, base: Row | None) -> str | None:
        figure = self._figures[key]
        if figure["value"] is None:
            return str(figure["reason"])
        if base is None:
            begins = self._units[key[1]].first_day
            return "boundaries" if base_period and begins > base_period.last_day else "no_figure"
        if base["reason"] == "not_comparable":
            return "boundaries"
        if base["formula_version"] != figure["formula_version"]:
            return "formula_version"
        return None if base["reason"] is None else str(base["reason"])


def _status(figure: Row, reason: str | None) -> str:
    if figure["value"] is None:
        return "absent"
    if reason is None:
        return "comparable"
    return "not_comparable" if reason in _OTHER_TERRITORY else "no_base"


def _percent(change: Fraction | None, base: Fraction | None) -> Fraction | None:
    """Change in percent of the base, whose sign does not matter; nothing of zero."""
    return rounded(change * 100 / abs(base), 2) if change is not None and base else None
