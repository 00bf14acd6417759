"""What a template says, before it is a workbook: columns, rows written in, and what open cells may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kpi_reporting.periods import Period, parse_period
from kpi_reporting.readers.form_places import is_name
from kpi_reporting.readers.identity import fields_of
from kpi_reporting.readers.measures import measure_of
from kpi_reporting.readers.stamp import STAMP_LABELS
from kpi_reporting.readers.structure import header_fields
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import FieldRole, Form, FormField, Unit
from kpi_reporting.registry.owing import units_owing
from kpi_reporting.registry.resolve import resolved_form_periods
from kpi_reporting.templates.notes import notes_of
from kpi_reporting.text import match_key

_MOST_OPEN_ROWS = 200
_UNIT_OF_MEASURE = match_key("Đơn vị tính")


@dataclass(frozen=True)
class ChoiceList:
    """Two columns of the sheet of lists.

    ``offered`` maps a cell of the stamp (its label) or a field (its code) to the column, 0 or 1, it is chosen from.
    """

    headings: tuple[str, str]
    entries: tuple[tuple[str, str], ...]
    offered: Mapping[str, int]


@dataclass(frozen=True)
class SingleCell:
    """A figure or note that stands alone: what is written left and right of its cell."""

    field: FormField
    label: str
    measure: str | None


@dataclass(frozen=True)
class Template:
    """A form version to be filled in, by ``unit`` or by whoever owes it.

    ``rows`` hold what is written in by field code; all other cells of columns that are not for the eye are open. A form
    of single cells has ``cells`` instead.
    """

    form: Form
    unit: Unit | None
    columns: tuple[FormField, ...]
    rows: tuple[Mapping[str, str], ...]
    lists: tuple[ChoiceList, ...]
    notes: tuple[str, ...]
    cells: tuple[SingleCell, ...] = ()

    @property
    def height(self) -> int:
        """Number of rows below the header."""
        return len(self.rows) + len(self.cells)

    @property
    def version_name(self) -> str:
        """Form and version, as file names have them."""
        return f"{self.form.form_code}_v{self.form.form_version}"

    @property
    def name(self) -> str:
        """Form, version and unit, as file names have them."""
        return f"{self.version_name}_{self.unit.code}" if self.unit else self.version_name


def templates_of(registry: Registry, form: Form, day: date) -> Iterator[Template]:
    """Yield the template of a form for anybody, then one for each unit that owes it on the day."""
    if form.text_encoding == "tcvn3":
        return
    periods = _periods(registry, form)
    owing = units_owing(registry, form.form_code, day)
    for unit in (None, *owing):
        yield _template(registry, form, unit, _Occasion(day, periods, owing))


@dataclass(frozen=True)
class _Occasion:
    day: date
    periods: Sequence[Period]
    owing: Sequence[Unit]


def _periods(registry: Registry, form: Form) -> list[Period]:
    version = (form.form_code, form.form_version)
    dated = (one for one in resolved_form_periods(registry) if (one.form_code, one.form_version) == version)
    return [parse_period(registry, one.calendar_code, one.period_code) for one in dated]


def _template(registry: Registry, form: Form, unit: Unit | None, at: _Occasion) -> Template:
    fields = fields_of(registry, form)
    columns = tuple(header_fields(fields, form.layout))
    rows: list[Mapping[str, str]] = []
    named = None
    if form.layout == "list":
        rows = _items(registry, fields)
    elif form.layout == "table":
        rows, named = _rows_of_table(registry, columns, unit, at.day)
    lists = [_period_list(at.periods, columns), None if unit else _unit_list(at.owing), named]
    cells = tuple(_cells(registry, fields)) if form.layout == "cells" else ()
    return Template(
        form, unit, columns, tuple(rows), tuple(one for one in lists if one), notes_of(form, unit), cells
    )


def _cells(registry: Registry, fields: Sequence[FormField]) -> Iterator[SingleCell]:
    """A figure that is known by its name alone is shown by that of its indicator."""
    measures = {row.indicator_code: row.unit_of_measure for row in registry.indicators}
    names = {row.indicator_code: row.name_vi for row in registry.indicators}
    for field in fields:
        label = field.label.removeprefix("=")
        shown = names.get(field.indicator_code or "", label) if is_name(field.label) else label
        yield SingleCell(field, shown, measure_of(field, measures).name or None)


def _items(registry: Registry, fields: Sequence[FormField]) -> list[Mapping[str, str]]:
    """The rows of a list: code, label and, where the form asks in it, the unit of measure of each figure."""
    measures = {row.indicator_code: row.unit_of_measure for row in registry.indicators}
    by_role = {field.role: field.field_code for field in fields if field.role is not FieldRole.NOTE}
    measure = next((one.field_code for one in fields if match_key(one.label) == _UNIT_OF_MEASURE), None)
    return [
        _without_blanks(
            {
                by_role.get(FieldRole.ITEM_CODE): item.item_code,
                by_role.get(FieldRole.ITEM_LABEL): item.label,
                measure: measures.get(str(item.indicator_code)) if item.multiplier == 1 else None,
            }
        )
        for item in fields
        if item.role is FieldRole.INDICATOR
    ]


def _without_blanks(cells: Mapping[str | None, str | None]) -> dict[str, str]:
    return {code: text for code, text in cells.items() if code and text}


def _rows_of_table(
    registry: Registry, columns: Sequence[FormField], unit: Unit | None, day: date
) -> tuple[list[Mapping[str, str]], ChoiceList | None]:
    """Rows written in where the registry knows them, else open ones that choose from a list.

    It knows them for a unit with units below it, and for breakdowns when there is one group of them.
    """
    codes = {one.role: one.field_code for one in columns}
    totals = _totals(registry, columns)
    if breakdown := codes.get(FieldRole.BREAKDOWN):
        known = [row for row in registry.breakdowns if row.breakdown_code != "total"]
        if len({row.breakdown_group for row in known}) == 1:
            return [*({breakdown: row.name_vi} for row in known), *totals], None
        return _open_rows([(row.name_vi, row.breakdown_group) for row in known], totals, {breakdown: 0})
    units = registry.history.units_on(day)
    below = sorted((one for one in units if unit and one.parent_id == unit.unit_id), key=lambda one: one.code)
    places = {codes.get(FieldRole.UNIT_CODE): 0, codes.get(FieldRole.UNIT_NAME): 1}
    offered = {code: place for code, place in places.items() if code}
    if below:
        written = [{code: (one.code, one.name_vi)[place] for code, place in offered.items()} for one in below]
        return [*written, *totals], None
    return _open_rows([(one.code, one.name_vi) for one in units if one.parent_id], totals, offered)


def _totals(registry: Registry, columns: Sequence[FormField]) -> list[Mapping[str, str]]:
    version = (columns[0].form_code, columns[0].form_version)
    texts: dict[str, str] = {}
    for mark in registry.form_rows:
        # The first of several words for one total is the form's own, the others are those of senders.
        if (
            (mark.form_code, mark.form_version) == version
            and mark.row_kind == "grand_total"
            and mark.match_text
        ):
            texts.setdefault(mark.field_code, mark.match_text)
    return [{field_code: text} for field_code, text in texts.items()]


def _open_rows(
    entries: list[tuple[str, str]], totals: Sequence[Mapping[str, str]], offered: Mapping[str, int]
) -> tuple[list[Mapping[str, str]], ChoiceList]:
    """As many rows as there is to choose from, within reason; a total may be chosen like any other row."""
    marks = [(text, text) for total in totals for text in total.values()]
    choices = ChoiceList(("Dòng", "Tên"), (*entries, *marks), offered)
    rows: list[Mapping[str, str]] = [{} for _ in choices.entries[:_MOST_OPEN_ROWS]]
    return rows, choices


def _period_list(periods: Sequence[Period], columns: Sequence[FormField]) -> ChoiceList:
    entries = ((one.code, f"{one.first_day:%d/%m/%Y} – {one.last_day:%d/%m/%Y}") for one in periods)
    of_rows = {one.field_code: 0 for one in columns if one.role is FieldRole.PERIOD}
    offered = {STAMP_LABELS["period"]: 0, **of_rows}
    return ChoiceList(("Kỳ", "Từ ngày – đến ngày"), tuple(entries), offered)


def _unit_list(units: Sequence[Unit]) -> ChoiceList | None:
    if not units:
        return None
    entries = tuple((one.code, one.name_vi) for one in units)
    return ChoiceList(("Mã", "Đơn vị"), entries, {STAMP_LABELS["unit"]: 0, STAMP_LABELS["unit_name"]: 1})
