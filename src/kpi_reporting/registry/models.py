"""The columns of every registry file, declared once.

One class per CSV file. The validator reads the files with these classes, the
dbt seed properties are generated from them, and code works with their objects.
Dates are inclusive on both ends: ``valid_to`` is the last day a row holds, and
an empty ``valid_to`` means "until further notice".
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

LayoutName = Literal["list", "table"]
PeriodKindName = Literal["month", "quarter", "half", "nine_month", "year"]


def _written_as_day(text: object) -> object:
    if isinstance(text, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("write a day as YYYY-MM-DD")
    return text


def _written_as_flag(text: object) -> object:
    if isinstance(text, str) and text not in {"true", "false"}:
        raise ValueError("write true or false")
    return text


Day = Annotated[date, BeforeValidator(_written_as_day)]
Flag = Annotated[bool, BeforeValidator(_written_as_flag)]


class Row(BaseModel):
    """A registry row; ``key`` names the columns that identify it."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
    file: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    references: ClassVar[dict[str, tuple[str, str]]] = {}


class Dated(Row):
    """A row that holds between two days."""

    valid_from: Day = Field(description="First day on which the row holds.")
    valid_to: Day | None = Field(None, description="Last day on which the row holds; empty means open.")

    def holds_on(self, day: date) -> bool:
        """Tell whether the row holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Sourced(Row):
    """A row that says where its fact comes from."""

    legal_basis: str | None = Field(None, description="Legal act or source of the fact.")
    confirmed: Flag = Field(description="False while the fact awaits confirmation by its owner.")


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
    kind: Literal["create", "close", "rename", "recode", "move", "merge", "split"] = Field(
        description="What happened to the unit on the left."
    )
    from_unit_id: str | None = Field(None, description="Unit before the event.")
    to_unit_id: str | None = Field(None, description="Unit after the event.")
    share: Decimal | None = Field(
        None, gt=0, le=1, description="Part of the old unit that went to the new one; empty means unknown."
    )


class UnitAlias(Sourced):
    """Another name or code under which a unit appears in received files."""

    file = "unit_aliases"
    key = ("alias", "unit_id")
    references = {"unit_id": ("units", "unit_id")}
    alias: str = Field(description="Name or code as it appears in files.")
    unit_id: str = Field(description="Unit meant by the alias.")


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


class Regime(Dated, Sourced):
    """A reporting regime: which law and calendar its forms follow."""

    file = "regimes"
    key = ("regime_code",)
    references = {"calendar_code": ("calendars", "calendar_code")}
    regime_code: str = Field(description="Code of the regime.")
    name_vi: str = Field(description="Vietnamese name.")
    name_en: str = Field(description="English name.")
    calendar_code: str = Field(description="Calendar its periods follow.")
    law: Literal["decree_09_2019", "statistics_law", "other"] = Field(description="Law the regime stands on.")
    in_catalogue: Flag = Field(description="True when the regime counts in the province's catalogue (DT05).")


class Form(Dated, Sourced):
    """A version of a form: its layout and when it must be filed."""

    file = "forms"
    key = ("form_code", "form_version")
    references = {"regime_code": ("regimes", "regime_code")}
    form_code: str = Field(description="Code of the form.")
    form_version: int = Field(ge=1, description="Version of the form.")
    regime_code: str = Field(description="Regime that demands the form.")
    name_vi: str = Field(description="Vietnamese name.")
    name_en: str = Field(description="English name.")
    period_kind: PeriodKindName = Field(description="Kind of period the form reports on.")
    layout: LayoutName = Field(
        description="list: one indicator per row; table: one unit or breakdown per row."
    )
    number_locale: Literal["vi", "en", "plain"] = Field(
        description="How numbers typed as text are read: vi 1.234,5; en 1,234.5; plain 1234.5."
    )
    text_encoding: Literal["unicode", "tcvn3"] = Field(
        "unicode", description="Encoding of text in workbooks."
    )
    due_rule: DueRule = Field(description="Rule of the day by which senders file.")
    due_value: int = Field(ge=0, description="Day of month or number of working days of the rule.")
    lock_after_days: int = Field(ge=0, description="Days after the due day from which filings are held.")


class FieldRole(StrEnum):
    """What a column of a form, or a row of a list, holds."""

    ITEM_CODE = "item_code"  # list: column that holds the row's code
    ITEM_LABEL = "item_label"  # list: column that holds the row's label
    VALUE = "value"  # list: column that holds the figure
    UNIT_CODE = "unit_code"  # table: column that names the unit by code
    UNIT_NAME = "unit_name"  # table: column that names the unit by name
    BREAKDOWN = "breakdown"  # table: column that holds a breakdown code
    ORDINAL = "ordinal"  # table: row number column, no meaning but markers
    INDICATOR = "indicator"  # a figure: column of a table, row of a list
    NOTE = "note"  # read and kept, never computed with


class FormField(Row):
    """A column (or list row) of a form and what it means."""

    file = "form_fields"
    key = ("form_code", "form_version", "field_code")
    references = {
        "indicator_code": ("indicators", "indicator_code"),
        "breakdown_code": ("breakdowns", "breakdown_code"),
    }
    form_code: str = Field(description="Form the field belongs to.")
    form_version: int = Field(ge=1, description="Version of the form.")
    field_code: str = Field(
        pattern=r"^[a-z][a-z0-9_]*$", description="Code of the field, unique in the form."
    )
    role: FieldRole = Field(description="What the field holds.")
    label: str = Field(description="Header text; rows of a merged header are joined by one blank.")
    item_code: str | None = Field(None, description="list layout: code in the item_code column.")
    indicator_code: str | None = Field(None, description="Indicator the figure belongs to.")
    breakdown_code: str = Field("total", description="Breakdown the figure belongs to.")
    observation_kind: Literal["actual", "plan", "estimate"] = Field("actual", description="Kind of figure.")
    multiplier: Decimal = Field(
        Decimal(1), gt=0, description="Factor from the form's unit of measure to the indicator's."
    )
    required: Flag = Field(description="True when a filing without the figure has a finding.")


class FormRow(Row):
    """A row of a table that is not plain data: section, total, rate, end of the table."""

    file = "form_rows"
    key = ("form_code", "form_version", "field_code", "match_text", "section_code")
    form_code: str = Field(description="Form the row belongs to.")
    form_version: int = Field(ge=1, description="Version of the form.")
    field_code: str = Field(description="Field whose text is compared.")
    match_text: str | None = Field(None, description="Text that marks the row; empty means an unnamed row.")
    row_kind: Literal["section", "unit", "total", "grand_total", "rate", "end"] = Field(
        description="What the row is."
    )
    section_code: str | None = Field(
        None, description="section: code it opens; other rows: the section in which the mark holds."
    )
    unit_id: str | None = Field(None, description="unit: the unit an unnamed row belongs to.")


class FormNote(Row):
    """A note senders write after the unit's name, and what it means."""

    file = "form_notes"
    key = ("form_code", "note_text")
    form_code: str = Field(description="Form in which the note occurs.")
    note_text: str = Field(description="Text of the note, without brackets.")
    meaning: Literal["no_data", "other_period"] = Field(description="What the note says about the row.")
    period_code: str | None = Field(None, description="other_period: the period the row really reports.")


