"""Targets: what an act says a KPI shall reach, version by version."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from kpi_reporting.registry.models.calendars import PeriodKindName
from kpi_reporting.registry.models.rows import Dated, Flag, Sourced
from kpi_reporting.registry.models.units import UnitKind


class Target(Dated, Sourced):
    """A dated version of a threshold for a KPI; once published it is never edited, a change is a new version."""

    file = "targets"
    key = ("target_code", "target_version")
    references = {"kpi_code": ("kpis", "kpi_code")}
    target_code: str = Field(description="Code of the target.")
    target_version: int = Field(ge=1, description="Version of the target.")
    kpi_code: str = Field(description="KPI the target is for.")
    kind: Literal["assigned", "registered", "revised"] = Field(
        "assigned",
        description="assigned from above, registered by the unit itself, or revised: every version after the first.",
    )
    target_year: int | None = Field(
        None, description="Reporting year it applies to; empty means none is given."
    )
    period_kind: PeriodKindName | None = Field(
        None, description="Kind of period whose figures it is for; empty means all."
    )
    operator: Literal[">=", "<=", "=", "between", "unquantified"] = Field(
        description="Comparison as written."
    )
    threshold: Decimal | None = Field(None, description="Threshold, or lower bound of a range.")
    threshold_high: Decimal | None = Field(None, description="Upper bound of a range.")
    trajectory: Literal["step", "linear", "none"] = Field(
        "step",
        description=(
            "Years on the way to it: step measures them by it, linear by the line from the milestone before, "
            "none not at all."
        ),
    )
    trajectory_confirmed: Flag = Field(
        False, description="False while the trajectory is our reading: the act declares none."
    )
    measured_by: Literal["period", "year_to_date", "last"] | None = Field(
        None,
        description=(
            "Figures it is compared with: of the period, of the year to date, or the last value of a stock; "
            "empty means that the act does not say, and any is compared."
        ),
    )
    scope: str = Field(description="What the target covers.")
    unit_kind: UnitKind = Field(
        UnitKind.PROVINCE, description="Level of the units whose values are compared with the target."
    )
    unit_code: str | None = Field(
        None,
        description="The one unit it is for: the one with this code on valid_from; empty means all of the level.",
    )
    act: str = Field(description="Act that sets the target.")
    approver: str | None = Field(None, description="Who approved the version; required of a change.")
    reason: str | None = Field(None, description="Why the target was changed; required of a change.")
    note: str | None = Field(None, description="Remark shown with the target.")
