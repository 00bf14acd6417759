"""A form as its sender fills it in: stamp, columns and rows, laid out as the registry describes the form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kpi_reporting.periods import Period
from kpi_reporting.readers.structure import header_fields
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import FieldRole, FormField, Unit, UnitKind
from sandbox.figures import Occasion, indicators_known, invent
from sandbox.obligations import Obligation

Record = dict[str, Any]


@dataclass
class Draft:
    """A filled-in form, open to mistakes.

    ``stamp`` maps the words above the table to their values; ``records`` hold one value per field code of
    ``columns``; ``place`` says in which record and column the first figure of an indicator stands. ``font`` is what
    its text is typed in; None is whatever Excel takes.
    """

    stamp: dict[str, Any]
    columns: list[FormField]
    layout: str
    records: list[Record]
    place: dict[str, tuple[int, str]]
    is_nil: bool = False
    font: str | None = None
    labels: dict[str, str] = field(default_factory=dict)

    def figure(self, indicator_code: str) -> Any:
        """Return the first figure of an indicator."""
        record, column = self.place[indicator_code]
        return self.records[record][column]

    def put(self, indicator_code: str, value: Any) -> None:
        """Write something else where the first figure of an indicator stands."""
        record, column = self.place[indicator_code]
        self.records[record][column] = value

    def label(self, column: FormField) -> str:
        """Return what stands above a column."""
        return self.labels.get(column.field_code, column.label)


def can_be_filled(registry: Registry, form_code: str) -> bool:
    """Tell whether there is a recipe for every figure of a form."""
    figures = [row for row in registry.form_fields if row.form_code == form_code and row.indicator_code]
    return all(str(row.indicator_code).partition(".")[0] in indicators_known() for row in figures)


def fill_in(registry: Registry, seed: int, owed: Obligation, take: int = 0, *, is_nil: bool = False) -> Draft:
    """Return the form with invented figures, or without any when nothing happened."""
    form = owed.form
    fields = [
        row
        for row in registry.form_fields
        if (row.form_code, row.form_version) == (form.form_code, form.form_version)
    ]
    draft = Draft(
        stamp={
            "Mã biểu": form.form_code,
            "Phiên bản": form.form_version,
            "Mã đơn vị": owed.unit.code,
            "Kỳ báo cáo": owed.period.code,
        },
        columns=header_fields(fields, form.layout),
        layout=form.layout,
        records=[],
        place={},
        is_nil=is_nil,
    )
    if not is_nil:
        at = Occasion(registry, seed, owed.unit, owed.period, take=take)
        (_fill_list if form.layout == "list" else _fill_table)(draft, fields, at)
    return draft


def _fill_list(draft: Draft, fields: list[FormField], at: Occasion) -> None:
    """One row per indicator, found by its item code."""
    rows = [row for row in fields if row.role is FieldRole.INDICATOR and row.indicator_code]
    figures = invent(at, [str(row.indicator_code) for row in rows])
    measures = {row.indicator_code: row.unit_of_measure for row in at.registry.indicators}
    for row in rows:
        code = str(row.indicator_code)
        written = {
            FieldRole.ITEM_CODE: row.item_code,
            FieldRole.ITEM_LABEL: row.label,
            FieldRole.VALUE: _plain(figures[code] / row.multiplier),
        }
        record = {column.field_code: written.get(column.role) for column in draft.columns}
        if "unit_of_measure" in record:
            record["unit_of_measure"] = measures[code]
        value_column = next(c.field_code for c in draft.columns if c.role is FieldRole.VALUE)
        draft.place[code] = (len(draft.records), value_column)
        draft.records.append(record)


def _fill_table(draft: Draft, fields: list[FormField], at: Occasion) -> None:
    """One row per unit or breakdown, and below them what the registry calls the grand total."""
    columns = [row for row in fields if row.role is FieldRole.INDICATOR and row.indicator_code]
    for names, row_at in _rows(at, fields):
        figures = invent(row_at, [str(column.indicator_code) for column in columns])
        values = {c.field_code: _plain(figures[str(c.indicator_code)] / c.multiplier) for c in columns}
        draft.records.append({**names, **values})
    draft.place.update({str(column.indicator_code): (0, column.field_code) for column in columns})
    totals = (row for row in at.registry.form_rows if row.row_kind == "grand_total")
    # The first of several words for the total is the form's own.
    mark = next((row for row in totals if row.form_code == fields[0].form_code), None)
    if mark is not None:
        draft.records.append({mark.field_code: mark.match_text, **total_of(draft.records, columns)})


def total_of(records: Iterable[Record], columns: Iterable[FormField]) -> Record:
    """Return the sums of the figures of some rows."""
    rows = list(records)
    return {column.field_code: sum(row[column.field_code] for row in rows) for column in columns}


def _rows(at: Occasion, fields: list[FormField]) -> Iterator[tuple[Record, Occasion]]:
    by_role = {row.role: row.field_code for row in fields}
    if FieldRole.BREAKDOWN in by_role:
        for row in at.registry.breakdowns:
            if row.breakdown_code != "total":
                shown = {by_role[FieldRole.BREAKDOWN]: row.name_vi}
                yield shown, _occasion(at, at.unit, row.breakdown_code)
        return
    for unit in _units_named(at.registry, at.unit, at.period):
        cells = {FieldRole.UNIT_CODE: unit.code, FieldRole.UNIT_NAME: unit.name_vi}
        yield {by_role[role]: cells[role] for role in cells if role in by_role}, _occasion(at, unit)


def _occasion(at: Occasion, unit: Unit, breakdown_code: str = "total") -> Occasion:
    is_filer = unit is at.unit
    return Occasion(at.registry, at.seed, unit, at.period, is_filer, breakdown_code, at.take)


def _units_named(registry: Registry, sender: Unit, period: Period) -> list[Unit]:
    """Return the sender's own units, or all districts for a sender that has none below it."""
    on_the_day = registry.history.units_on(period.last_day)
    own = [unit for unit in on_the_day if unit.parent_id == sender.unit_id]
    named = own or [unit for unit in on_the_day if unit.kind is UnitKind.DISTRICT]
    return sorted(named, key=lambda unit: unit.code)


def _plain(figure: Decimal) -> int | Decimal:
    """Return a whole number as one, since that is what people type."""
    return int(figure) if figure == figure.to_integral_value() else figure