class Breakdown(Row):
    """A code of a disaggregation."""

    file = "breakdowns"
    key = ("breakdown_code",)
    breakdown_code: str = Field(description="Code of the breakdown; 'total' means not broken down.")
    breakdown_group: str = Field(description="Disaggregation the code belongs to.")
    name_vi: str = Field(description="Vietnamese name.")
    name_en: str = Field(description="English name.")


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
    references = {"kpi_code": ("kpis", "kpi_code")}
    formula_code: str = Field(description="Code of the formula.")
    formula_version: int = Field(ge=1, description="Version of the formula.")
    kpi_code: str = Field(description="KPI it computes.")
    name_vi: str = Field(description="Vietnamese description of the formula.")
    name_en: str = Field(description="English description of the formula.")
    factor: Decimal = Field(gt=0, description="Factor after the division, 100 for percentages.")
    over_time: Literal["sum", "last"] = Field(description="How parts of longer periods are combined.")
    over_units: Literal["sum", "province_only"] = Field(description="How units are combined.")
    missing_mode: Literal["non_null", "partial_zero"] = Field(
        "non_null",
        description="non_null: a unit with a missing part is not counted; partial_zero: the part counts as zero.",
    )
    is_primary: Flag = Field(description="True for the formula compared with the targets.")


class KpiTerm(Row):
    """A summand of a formula's numerator or denominator."""

    file = "kpi_terms"
    key = ("formula_code", "formula_version", "side", "indicator_code", "breakdown_code")
    references = {
        "indicator_code": ("indicators", "indicator_code"),
        "breakdown_code": ("breakdowns", "breakdown_code"),
    }
    formula_code: str = Field(description="Formula the term belongs to.")
    formula_version: int = Field(ge=1, description="Version of the formula.")
    side: Literal["numerator", "denominator"] = Field(description="Side of the fraction.")
    indicator_code: str = Field(description="Indicator that is added.")
    breakdown_code: str = Field("total", description="Breakdown of the indicator.")
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


class Obligation(Dated, Sourced):
    """Who owes a form: one unit, or all units of a kind."""

    file = "obligations"
    key = ("form_code", "unit_kind", "unit_code", "valid_from")
    form_code: str = Field(description="Form that is owed.")
    unit_kind: UnitKind = Field(description="Kind of the units that owe it.")
    unit_code: str | None = Field(
        None, description="Code of the one unit that owes it; empty means all of the kind."
    )


class Source(Dated):
    """Where submissions are collected."""

    file = "sources"
    key = ("source_code",)
    source_code: str = Field(pattern=r"^[a-z0-9_.-]+$", description="Code of the source.")
    name_vi: str = Field(description="Vietnamese name, shown as the name of its task.")
    kind: Literal["drop_folder", "http_api"] = Field(description="How it is collected.")
    location: str = Field(description="Folder below the inbox, or path below the connection's address.")
    connection_id: str | None = Field(
        None, description="http_api: Airflow connection with address and token."
    )
    unit_code: str | None = Field(
        None, description="Sender of everything in the source; empty when files name it."
    )
    file_pattern: str = Field("*", description="drop_folder: which files belong to the source.")
    form_code: str | None = Field(None, description="Form of files that carry no stamp.")
    period_code: str | None = Field(None, description="Period of files that carry no stamp.")
    page_size: int = Field(50, ge=1, le=1000, description="http_api: items asked for per page.")
    timeout_seconds: int = Field(
        10, ge=1, le=300, description="http_api: seconds without an answer before giving up."
    )
    retries: int = Field(
        1,
        ge=0,
        le=5,
        description="http_api: further attempts after an error; silence has a task of its own.",
    )


FILES: tuple[type[Row], ...] = (
    Setting, Unit, UnitEvent, UnitAlias, Calendar, PeriodKind, Holiday, Regime, Form, FormField, FormRow,
    FormNote, Breakdown, Indicator, Kpi, KpiOwner, KpiFormula, KpiTerm, Target, Obligation, Source,
)  # fmt: skip
