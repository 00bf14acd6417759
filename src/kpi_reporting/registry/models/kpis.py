"""Indicators, and the KPIs, formulas and targets built on them."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from kpi_reporting.registry.models.rows import Dated, Flag, Row, Sourced
from kpi_reporting.registry.models.units import UnitKind

Side = Literal["numerator", "denominator"]


class Indicator(Sourced):
    """A reported figure."""

    file = "indicators"
    key = ("indicator_code",)
    indicator_code: str = Field(description="Code of the indicator.")
    name_vi: str = Field(description="Vietnamese name.")
    name_en: str = Field(description="English name.")
    unit_of_measure: str = Field(description="Unit of measure in which the indicator is kept.")
    measure: Literal["flow", "stock"] = Field(
        description="flow: adds up over time; stock: its last value holds."
    )
    additive_over_units: Flag = Field(description="True when figures of units may be added up.")
    own_measure: Literal["regimes_in_catalogue", "regimes_connected"] | None = Field(
        None,
        description="What the product itself counts for it every month; empty means that forms report it.",
    )


class Kpi(Sourced):
    """A computed figure the province watches."""

    file = "kpis"
    key = ("kpi_code",)
    kpi_code: str = Field(description="Code of the KPI.")
    name_vi: str = Field(description="Vietnamese name.")
    name_en: str = Field(description="English name.")
    unit_of_measure: str = Field(description="Unit of measure of the value.")
    decimals: int = Field(ge=0, le=6, description="Decimals of the published value; half away from zero.")
    direction: Literal["higher", "lower", "range"] = Field(description="Which values are better.")
    quantified: Flag = Field(description="False when the plan names no number.")
    sort_order: int = Field(description="Place on the board.")


class KpiOwner(Dated, Sourced):
    """The unit that answers for a KPI during some days."""

    file = "kpi_owners"
    key = ("kpi_code", "unit_code", "valid_from")
    references = {"kpi_code": ("kpis", "kpi_code")}
    kpi_code: str = Field(description="KPI.")
    unit_code: str = Field(description="Code of the owning unit.")


class KpiFormula(Dated, Sourced):
    """A dated version of a formula; competing formulas of a KPI stand side by side."""

    file = "kpi_formulas"
    key = ("formula_code", "formula_version")
    references = {
        "kpi_code": ("kpis", "kpi_code"),
        "weight_indicator_code": ("indicators", "indicator_code"),
    }
    formula_code: str = Field(description="Code of the formula.")
    formula_version: int = Field(ge=1, description="Version of the formula.")
    kpi_code: str = Field(description="KPI it computes.")
    name_vi: str = Field(description="Vietnamese description of the formula.")
    name_en: str = Field(description="English description of the formula.")
    factor: Decimal = Field(gt=0, description="Factor after the division, 100 for percentages.")
    over_time: Literal["sum", "last", "average", "max", "min"] = Field(
        description="How the parts of a window are combined."
    )
    over_units: Literal["sum", "last", "province_only", "weighted"] = Field(
        description="How units are combined inside a part."
    )
    missing_mode: Literal[
        "non_null", "non_zero", "partial_null", "partial_zero", "always_null", "always_zero"
    ] = Field("non_null", description="When a unit counts and what a missing term is worth, as in VTL.")
    span: Literal["period", "year_to_date", "rolling"] = Field(
        "period", description="Window of a figure: its period, the year up to its end, or the last parts."
    )
    span_parts: int | None = Field(None, ge=2, le=60, description="rolling: number of parts in the window.")
    weight_indicator_code: str | None = Field(
        None, description="weighted: indicator whose value weighs a unit."
    )
    is_primary: Flag = Field(description="True for the formula compared with the targets.")


class KpiTerm(Row):
    """A summand of a formula's numerator or denominator: an indicator, or a side of another formula."""

    file = "kpi_terms"
    key = (
        "formula_code", "formula_version", "side", "indicator_code", "breakdown_code", "breakdown_group",
        "ref_formula_code", "ref_side",
    )  # fmt: skip
    references = {
        "indicator_code": ("indicators", "indicator_code"),
        "breakdown_code": ("breakdowns", "breakdown_code"),
        "breakdown_group": ("breakdowns", "breakdown_group"),
        "ref_formula_code": ("kpi_formulas", "formula_code"),
    }
    formula_code: str = Field(description="Formula the term belongs to.")
    formula_version: int = Field(ge=1, description="Version of the formula.")
    side: Side = Field(description="Side of the fraction.")
    indicator_code: str | None = Field(None, description="Indicator that is added.")
    breakdown_code: str = Field("total", description="Breakdown of the indicator.")
    breakdown_group: str | None = Field(
        None, description="Group whose breakdowns are all added, each a term of its own."
    )
    ref_formula_code: str | None = Field(
        None, description="Formula of which a side is added, unrounded and undivided."
    )
    ref_side: Side | None = Field(None, description="Side of that formula.")
    coefficient: Decimal = Field(Decimal(1), description="Factor of the term, negative to subtract.")


class Target(Dated, Sourced):
    """A dated version of a threshold for a KPI."""

    file = "targets"
    key = ("target_code", "target_version")
    references = {"kpi_code": ("kpis", "kpi_code")}
    target_code: str = Field(description="Code of the target.")
    target_version: int = Field(ge=1, description="Version of the target.")
    kpi_code: str = Field(description="KPI the target is for.")
    target_year: int | None = Field(
        None, description="Reporting year it applies to; empty means none is given."
    )
    operator: Literal[">=", "<=", "=", "between", "unquantified"] = Field(
        description="Comparison as written."
    )
    threshold: Decimal | None = Field(None, description="Threshold, or lower bound of a range.")
    threshold_high: Decimal | None = Field(None, description="Upper bound of a range.")
    scope: str = Field(description="What the target covers.")
    unit_kind: UnitKind = Field(
        UnitKind.PROVINCE, description="Level of the units whose values are compared with the target."
    )
    act: str = Field(description="Act that sets the target.")
    note: str | None = Field(None, description="Remark shown with the target.")
