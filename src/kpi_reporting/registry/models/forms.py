"""Forms: what is filled in, who owes it, where it is collected."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field

from kpi_reporting.registry.models.calendars import DueRule, DueShift, PeriodKindName
from kpi_reporting.registry.models.rows import Dated, Day, Flag, Row, Sourced
from kpi_reporting.registry.models.units import UnitKind

LayoutName = Literal["list", "table", "cells"]
ANY_PERIOD = "{period}"
"""In the label of a figure: the name of whichever period a column is for."""
TITLE = "*"
"""As a period's anchor: what is worded like a title in the rows above the table."""


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
        description="list: one figure per row; table: one unit or breakdown per row; cells: one cell per figure."
    )
    number_locale: Literal["vi", "en", "plain"] = Field(
        description="How numbers typed as text are read: vi 1.234,5; en 1,234.5; plain 1234.5."
    )
    text_encoding: Literal["unicode", "tcvn3"] = Field(
        "unicode", description="Encoding of text in workbooks."
    )
    carries_state_secrets: Flag = Field(
        False, description="True when its reports are state secrets: they are refused unread."
    )
    winning_channel: Literal["file", "api"] | None = Field(
        None, description="Which channel takes force when a sender files by both; empty: what came last."
    )
    filing_policy: Literal["replace", "merge", "delete"] = Field(
        "replace",
        description="What a later filing does to earlier ones: replace all, replace what it names (merge), "
        "or also take back the rows it names without a figure (delete).",
    )
    sheet: str | None = Field(
        None, description="Visible sheet of a workbook on which the form stands; empty: any."
    )
    anchor: str | None = Field(
        None,
        description="Where the form's table begins, header included: the text of a cell at or above its header, or "
        "=Name for a defined name of the workbook; empty: anywhere.",
    )
    end_anchor: str | None = Field(
        None,
        description="Before which row the form's table ends: the text that stands first in that row, or =Name; empty: "
        "with the last row of the sheet.",
    )
    period_anchor: str | None = Field(
        None,
        description="Where the form says its period in words: the text of a cell that says it or stands left of it, "
        "=Name for a named cell, * for the title above the table; empty: its stamp, file name or source says it.",
    )
    due_rule: DueRule = Field(description="Rule of the day by which senders file.")
    due_value: int = Field(ge=0, description="Day of month or number of working days of the rule.")
    due_shift: DueShift = Field(
        DueShift.NONE, description="Where a fixed due day goes that is a day off; empty means nowhere."
    )
    lock_after_days: int = Field(ge=0, description="Days after the due day from which filings are held.")
    correction_lock_after_days: int | None = Field(
        None,
        ge=0,
        description="Days after the due day from which corrections are held; empty: like first filings.",
    )


class FieldRole(StrEnum):
    """What a column of a form, a row of a list or a single cell holds."""

    ITEM_CODE = "item_code"  # list: column that holds the row's code
    ITEM_LABEL = "item_label"  # list: column that holds the row's label
    VALUE = "value"  # list: column that holds the figure
    UNIT_CODE = "unit_code"  # column that names the unit of each row by code
    UNIT_NAME = "unit_name"  # column that names the unit of each row by name
    BREAKDOWN = "breakdown"  # column that holds a breakdown code
    PERIOD = "period"  # column that says the period of each row
    ORDINAL = "ordinal"  # row number column, no meaning but markers
    INDICATOR = "indicator"  # a figure: column of a table, row of a list, single cell
    NOTE = "note"  # read and kept, never computed with


class FormField(Row):
    """A column, list row or cell of a form and what it means."""

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
    label: str = Field(
        description="Header text; rows of a merged header are joined by one blank. {period} stands for the name of "
        "a period, where there is a column for each. cells layout: the text left of the figure, or =Name for a defined "
        "name of the workbook."
    )
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


class Obligation(Dated, Sourced):
    """Who owes a form: one unit, or all units of a kind."""

    file = "obligations"
    key = ("form_code", "unit_kind", "unit_code", "valid_from")
    form_code: str = Field(description="Form that is owed.")
    unit_kind: UnitKind = Field(description="Kind of the units that owe it.")
    unit_code: str | None = Field(
        None, description="Code of the one unit that owes it; empty means all of the kind."
    )


