"""What the sandbox's national system expects of a message and of each item in it.

The field names are those of the product's adapter: the schema of QCVN 125:2021/BTTTT is not public. A field nobody
agreed on is as wrong as a missing one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints, model_validator

_PERCENT = "%"
DecimalText = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?$", strict=True)]
Text = Annotated[str, StringConstraints(min_length=1, strict=True)]
Count = Annotated[StrictInt, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sender(_Strict):
    """The province that sends."""

    province_code: Text
    name_vi: Text


class MessagePeriod(_Strict):
    """The period a message is about."""

    calendar_code: Text
    period_code: Text
    period_kind: Text
    first_day: date
    last_day: date


class Manifest(_Strict):
    """How many items there have to be."""

    item_count: Count


class Message(_Strict):
    """A packet as a whole; its items are looked at one by one."""

    packet: Text
    business_key: Text
    revision: Annotated[StrictInt, Field(ge=1)]
    sender: Sender
    period: MessagePeriod | None
    items: list[dict[str, Any]]
    manifest: Manifest

    @model_validator(mode="after")
    def _as_many_items_as_told(self) -> Self:
        if self.manifest.item_count != len(self.items):
            raise ValueError(
                f"the manifest tells of {self.manifest.item_count} items, there are {len(self.items)}"
            )
        return self


class Indicator(_Strict):
    """An item of the indicator catalogue."""

    key: Text
    kpi_code: Text
    name_vi: Text
    name_en: Text
    unit_of_measure: Text
    decimals: Count
    direction: Literal["higher", "lower", "range"]
    quantified: StrictBool


class Formula(_Strict):
    """An item of the KPI set."""

    key: Text
    kpi_code: Text
    formula_code: Text
    formula_version: Annotated[StrictInt, Field(ge=1)]
    formula_vi: Text
    valid_from: date
    valid_to: date | None
    legal_basis: str | None
    confirmed: StrictBool


class Figure(_Strict):
    """An item of the KPI data; figures are decimal text, since a JSON number may lose digits on the way."""

    key: Text
    kpi_code: Text
    formula_code: Text
    formula_version: Annotated[StrictInt, Field(ge=1)]
    value: DecimalText
    numerator: DecimalText | None
    denominator: DecimalText | None
    unit_of_measure: Text
    units_counted: Count
    units_owed: Count
    data_state: Literal["complete", "partial"]
    is_stale: StrictBool
    confirmed: StrictBool


class Status(_Strict):
    """An item of the report status: how many filings of a form were owed and came."""

    key: Text
    form_code: Text
    owed: Count
    received: Count
    received_late: Count
    missing: Count


Catalogue = Mapping[str, Indicator]
KpiSet = Mapping[tuple[str, str, int], Formula]


def fault_of_formula(formula: Formula, catalogue: Catalogue) -> str | None:
    """Return what is wrong with a formula of the KPI set, if anything."""
    if formula.kpi_code not in catalogue:
        return f"the catalogue has no indicator {formula.kpi_code}"
    return None


def fault_of_figure(figure: Figure, catalogue: Catalogue, kpi_set: KpiSet) -> str | None:
    """Return what is wrong with a KPI figure, if anything."""
    indicator = catalogue.get(figure.kpi_code)
    if indicator is None:
        return f"the catalogue has no indicator {figure.kpi_code}"
    if (figure.kpi_code, figure.formula_code, figure.formula_version) not in kpi_set:
        return f"the KPI set has no formula {figure.formula_code} version {figure.formula_version}"
    if figure.unit_of_measure != indicator.unit_of_measure:
        return f"the catalogue measures {figure.kpi_code} in {indicator.unit_of_measure}"
    return _fault_of_ratio(figure, indicator.decimals)


def _fault_of_ratio(figure: Figure, decimals: int) -> str | None:
    """A percentage can be computed again from what was sent with it, rounded once and half away from zero."""
    if figure.unit_of_measure != _PERCENT or figure.numerator is None or figure.denominator is None:
        return None
    denominator = Decimal(figure.denominator)
    if denominator == 0:
        return "the denominator is zero, so there is no value"
    exact = Decimal(figure.numerator) / denominator * 100
    expected = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return (
        None
        if Decimal(figure.value) == expected
        else f"the value is {figure.value}, the parts give {expected}"
    )


def fault_of_status(status: Status) -> str | None:
    """Return what is wrong with a line of the report status, if anything."""
    if status.received + status.missing != status.owed:
        return "owed is not received and missing together"
    return "more came late than came" if status.received_late > status.received else None
