"""The cells in which a form says its period, where its version says that it does: a title, a label, a named cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kpi_reporting.catalogue import built_in
from kpi_reporting.errors import PeriodError
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.periods import kind_of, parse_period
from kpi_reporting.readers.content import Content
from kpi_reporting.readers.form_places import Spot, is_name, sheets_of, spots_of, top_texts
from kpi_reporting.readers.identity import Identity, fields_of
from kpi_reporting.readers.period_texts import periods_in
from kpi_reporting.readers.refusal import Refusal
from kpi_reporting.readers.sheet import Sheet, cell_text, is_blank
from kpi_reporting.readers.sheet_choice import table_of
from kpi_reporting.readers.stamp import Claim
from kpi_reporting.readers.title_findings import titles_above
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import TITLE, Form, FormField
from kpi_reporting.text import match_key


@dataclass(frozen=True)
class PeriodCell:
    """A cell, the period it names and the text that names it."""

    period_code: str
    sheet_name: str
    cell: str
    text: str


def with_said_period(registry: Registry, content: Content, claim: Claim) -> Claim:
    """Return a claim without a period with the one that the form's own cells name, of the version that holds then.

    A form of which a version says where its period stands may have it in words in its stamp, too.

    Raises:
        Refusal: they name several periods, or the form does not stand where its version says.
    """
    versions = [form for form in registry.forms if form.period_anchor and is_claimed(form, claim)]
    if not versions:
        return claim
    if claim.period is not None:
        named = periods_in(claim.period)
        return replace(claim, period=named[0]) if len(named) == 1 else claim
    said = [
        (form, one) for form in versions for one in period_cells(form, content, fields_of(registry, form))
    ]
    in_force = [one for form, one in said if is_in_force(registry, form, one.period_code)]
    told = {one.period_code: one for one in in_force or [one for _, one in said]}
    if len(told) > 1:
        raise Refusal(_several(list(told.values())))
    return replace(claim, period=next(iter(told), None))


def is_claimed(form: Form, claim: Claim) -> bool:
    """Tell whether a claim may mean this version of this form."""
    is_form = claim.form is not None and match_key(form.form_code) == match_key(claim.form)
    return is_form and claim.version in (None, str(form.form_version))


def is_in_force(registry: Registry, form: Form, period_code: str) -> bool:
    """Tell whether a code means a period of the form's calendar in which this version holds."""
    calendars = {one.regime_code: one.calendar_code for one in registry.regimes}
    try:
        period = parse_period(registry, calendars[form.regime_code], period_code)
    except PeriodError:
        return False
    return form.holds_on(period.last_day)


def contradicted_period(identity: Identity, content: Content) -> Iterator[Finding]:
    """Return the error of a form whose own cells name other periods than what it is filed for.

    Where the form does not stand where it should, that is told instead, by whoever looks for its table.
    """
    try:
        said = period_cells(identity.form, content, identity.fields)
    except Refusal:
        return
    if said and all(one.period_code != identity.period.code for one in said):
        yield _contradiction(said[0], identity.period.code)


def period_cells(form: Form, content: Content, fields: Sequence[FormField]) -> list[PeriodCell]:
    """Return the cells that name a period where the form version says it stands, of the form's kind if there are any.

    Raises:
        Refusal: the form does not stand where its version says, or on more than one sheet.
    """
    if form.period_anchor is None or content.reader == "json":
        return []
    named = [
        PeriodCell(code, sheet_name, cell, text)
        for sheet_name, cell, text in _texts(form, form.period_anchor, content, fields)
        for code in periods_in(text)
    ]
    return [one for one in named if kind_of(one.period_code) == form.period_kind] or named


def _texts(
    form: Form, anchor: str, content: Content, fields: Sequence[FormField]
) -> Iterator[tuple[str, str, str]]:
    if anchor == TITLE:
        best = table_of(content, form, fields)
        for cell, text in titles_above(*best) if best else ():
            yield best[0].name if best else "", cell, text
        return
    sheets = sheets_of(form, content, content.sheets(form, fields))
    spots = spots_of(anchor, content, sheets) if is_name(anchor) else _labelled(anchor, sheets)
    for spot in spots:
        sheet = sheets[spot.place]
        column, text = _said_at(sheet, spot)
        yield sheet.name, cell_address(spot.row_number, column), text


def _labelled(anchor: str, sheets: Mapping[int, Sheet]) -> Iterator[Spot]:
    """Yield the cells that are the anchor or begin with it: "Kỳ báo cáo: Tháng 7/2025"."""
    wanted = match_key(anchor)
    for spot, text in top_texts(sheets):
        key = match_key(text)
        if key.startswith(wanted) and not key[len(wanted) :][:1].isalnum():
            yield spot


def _said_at(sheet: Sheet, spot: Spot) -> tuple[int, str]:
    """What a cell says, or the next one right of it that says something when it names no period itself."""
    row = sheet.rows[spot.row_number - 1] if spot.row_number <= len(sheet.rows) else []
    filled = [
        (column, cell) for column, cell in enumerate(row, 1) if column >= spot.column and not is_blank(cell)
    ]
    told = [(column, " ".join(cell_text(cell).split())) for column, cell in filled[:2]]
    return next((one for one in told if periods_in(one[1])), (spot.column, ""))


def _several(told: Sequence[PeriodCell]) -> Finding:
    listed = ", ".join(f"“{one.text}” ({one.cell} trang “{one.sheet_name}”)" for one in told)
    return built_in("period_cells_differ").finding(
        message_vi=f"Các ô ghi kỳ của biểu nêu các kỳ khác nhau: {listed}.",
        message_en=f"The cells in which the form says its period name {', '.join(one.period_code for one in told)}.",
        sheet_name=told[1].sheet_name,
        cell=told[1].cell,
        found=told[1].text,
    )


def _contradiction(said: PeriodCell, period_code: str) -> Finding:
    return built_in("period_contradicted").finding(
        message_vi=f"Ô ghi kỳ của biểu là “{said.text}” ({said.period_code}), nhưng báo cáo được gửi cho kỳ "
        f"{period_code}.",
        message_en=f"The form's own cell says {said.text!r} ({said.period_code}); it is filed for {period_code}.",
        sheet_name=said.sheet_name,
        cell=said.cell,
        subject=said.period_code,
        found=said.text,
    )
