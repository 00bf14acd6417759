"""Whether a row of running numbers below a table's header may be one of its units."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kpi_reporting.readers.numbering_findings import numbering_findings
from kpi_reporting.readers.sheet import Sheet
from kpi_reporting.readers.structure import find_table
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import FieldRole, FormField


def field(code: str, label: str, role: FieldRole) -> FormField:
    return FormField(form_code="X", form_version=1, field_code=code, role=role, label=label, required=True)


FIGURES = [field("a", "Tiếp nhận", FieldRole.INDICATOR), field("b", "Giải quyết", FieldRole.INDICATOR)]
UNIT, NAME = field("unit", "Mã xã", FieldRole.UNIT_CODE), field("name", "Tên xã", FieldRole.UNIT_NAME)
SERVICE = field("service", "Dịch vụ", FieldRole.BREAKDOWN)


@pytest.fixture
def numbered(registry: Registry) -> Registry:
    """A registry with a unit and a breakdown that are called 1."""
    unit, breakdown = registry.units[0], registry.breakdowns[0]
    units = (unit.model_copy(update={"code": "1"}),)
    return replace(registry, units=units, breakdowns=(breakdown.model_copy(update={"breakdown_code": "1"}),))


def found(
    registry: Registry, fields: list[FormField], *rows: list[Any]
) -> list[tuple[str | None, str | None]]:
    sheet = Sheet("Biểu", [[one.label for one in fields], *rows])
    table = find_table(sheet, fields)
    assert table is not None
    assert (table.numbering_row, table.first_row) == (2, 3)
    return [(one.cell, one.found) for one in numbering_findings(registry, fields, sheet, table)]


@pytest.mark.parametrize("key", [UNIT, SERVICE])
def test_a_row_that_may_be_that_of_a_unit_or_a_breakdown_is_told(numbered: Registry, key: FormField) -> None:
    assert found(numbered, [key, *FIGURES], [1, 2, 3], ["2", 5, 6]) == [("A2", "1")]


def test_a_code_that_stands_below_as_well_is_told_nothing(numbered: Registry) -> None:
    assert found(numbered, [UNIT, *FIGURES], [1, 2, 3], ["1", 5, 6]) == []


def test_a_code_that_is_nobodys_is_told_nothing(registry: Registry) -> None:
    assert found(registry, [UNIT, *FIGURES], [1, 2, 3], ["2", 5, 6]) == []


def test_a_number_where_a_name_belongs_can_only_number_columns(numbered: Registry) -> None:
    assert found(numbered, [UNIT, NAME, *FIGURES], [1, 2, 3, 4], ["2", "Xã A", 5, 6]) == []
