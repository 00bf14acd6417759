"""What a template says, before it is a workbook: columns, rows or single cells, and what open cells may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kpi_reporting.periods import Period, parse_period
from kpi_reporting.readers.form_places import is_name
from kpi_reporting.readers.identity import fields_of
from kpi_reporting.readers.measures import measure_of
from kpi_reporting.readers.period_columns import by_period
from kpi_reporting.readers.period_texts import words_of
from kpi_reporting.readers.stamp import STAMP_LABELS
from kpi_reporting.readers.structure import header_fields
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import ANY_PERIOD, FieldRole, Form, FormField, Unit
from kpi_reporting.registry.owing import units_owing
from kpi_reporting.registry.resolve import resolved_form_periods
from kpi_reporting.templates.notes import notes_of
from kpi_reporting.templates.rows import ChoiceList, rows_of_list, rows_of_table


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
    columns = tuple(_columns(fields, form, at))
    rows: list[Mapping[str, str]] = []
    choices: list[ChoiceList] = []
    if form.layout == "list":
        rows, choices = rows_of_list(registry, fields, unit, at.day)
    elif form.layout == "table":
        rows, named = rows_of_table(registry, columns, unit, at.day)
        choices = [named] if named else []
    owing = None if unit else _unit_list(at.owing)
    lists = (_period_list(at.periods, columns), *([owing] if owing else []), *choices)
    cells = tuple(_cells(registry, fields)) if form.layout == "cells" else ()
    notes = notes_of(form, unit, has_columns_of_periods=bool(by_period(fields)))
    return Template(form, unit, columns, tuple(rows), lists, notes, cells)


def _columns(fields: Sequence[FormField], form: Form, at: _Occasion) -> Iterator[FormField]:
    """Where the form has a column for each period, those of the day's year, else of the last one there is."""
    years = [one.code[:4] for one in at.periods]
    year = str(at.day.year) if str(at.day.year) in years else max(years, default="")
    shown = [words_of(one.code) for one in at.periods if one.code.startswith(year)]
    for field in header_fields(fields, form.layout):
        if ANY_PERIOD not in field.label:
            yield field
        else:
            for words in shown:
                yield field.model_copy(update={"label": field.label.replace(ANY_PERIOD, words)})


def _cells(registry: Registry, fields: Sequence[FormField]) -> Iterator[SingleCell]:
    """A figure that is known by its name alone is shown by that of its indicator."""
    measures = {row.indicator_code: row.unit_of_measure for row in registry.indicators}
    names = {row.indicator_code: row.name_vi for row in registry.indicators}
    for field in fields:
        label = field.label.removeprefix("=")
        shown = names.get(field.indicator_code or "", label) if is_name(field.label) else label
        yield SingleCell(field, shown, measure_of(field, measures).name or None)


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