class NotApplicable(Dated):
    """A unit that has nothing a form it would owe asks about."""

    file = "not_applicable"
    key = ("form_code", "unit_code", "valid_from")
    form_code: str = Field(description="Form that does not apply.")
    unit_code: str = Field(description="Code of the unit it does not apply to.")
    reason: str = Field(description="What the unit does not have, in Vietnamese.")
    act: str = Field(description="Act or decision that says so.")
    confirmed: Flag = Field(description="False while the fact awaits confirmation by its owner.")


class LockException(Row):
    """A filing that may still come although its form is locked."""

    file = "lock_exceptions"
    key = ("form_code", "unit_code", "period_code")
    form_code: str = Field(description="Form that may still be filed.")
    unit_code: str = Field(description="Code of the unit that may file it.")
    period_code: str = Field(description="Period it may be filed for.")
    until_day: Day = Field(description="Last day on which a filing is taken.")
    reason: str = Field(description="Why it is taken so late, in Vietnamese.")
    act: str = Field(description="Act or decision that allows it.")
    confirmed: Flag = Field(description="False while the fact awaits confirmation by its owner.")


class RuleOverride(Dated):
    """Another severity of a rule of the door for the filings of one sender."""

    file = "rule_overrides"
    key = ("rule_id", "unit_code", "valid_from")
    rule_id: str = Field(
        pattern=r"^[A-Za-z0-9_-]+\.[a-z0-9_]+$",
        description="Id of the rule, of a form's suite or built in at the door; `kpi-reporting rules` lists them.",
    )
    unit_code: str = Field(description="Code of the unit whose filings are judged so.")
    severity: Literal["error", "warning", "info"] = Field(
        description="How grave a breach is for this sender."
    )
    reason: str = Field(description="Why it is judged otherwise, in Vietnamese.")
    act: str = Field(description="Act or decision that says so.")
    confirmed: Flag = Field(description="False while the fact awaits confirmation by its owner.")


class Source(Dated):
    """Where submissions are collected."""

    file = "sources"
    key = ("source_code",)
    source_code: str = Field(pattern=r"^[a-z0-9_.-]+$", description="Code of the source.")
    name_vi: str = Field(description="Vietnamese name, shown as the name of its task.")
    kind: Literal["drop_folder", "http_api", "sftp"] = Field(description="How it is collected.")
    location: str = Field(description="Folder below the inbox, or path below the connection's address.")
    connection_id: str | None = Field(
        None, description="http_api, sftp: Airflow connection with address and credentials."
    )
    unit_code: str | None = Field(
        None, description="Sender of everything in the source; empty when files name it."
    )
    file_pattern: str = Field("*", description="drop_folder, sftp: which files belong to the source.")
    form_code: str | None = Field(None, description="Form of files that carry no stamp.")
    period_code: str | None = Field(None, description="Period of files that carry no stamp.")
    paging: Literal["pages", "cursor"] = Field(
        "pages",
        description="http_api: pages: everything is listed each night; cursor: what changed since is told.",
    )
    page_size: int = Field(50, ge=1, le=1000, description="http_api: items asked for per page.")
    timeout_seconds: int = Field(
        10, ge=1, le=300, description="http_api, sftp: seconds without an answer before giving up."
    )
    retries: int = Field(
        1,
        ge=0,
        le=5,
        description="http_api, sftp: further attempts after an error; silence has a task of its own.",
    )
    calls_per_second: Decimal | None = Field(
        None, gt=0, description="http_api, sftp: most calls per second; empty: as fast as it answers."
    )
    parallel_calls: int | None = Field(
        None, ge=1, description="http_api, sftp: sources of its connection asked at a time; empty: no limit."
    )
    night_bytes: int | None = Field(
        None,
        ge=1,
        description="http_api, sftp: bytes of a night after which the rest waits; empty: no limit.",
    )
