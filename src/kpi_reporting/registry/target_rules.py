"""Rules of targets: what a target needs, how its versions follow each other, which milestones make a line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from kpi_reporting.errors import Problem
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import Kpi, Target, Unit
from kpi_reporting.registry.places import overlapping, problem_at
from kpi_reporting.registry.registry import Registry

_WRONG_WAY = {"higher": "<=", "lower": ">="}
_KEPT = ("kpi_code", "unit_kind", "unit_code", "period_kind")

Numbered = tuple[int, Target]


def targets_are_whole(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A target has the thresholds its operator needs, and no others."""
    for number, target in draft.rows(Target):
        needs_low, needs_high = target.operator != "unquantified", target.operator == "between"
        for column, needed in (("threshold", needs_low), ("threshold_high", needs_high)):
            if needed != (getattr(target, column) is not None):
                message = f"a target with {target.operator!r} {'needs a' if needed else 'has no'} {column}"
                yield problem_at(target, number, column, "target", message)
        low, high = target.threshold, target.threshold_high
        if low is not None and high is not None and high < low:
            yield problem_at(target, number, "threshold_high", "target", f"the upper bound is below {low}")


def targets_fit_their_kpi(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A KPI without a number in the plan has no target with one, and no target asks for the worse values."""
    kpis = {row.kpi_code: row for _, row in draft.rows(Kpi)}
    for number, target in draft.rows(Target):
        kpi = kpis.get(target.kpi_code)
        if kpi and not kpi.quantified and target.operator != "unquantified":
            message = f"{target.kpi_code} is marked as not quantified in kpis.csv"
            yield problem_at(target, number, "operator", "target", message)
        if kpi and _WRONG_WAY.get(kpi.direction) == target.operator:
            message = f"kpis.csv says that of {target.kpi_code} the {kpi.direction} value is better"
            yield problem_at(target, number, "operator", "target", message)


def units_of_targets_exist(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """The one unit a target is for exists, at the target's level, on the first day of the version."""
    for number, target in draft.rows(Target):
        if target.unit_code is not None and _unit(draft, target) is None:
            message = f"units.csv has no {target.unit_kind} with this code on {target.valid_from}"
            yield problem_at(target, number, "unit_code", "reference", message)


def versions_follow_each_other(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """Versions count from 1, and each begins on the day after the one before ended."""
    for versions in _versions(draft):
        number, first = versions[0]
        if first.target_version != 1:
            yield problem_at(first, number, "target_version", "target_version", "the first version is 1")
        for (row, earlier), (number, later) in pairwise(versions):
            if later.target_version != earlier.target_version + 1:
                message = f"the version before, in row {row}, is {earlier.target_version}"
                yield problem_at(later, number, "target_version", "target_version", message)
            yield from _days_follow(row, earlier, number, later)


def _days_follow(row: int, earlier: Target, number: int, later: Target) -> Iterator[Problem]:
    if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
        message = f"the version in row {row} holds on some of these days"
        yield problem_at(later, number, "valid_from", "overlap", message)
    elif later.valid_from > earlier.valid_to + timedelta(days=1):
        message = f"the version in row {row} ends on {earlier.valid_to}; no day may lie between"
        yield problem_at(later, number, "valid_from", "gap", message)


def a_change_has_its_act(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A version after the first is a revision: by another act, with a reason, approved by somebody."""
    for versions in _versions(draft):
        number, first = versions[0]
        if first.kind == "revised":
            yield problem_at(first, number, "kind", "target_change", "a first version revises nothing")
        for (row, earlier), (number, later) in pairwise(versions):
            if later.kind != "revised":
                message = f"a version after the first is revised; it changes row {row}"
                yield problem_at(later, number, "kind", "target_change", message)
            if later.act == earlier.act:
                message = f"row {row} has the same act; a target is changed by an act of its own"
                yield problem_at(later, number, "act", "target_change", message)
            for column in ("approver", "reason"):
                if getattr(later, column) is None:
                    yield problem_at(later, number, column, "target_change", f"a change needs its {column}")


def versions_keep_their_subject(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """All versions of a target are for the same KPI, level, unit and kind of period."""
    for versions in _versions(draft):
        row, first = versions[0]
        for number, later in versions[1:]:
            for column in _KEPT:
                if getattr(later, column) != getattr(first, column):
                    message = f"row {row} has {getattr(first, column) or 'none'}; this is another target"
                    yield problem_at(later, number, column, "target", message)
            if later.unit_code == first.unit_code and _unit(draft, later) != _unit(draft, first):
                message = f"in row {row} the code means another unit; a target is not handed to a successor"
                yield problem_at(later, number, "unit_code", "target", message)


def one_target_is_compared(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day there is one milestone of a year, unless one is assigned and the other registered."""
    registered = _registered(draft)
    for number, row, earlier in overlapping(
        draft.rows(Target), lambda row: (_series(row, registered), row.target_year)
    ):
        message = f"row {earlier} is for the same KPI, units, periods and year on some of these days"
        yield problem_at(row, number, "target_year", "one_target", message)


def trajectories_have_their_milestones(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """A trajectory leads to a year; a line begins at an earlier milestone with the same operator."""
    rows, registered = list(draft.rows(Target)), _registered(draft)
    for number, target in rows:
        if target.trajectory != "step" and target.target_year is None:
            yield problem_at(target, number, "trajectory", "trajectory", "it leads to a year, none is given")
        elif target.trajectory == "linear" and not any(
            _starts(other, target, registered) for _, other in rows
        ):
            message = (
                f"on {target.valid_from} there is no earlier milestone of the same KPI, units and periods with "
                f"{target.operator!r} for the line to begin at"
            )
            yield problem_at(target, number, "trajectory", "trajectory", message)


def _starts(other: Target, target: Target, registered: set[str]) -> bool:
    return (
        _series(other, registered) == _series(target, registered)
        and other.target_year is not None
        and target.target_year is not None
        and other.target_year < target.target_year
        and other.operator == target.operator != "unquantified"
        and other.holds_on(target.valid_from)
    )


def _versions(draft: Draft) -> list[list[Numbered]]:
    """The versions of each target, in their order."""
    targets: dict[str, list[Numbered]] = defaultdict(list)
    for number, row in draft.rows(Target):
        targets[row.target_code].append((number, row))
    return [sorted(rows, key=lambda one: one[1].target_version) for rows in targets.values()]


def _registered(draft: Draft) -> set[str]:
    """Targets that units set themselves, their revisions included."""
    return {row.target_code for _, row in draft.rows(Target) if row.kind == "registered"}


def _series(row: Target, registered: set[str]) -> tuple[object, ...]:
    """What milestones have in common that follow each other from year to year."""
    subject = (row.kpi_code, row.unit_kind, row.unit_code, row.period_kind, row.measured_by)
    return (*subject, row.target_code in registered)


def _unit(draft: Draft, target: Target) -> str | None:
    """The dated unit a target is for."""
    named = (
        unit
        for _, unit in draft.rows(Unit)
        if (unit.code, unit.kind) == (target.unit_code, target.unit_kind) and unit.holds_on(target.valid_from)
    )
    return next((unit.unit_id for unit in named), None)


RULES = (
    targets_are_whole,
    targets_fit_their_kpi,
    units_of_targets_exist,
    versions_follow_each_other,
    a_change_has_its_act,
    versions_keep_their_subject,
    one_target_is_compared,
    trajectories_have_their_milestones,
)
