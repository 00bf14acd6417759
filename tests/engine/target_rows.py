"""Targets of a random province: every way a target can be written, dealt out to the KPIs in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from tests.engine.formulas import Row, sourced

CHANGED = "2025-02-15"
_OPERATORS = {"higher": (">=", "="), "lower": ("<=", "="), "range": ("between", "=")}
# Per way the rows that differ from each other: what stands in them beside KPI and threshold.
_WAYS: tuple[tuple[Row, ...], ...] = (
    (),
    ({"target_year": "2023"}, {"target_year": "2028", "trajectory": "linear"}),
    ({"target_year": "2025", "period_kind": "quarter", "unit_kind": "commune"}, {"target_year": "2026", "unit_kind": "commune"}),
    ({"measured_by": "year_to_date"}, {"measured_by": "last"}, {"measured_by": "period", "period_kind": "month"}),
    ({"unit_kind": "commune"}, {"unit_kind": "department", "target_year": "2024"}),
    ({"valid_to": "2025-02-14"}, {"valid_from": CHANGED, "kind": "revised"}),
    ({"unit_kind": "commune"}, {"unit_kind": "commune", "unit_code": "90003"}, {"unit_kind": "commune", "kind": "registered"}),
    ({"operator": "unquantified"}, {"unit_kind": "commune", "target_year": "2024", "trajectory": "none"}),
    ({"target_year": "2024"}, {"target_year": "2025"}, {"target_year": "2027", "kind": "registered"}),
)  # fmt: skip


def targets_of(seed: int, kpis: Sequence[Row]) -> list[Row]:
    """Draw the targets, and the direction of each KPI, whose rows are changed for it."""
    random = Random(f"targets {seed}")
    rows = []
    for place, kpi in enumerate(kpis):
        kpi["direction"] = random.choice(list(_OPERATORS))
        rows += list(_rows(random, kpi, _WAYS[place % len(_WAYS)]))
    return rows


def _rows(random: Random, kpi: Row, way: Sequence[Row]) -> Iterator[Row]:
    operator = random.choice(_OPERATORS[kpi["direction"]])
    for number, cells in enumerate(way):
        revised = cells.get("kind") == "revised"
        row = sourced(
            target_code=f"{kpi['kpi_code']}-{0 if revised else number}", target_version="2" if revised else "1",
            kpi_code=kpi["kpi_code"], kind="assigned", target_year="", period_kind="", operator=operator, threshold="",
            threshold_high="", trajectory="step", trajectory_confirmed="true", measured_by="", scope="Toàn tỉnh",
            unit_kind="province", unit_code="", act=f"Quyết định {number}", approver="Chủ tịch" if revised else "",
            reason="Đổi" if revised else "", note="", valid_from="2020-01-01", valid_to="",
        )  # fmt: skip
        yield {**row, **cells, **_thresholds(random, cells.get("operator", operator))}


def _thresholds(random: Random, operator: str) -> Row:
    if operator == "unquantified":
        return {}
    low = random.choice([0, 1, 3, 10, 50, 75, 100, 120, 400])
    high = {"threshold_high": str(low + random.choice([1, 7, 40, 300]))} if operator == "between" else {}
    return {"threshold": str(low), **high}
