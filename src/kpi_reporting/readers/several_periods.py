"""A table that says the period of each row, in a file that says none: each period is a filing of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding
from kpi_reporting.periods import Period
from kpi_reporting.readers.content import Content
from kpi_reporting.readers.field_findings import field_findings
from kpi_reporting.readers.identity import fields_of
from kpi_reporting.readers.period_cells import is_claimed, is_in_force
from kpi_reporting.readers.refusal import Refusal, too_large
from kpi_reporting.readers.row_periods import PeriodOfRow, periods_of_rows, unknown_period
from kpi_reporting.readers.sheet import Sheet
from kpi_reporting.readers.sheet_choice import table_of
from kpi_reporting.readers.stamp import Claim
from kpi_reporting.readers.structure import Table
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import FieldRole, Form, FormField

_MOST_ROWS = 50


class SeveralPeriods(Exception):
    """A file whose rows are of several periods, which cannot be read as one filing."""

    def __init__(self, reader: str, claim: Claim, period_codes: Sequence[str]) -> None:
        self.reader, self.claim, self.period_codes = reader, claim, period_codes
        super().__init__(f"rows of {', '.join(period_codes)}")


@dataclass(frozen=True)
class _Rows:
    """What the rows of a file say of their periods, read as a version of the form."""

    form: Form
    fields: Sequence[FormField]
    sheet: Sheet
    table: Table

    @cached_property
    def rows(self) -> list[PeriodOfRow]:
        return list(periods_of_rows(self.form.period_kind, self.fields, self.sheet, self.table))

    @property
    def period_codes(self) -> list[str]:
        told = (row.named[0] for row in self.rows if row.has_figures and len(row.named) == 1)
        return list(dict.fromkeys(told))


def with_period_of_rows(registry: Registry, content: Content, claim: Claim, most: int) -> Claim:
    """Return a claim without a period with the one that all rows with figures name.

    Raises:
        SeveralPeriods: the rows name more than one.
        Refusal: they name more than ``most``; or several, and a row with figures names none, or was cut.
    """
    if claim.period is not None or claim.is_nil:
        return claim
    told = _told(registry, content, claim)
    codes = told.period_codes if told else []
    if told is None or len(codes) < 2:
        return replace(claim, period=next(iter(codes), None))
    if len(codes) > most:
        raise too_large(f"{len(codes)} kỳ, nhiều nhất {most}")
    if findings := list(_in_the_way(told)):
        raise Refusal(*findings)
    raise SeveralPeriods(content.reader, claim, codes)


def _in_the_way(told: _Rows) -> Iterator[Finding]:
    """Rows that are of no period, and rows that were cut or split: no part of such a file can be trusted."""
    unknown = (row for row in told.rows if row.has_figures and len(row.named) != 1)
    yield from (unknown_period(told.sheet, row) for row in islice(unknown, _MOST_ROWS))
    of_rows = field_findings(told.fields, told.sheet, told.table)
    yield from (finding for finding in of_rows if finding.severity == "error")


def _told(registry: Registry, content: Content, claim: Claim) -> _Rows | None:
    """The newest version that is in force for a period the rows name when read as that version, else the newest."""
    versions = list(_versions(registry, content, claim))
    in_force = [
        one
        for one in versions
        if any(is_in_force(registry, one.form, period_code) for period_code in one.period_codes)
    ]
    return max(in_force or versions, key=lambda one: one.form.form_version, default=None)


def _versions(registry: Registry, content: Content, claim: Claim) -> Iterator[_Rows]:
    for form in registry.forms:
        fields = fields_of(registry, form)
        if is_claimed(form, claim) and any(field.role is FieldRole.PERIOD for field in fields):
            best = table_of(content, form, fields)
            if best:
                yield _Rows(form, fields, *best)


def only_of_period(period: Period, fields: Sequence[FormField], sheet: Sheet, table: Table) -> Sheet:
    """Return the sheet without the rows of other periods; rows keep their numbers, and what names none stays.

    Raises:
        Refusal: the version of the form that holds in this period has no column of periods.
    """
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
