"""Units through time, and settings of the whole registry."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field

from kpi_reporting.registry.models.rows import Dated, Day, Sourced


class Setting(Sourced):
    """A setting of the whole registry."""

    file = "settings"
    key = ("setting",)
    setting: str = Field(description="Name of the setting.")
    value: str | None = Field(None, description="Value of the setting, as text.")


class UnitKind(StrEnum):
    """Level of a unit."""

    PROVINCE = "province"
    DEPARTMENT = "department"
    DISTRICT = "district"
    COMMUNE = "commune"
    CENTRAL_AGENCY = "central_agency"
    GROUP = "group"


class Unit(Dated, Sourced):
    """A unit as it was between two days: a code means a territory only with a date."""

    file = "units"
    key = ("unit_id",)
    references = {"parent_id": ("units", "unit_id")}
    unit_id: str = Field(description="Identifier of the dated unit: its code, '@', its first day.")
    code: str = Field(description="Code of the unit; codes are used again for other territories.")
    kind: UnitKind = Field(description="Level of the unit.")
    unit_type: str | None = Field(None, description="Type of the unit as written in its name.")
    name_vi: str = Field(description="Full Vietnamese name.")
    name_en: str | None = Field(None, description="English name.")
    parent_id: str | None = Field(None, description="Unit it belongs to during these days.")


class UnitEvent(Sourced):
    """One pair of units connected by a boundary or name event."""

    file = "unit_events"
    key = ("event_id", "from_unit_id", "to_unit_id")
    references = {"from_unit_id": ("units", "unit_id"), "to_unit_id": ("units", "unit_id")}
    event_id: str = Field(description="Identifier of the event.")
    effective_day: Day = Field(description="First day of the state after the event.")
    kind: Literal["create", "close", "rename", "recode", "move", "merge", "split", "redraw"] = Field(
        description="What happened to the unit on the left; redraw: several units became several others."
    )
    from_unit_id: str | None = Field(None, description="Unit before the event.")
    to_unit_id: str | None = Field(None, description="Unit after the event.")
    share: Decimal | None = Field(
        None, gt=0, le=1, description="Part of the old unit that went to the new one; empty means unknown."
    )


class UnitShare(Sourced):
    """The part of a divided unit that went to one of its successors, by one measure."""

    file = "unit_shares"
    key = ("from_unit_id", "to_unit_id", "share_kind")
    references = {"from_unit_id": ("units", "unit_id"), "to_unit_id": ("units", "unit_id")}
    from_unit_id: str = Field(description="Unit before the event.")
    to_unit_id: str = Field(description="Unit after the event.")
    share_kind: str = Field(
        pattern=r"^[a-z][a-z_]*$", description="Measure of the share: population, area, budget."
    )
    share: Decimal = Field(ge=0, le=1, description="Part of the old unit that went to the new one.")


class LateFiler(Sourced):
    """The unit that files late corrections for a closed unit."""

    file = "late_filers"
    key = ("unit_id",)
    references = {"unit_id": ("units", "unit_id"), "filer_unit_id": ("units", "unit_id")}
    unit_id: str = Field(description="Closed unit.")
    filer_unit_id: str = Field(description="Unit that files for it after its last day.")


class UnitAlias(Sourced):
    """Another name or code under which a unit appears in received files."""

    file = "unit_aliases"
    key = ("alias", "unit_id")
    references = {"unit_id": ("units", "unit_id")}
    alias: str = Field(description="Name or code as it appears in files.")
    unit_id: str = Field(description="Unit meant by the alias.")
