"""A table that says the period of each row or column, in a file that says none: each period is a filing of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Protocol

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding
from kpi_reporting.periods import Period
from kpi_reporting.readers.content import Content
from kpi_reporting.readers.field_findings import field_findings
from kpi_reporting.readers.identity import fields_of
from kpi_reporting.readers.period_cells import is_claimed, is_in_force
from kpi_reporting.readers.period_columns import (
    by_period,
    columns_without_year,
    has_figures,
    periods_above,
)
from kpi_reporting.readers.refusal import Refusal, too_large
from kpi_reporting.readers.row_periods import PeriodOfRow, periods_of_rows, unknown_period
from kpi_reporting.readers.several_filings import SeveralFilings
from kpi_reporting.readers.sheet import Sheet
from kpi_reporting.readers.sheet_choice import Found, table_of
from kpi_reporting.readers.stamp import Claim
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import FieldRole, Form, FormField

_MOST_ROWS = 50


class _Told(Protocol):
    """What a file says of its periods, read as a version of the form."""

    @property
    def form(self) -> Form: ...
    @property
    def period_codes(self) -> Sequence[str]: ...
    def in_the_way(self) -> Iterator[Finding]: ...


@dataclass(frozen=True)
class _Rows:
    """What the rows of a table say."""

    form: Form
    fields: Sequence[FormField]
    sheet: Sheet
    table: Table

    @cached_property
    def rows(self) -> list[PeriodOfRow]:
        return list(periods_of_rows(self.form.period_kind, self.fields, self.sheet, self.table))

    @property
    def period_codes(self) -> Sequence[str]:
        told = (row.named[0] for row in self.rows if row.has_figures and len(row.named) == 1)
        return list(dict.fromkeys(told))

    def in_the_way(self) -> Iterator[Finding]:
        """Rows that are of no period, and rows that were cut or split: no part of such a file can be trusted."""
        unknown = (row for row in self.rows if row.has_figures and len(row.named) != 1)
        yield from (unknown_period(self.sheet, row) for row in islice(unknown, _MOST_ROWS))
        yield from _cut(self.fields, self.sheet, self.table)


@dataclass(frozen=True)
class _Columns:
    """What the header of a table says that has a column for each period."""

    form: Form
    fields: Sequence[FormField]
    content: Content

    @cached_property
    def tables(self) -> Mapping[str, Found]:
        """The table of each period that has figures, by its code."""
        sheets = self.content.sheets(self.form, self.fields)
        codes = periods_above(sheets, self.fields, self.form.period_kind)
        found = {code: table_of(self.content, self.form, self.fields, code) for code in codes}
        return {code: best for code, best in found.items() if best and has_figures(self.fields, *best)}

    @property
    def period_codes(self) -> Sequence[str]:
        return list(self.tables)

    def in_the_way(self) -> Iterator[Finding]:
        """Columns with figures of which nobody knows the year, and rows that were cut or split."""
        for sheet, table in list(self.tables.values())[:1]:
            wanted = self.content.columns(self.form, self.fields)
            yield from columns_without_year(sheet, table, wanted, self.form.period_kind)
            yield from _cut(self.fields, sheet, table)


def _cut(fields: Sequence[FormField], sheet: Sheet, table: Table) -> Iterator[Finding]:
    yield from (one for one in field_findings(fields, sheet, table) if one.severity == "error")


def with_period_of_table(registry: Registry, content: Content, claim: Claim, most: int) -> Claim:
    """Return a claim without a period with the one that all rows or columns with figures are of.

    Raises:
        SeveralFilings: they are of more than one.
        Refusal: they are of more than ``most``; or of several, and one with figures names none, or was cut.
    """
    if claim.period is not None or claim.is_nil:
        return claim
    told = _told(registry, content, claim)
    codes = told.period_codes if told else []
    if told is None or len(codes) < 2:
        return replace(claim, period=next(iter(codes), None))
    if len(codes) > most:
        raise too_large(f"{len(codes)} kỳ, nhiều nhất {most}")
    if findings := list(told.in_the_way()):
        raise Refusal(*findings)
    raise SeveralFilings(content.reader, claim, period_codes=codes)


def _told(registry: Registry, content: Content, claim: Claim) -> _Told | None:
    """The newest version that is in force for a period the file names when read as that version, else the newest."""
    versions = list(_versions(registry, content, claim))
    in_force = [
        one
        for one in versions
        if any(is_in_force(registry, one.form, period_code) for period_code in one.period_codes)
    ]
    return max(in_force or versions, key=lambda one: one.form.form_version, default=None)


def _versions(registry: Registry, content: Content, claim: Claim) -> Iterator[_Told]:
    for form in registry.forms:
        fields = fields_of(registry, form)
        if not is_claimed(form, claim):
            continue
        if by_period(fields):
            yield _Columns(form, fields, content)
        elif any(field.role is FieldRole.PERIOD for field in fields):
            best = table_of(content, form, fields)
            if best:
                yield _Rows(form, fields, *best)


def only_of_period(period: Period, fields: Sequence[FormField], sheet: Sheet, table: Table) -> Found:
    """Return what a part of a file is about: without rows of other periods, or without a word of their columns.

    Raises:
        Refusal: the version of the form that holds in this period has no column of periods, and none for each.
    """
    if by_period(fields):
        return sheet, replace(table, of_other_periods={})
    return _only_rows(period, fields, sheet, table), table


def _only_rows(period: Period, fields: Sequence[FormField], sheet: Sheet, table: Table) -> Sheet:
    """Rows keep their numbers, and what names no period stays."""
    rows = list(periods_of_rows(period.kind, fields, sheet, table))
    if not rows:
        raise Refusal(_no_column(period))
    others = {row.row_number for row in rows if row.named and list(row.named) != [period.code]}
    return replace(
        sheet,
        rows=[[] if number in others else row for number, row in enumerate(sheet.rows, 1)],
        merged=[area for area in sheet.merged if area.first_row not in others],
        hidden_rows=sheet.hidden_rows - others,
        formulas={place: one for place, one in sheet.formulas.items() if place[0] not in others},
        formulas_without_value=[place for place in sheet.formulas_without_value if place[0] not in others],
    )


def _no_column(period: Period) -> Finding:
    return built_in("row_period_unknown").finding(
        message_vi=f"Phiên bản biểu áp dụng cho kỳ {period.code} không có cột kỳ nên không biết dòng nào thuộc kỳ này.",
        message_en=f"The form's version of {period.code} has no column of periods, so nobody knows its rows.",
        action_vi="Gửi kỳ này bằng một tệp riêng, theo đúng phiên bản biểu của kỳ.",
        found=period.code,
    )
