"""Rules of KPIs: versions of their formulas, owners and targets."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_reporting.errors import Problem
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import Kpi, KpiFormula, KpiOwner, Target, Unit
from kpi_reporting.registry.places import overlap, overlapping, problem_at
from kpi_reporting.registry.registry import Registry


def formula_versions_follow_each_other(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day a formula has at most one version."""
    for number, row, earlier in overlapping(draft.rows(KpiFormula), lambda row: row.formula_code):
        message = f"the version in row {earlier} holds on some of these days"
        yield problem_at(row, number, "valid_from", "overlap", message)


def one_formula_is_compared(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day at most one formula of a KPI is compared with the targets."""
    primary = [(number, row) for number, row in draft.rows(KpiFormula) if row.is_primary]
    for number, row, earlier in overlapping(primary, lambda row: row.kpi_code):
        message = f"row {earlier} is the primary formula of {row.kpi_code} on some of these days"
        yield problem_at(row, number, "is_primary", "primary", message)


def formulas_keep_their_kpi(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """All versions of a formula compute the same KPI."""
    kpis: dict[str, str] = {}
    for number, row in draft.rows(KpiFormula):
        first = kpis.setdefault(row.formula_code, row.kpi_code)
        if first != row.kpi_code:
            yield problem_at(row, number, "kpi_code", "formula", f"another version computes {first}")


def owners_exist(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day a KPI has at most one owner, and the owner exists."""
    for number, row, earlier in overlapping(draft.rows(KpiOwner), lambda row: row.kpi_code):
        message = f"row {earlier} names the owner of {row.kpi_code} on some of these days"
        yield problem_at(row, number, "valid_from", "overlap", message)
    units = [unit for _, unit in draft.rows(Unit)]
    for number, row in draft.rows(KpiOwner):
        if not any(unit.code == row.unit_code and overlap(unit, row) for unit in units):
            message = "units.csv has no unit with this code on any of these days"
            yield problem_at(row, number, "unit_code", "reference", message)


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
    """A KPI without a number in the plan has no target with one."""
    unquantified = {row.kpi_code for _, row in draft.rows(Kpi) if not row.quantified}
    for number, target in draft.rows(Target):
        if target.kpi_code in unquantified and target.operator != "unquantified":
            message = f"{target.kpi_code} is marked as not quantified in kpis.csv"
            yield problem_at(target, number, "operator", "target", message)


def target_versions_follow_each_other(draft: Draft, registry: Registry) -> Iterator[Problem]:
    """On each day a target has at most one version."""
    for number, row, earlier in overlapping(draft.rows(Target), lambda row: row.target_code):
        message = f"the version in row {earlier} holds on some of these days"
        yield problem_at(row, number, "valid_from", "overlap", message)


RULES = (
    formula_versions_follow_each_other,
    one_formula_is_compared,
    formulas_keep_their_kpi,
    owners_exist,
    targets_are_whole,
    targets_fit_their_kpi,
    target_versions_follow_each_other,
)
