"""The rows of a template: what is written into them, and what may be chosen where nothing is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kpi_reporting.readers.structure import header_fields
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import FieldRole, FormField, Unit
from kpi_reporting.text import match_key

_MOST_OPEN_ROWS = 200
_UNIT_OF_MEASURE = match_key("Đơn vị tính")
_NAME_ROWS = (FieldRole.UNIT_CODE, FieldRole.UNIT_NAME, FieldRole.BREAKDOWN)


@dataclass(frozen=True)
class ChoiceList:
    """Two columns of the sheet of lists.

    ``offered`` maps a cell of the stamp (its label) or a field (its code) to the column, 0 or 1, it is chosen from.
    """

    headings: tuple[str, str]
    entries: tuple[tuple[str, str], ...]
    offered: Mapping[str, int]


def rows_of_list(
    registry: Registry, fields: Sequence[FormField], unit: Unit | None, day: date
) -> tuple[list[Mapping[str, str]], list[ChoiceList]]:
    """Return the items, for each unit or breakdown that the list names; open rows where the registry knows none.

    An item written into a row that its sender leaves open would be one of no unit.
    """
    items, columns = _items(registry, fields), header_fields(fields, "list")
    if not any(column.role in _NAME_ROWS for column in columns):
        return items, []
    rows, named = rows_of_table(registry, columns, unit, day)
    if named:
        return [{} for _ in range(_MOST_OPEN_ROWS)], [named, _item_list(fields)]
    return [{**row, **item} for row in rows for item in items], []


def _item_list(fields: Sequence[FormField]) -> ChoiceList:
    items = tuple((str(one.item_code), one.label) for one in fields if one.role is FieldRole.INDICATOR)
    places = {FieldRole.ITEM_CODE: 0, FieldRole.ITEM_LABEL: 1}
    return ChoiceList(
        ("Mã số", "Chỉ tiêu"),
        items,
        {one.field_code: places[one.role] for one in fields if one.role in places},
    )


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


def rows_of_table(
    registry: Registry, columns: Sequence[FormField], unit: Unit | None, day: date
) -> tuple[list[Mapping[str, str]], ChoiceList | None]:
    """Return rows written in where the registry knows them, else open ones that choose from a list.

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
