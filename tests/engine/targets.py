"""A second implementation of docs/decisions/0013-targets.md, from that page alone, over fractions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from tests.engine.facts import Period
from tests.engine.sums import rounded

COMPARED = (
    "target_code", "target_version", "target_operator", "target_year", "target_from_code", "target_from_version",
    "target_value", "target_value_high", "target_gap", "target_status",
)  # fmt: skip
COUNTED = ("reached", "on_track", "behind", "no_data", "not_comparable", "unquantified")
NO_TARGET: dict[str, Any] = {**dict.fromkeys(COMPARED), "target_status": "no_target"}


@dataclass(frozen=True)
class Target:
    """A version of a target; ``unit_id`` is None for all units of the level, ``is_registered`` as its first version."""

    code: str
    version: int
    kpi_code: str
    year: int | None
    period_kind: str | None
    operator: str
    threshold: Fraction | None
    threshold_high: Fraction | None
    trajectory: str
    measured_by: str | None
    unit_kind: str
    unit_id: str | None
    is_registered: bool
    first_day: date
    last_day: date | None

    @property
    def series(self) -> tuple[object, ...]:
        return self.unit_id, self.period_kind, self.measured_by, self.is_registered

    def holds_on(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True)
class Measured:
    """A primary figure and what decides its target; ``measured_by`` is what kind of figure it is."""

    kpi_code: str
    unit_id: str
    unit_kind: str
    period: Period
    value: Fraction | None
    reason: str | None
    measured_by: str
    direction: str
    decimals: int


def target_of(figure: Measured, targets: Iterable[Target]) -> dict[str, Any]:
    """Return what the figure is compared with and how it stands."""
    meant = [one for one in targets if _is_meant(one, figure)]
    series = {one.series: [other for other in meant if other.series == one.series] for one in meant}
    milestones = [_milestone(own, figure.period.year) for own in series.values()]
    if not milestones:
        return NO_TARGET
    milestone = min(milestones, key=lambda one: _rank(one, figure))
    return _standing(figure, milestone, _line_begins(milestone, series[milestone.series], figure.period.year))


def _is_meant(target: Target, figure: Measured) -> bool:
    return (
        target.kpi_code == figure.kpi_code
        and target.unit_kind == figure.unit_kind
        and target.unit_id in (None, figure.unit_id)
        and target.holds_on(figure.period.last_day)
        and (target.trajectory != "none" or target.year == figure.period.year)
    )


def _milestone(series: Sequence[Target], year: int) -> Target:
    dated = [(one.year, one) for one in series if one.year is not None]
    ahead = [pair for pair in dated if pair[0] >= year]
    if ahead:
        return min(ahead, key=lambda pair: pair[0])[1]
    return max(dated, key=lambda pair: pair[0])[1] if dated else series[0]


def _rank(target: Target, figure: Measured) -> tuple[bool, ...]:
    return (
        target.unit_id is None,
        not _fits(target, figure),
        target.period_kind is None,
        target.measured_by is None,
        target.is_registered,
    )


def _fits(target: Target, figure: Measured) -> bool:
    kind, way = target.period_kind or figure.period.kind, target.measured_by or figure.measured_by
    return (kind, way) == (figure.period.kind, figure.measured_by)


def _line_begins(target: Target, series: Iterable[Target], year: int) -> Target | None:
    if target.trajectory != "linear" or target.year is None or target.year <= year:
        return None
    before = [
        (one.year, one)
        for one in series
        if one.year is not None and one.year < year and one.operator == target.operator
    ]
    return max(before, key=lambda pair: pair[0])[1] if before else None


def _standing(figure: Measured, target: Target, begins: Target | None) -> dict[str, Any]:
    low = _of_the_year(figure, target, begins, target.threshold, begins and begins.threshold)
    high = _of_the_year(figure, target, begins, target.threshold_high, begins and begins.threshold_high)
    gap = _gap(figure, target.operator, low, high)
    status = _status(figure, target, begins, gap)
    return {
        "target_code": target.code,
        "target_version": target.version,
        "target_operator": target.operator,
        "target_year": target.year,
        "target_from_code": begins and begins.code,
        "target_from_version": begins and begins.version,
        "target_value": low,
        "target_value_high": high,
        "target_gap": gap if _fits(target, figure) else None,
        "target_status": status,
    }


def _of_the_year(
    figure: Measured, target: Target, begins: Target | None, end: Fraction | None, start: Fraction | None
) -> Fraction | None:
    if begins is None or end is None or start is None or begins.year is None or target.year is None:
        return end
    gone, left = figure.period.year - begins.year, target.year - figure.period.year
    return rounded((start * left + end * gone) / (gone + left), figure.decimals)


def _gap(figure: Measured, operator: str, low: Fraction | None, high: Fraction | None) -> Fraction | None:
    if figure.value is None or low is None:
        return None
    if operator == "between":
        return None if high is None else min(figure.value - low, high - figure.value)
    if operator == "=" and figure.direction == "range":
        return -abs(figure.value - low)
    less_is_better = operator == "<=" or (operator == "=" and figure.direction == "lower")
    return low - figure.value if less_is_better else figure.value - low


def _status(figure: Measured, target: Target, begins: Target | None, gap: Fraction | None) -> str:
    if target.operator == "unquantified":
        return "unquantified"
    if not _fits(target, figure) or figure.reason == "not_comparable":
        return "not_comparable"
    fulfilled = _gap(figure, target.operator, target.threshold, target.threshold_high)
    if fulfilled is None or gap is None:
        return "no_data"
    if fulfilled >= 0:
        return "reached"
    has_time = target.year is not None and target.year > figure.period.year
    return "on_track" if has_time and (begins is None or gap >= 0) else "behind"


def progress(rows: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Count per unit and period how the targets stand; ``rows`` are figures by formula, unit and period."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for (_, unit_id, period_code), row in rows.items():
        if row["target_code"] is not None:
            counts.setdefault((unit_id, period_code), Counter())[row["target_status"]] += 1
    return {key: _counted(count) for key, count in counts.items()}


def _counted(count: Counter[str]) -> dict[str, Any]:
    judged = count["reached"] + count["on_track"] + count["behind"]
    return {
        **{f"targets_{name}": count[name] for name in COUNTED},
        "targets_quantified": count.total() - count["unquantified"],
        "share_reached": rounded(Fraction(count["reached"] * 100, judged), 2) if judged else None,
    }
