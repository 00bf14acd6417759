"""Calendars: periods, due rules, days off."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from kpi_reporting.registry.models.rows import Day, Sourced

PeriodKindName = Literal["month", "quarter", "half", "nine_month", "year"]


class Calendar(Sourced):
    """A reporting calendar: where its year starts."""

    file = "calendars"
    key = ("calendar_code",)
    calendar_code: str = Field(description="Code of the calendar.")
    name_vi: str = Field(description="Vietnamese name.")
    name_en: str = Field(description="English name.")
    year_start_month: int = Field(ge=1, le=12, description="Month in which the reporting year starts.")
    year_start_day: int = Field(ge=1, le=28, description="Day on which each reporting month starts.")
    year_start_offset: int = Field(ge=-1, le=0, description="-1 when year N starts in civil year N-1.")


class DueRule(StrEnum):
    """How a due day follows from a period."""

    FIXED_DAY = "fixed_day"  # day of the last month of the period
    WORKING_DAYS_AFTER = "working_days_after"  # working days after the last day


class DueShift(StrEnum):
    """Where a due day goes that is a day off."""

    NONE = "none"
    NEXT_WORKING_DAY = "next_working_day"
    PREVIOUS_WORKING_DAY = "previous_working_day"


class PeriodKind(Sourced):
    """A kind of period of a calendar and when it is due at the national level."""

    file = "period_kinds"
    key = ("calendar_code", "kind")
    references = {"calendar_code": ("calendars", "calendar_code")}
    calendar_code: str = Field(description="Calendar the kind belongs to.")
    kind: PeriodKindName = Field(description="Kind of period.")
    months: int = Field(ge=1, le=12, description="Length in reporting months.")
    count: int = Field(ge=1, le=12, description="Number of such periods in a year.")
    due_rule: DueRule | None = Field(None, description="Rule of the national due day; empty means unknown.")
    due_value: int | None = Field(
        None, ge=0, description="Day of month or number of working days of the rule."
    )


class Holiday(Sourced):
    """A day off, or a weekend day worked instead."""

    file = "holidays"
    key = ("day",)
    day: Day = Field(description="The day.")
    kind: Literal["holiday", "working_weekend"] = Field(
        description="Day off, or a weekend day worked instead."
    )
    name_vi: str = Field(description="Vietnamese name of the occasion.")
