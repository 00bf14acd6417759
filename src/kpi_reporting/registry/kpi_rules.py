"""Rules of KPIs: versions of their formulas, and owners."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_reporting.errors import Problem
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import KpiFormula, KpiOwner, Unit
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


RULES = (
    formula_versions_follow_each_other,
    one_formula_is_compared,
    formulas_keep_their_kpi,
    owners_exist,
)
