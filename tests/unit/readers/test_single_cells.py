"""Figures that stand in single cells are read where they stand, and nothing beside them is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry
from kpi_reporting.templates.content import templates_of
from kpi_reporting.templates.workbook import workbook_of
from kpi_reporting.workbook_bytes import workbook_bytes
from tests.corpus.field_maps import named, one_sheet
from tests.corpus.single_cells import NAMES, PLACES, ROWS, STAMP, TEXTS, changed, payload, with_figures
from tests.unit.readers.conftest import RECEIVED
from tests.workbooks import saved


def of_cells(registry: Registry, fields: tuple[object, ...], **said: object) -> Registry:
    """The registry with HS-01 as a form of single cells."""
    forms = [
        form.model_copy(update={"layout": "cells", **said}) if form.form_code == "HS-01" else form
        for form in registry.forms
    ]
    others = [field for field in registry.form_fields if field.form_code != "HS-01"]
    return replace(registry, forms=tuple(forms), form_fields=(*others, *fields))


def read(
    registry: Registry, fields: tuple[object, ...], data: bytes, name: str = "a.xlsx", **said: object
) -> Reading:
    submission = Submission(1, "communes", name, RECEIVED, "", "")
    return read_submission(of_cells(registry, fields, **said), submission, data)


def figures(reading: Reading) -> dict[str, object]:
    assert (reading.state, reading.sheet is None, reading.table is None) == ("read", False, False)
    sheet, table = reading.sheet, reading.table
    assert sheet is not None
    assert table is not None
    return {
        code: sheet.cell(part.first_row, column)
        for part in table.parts
        for column, code in part.columns.items()
    }


def test_a_figure_stands_right_of_its_text(registry: Registry) -> None:
    found = figures(read(registry, TEXTS, one_sheet(ROWS)))
    assert found == {"received": 60, "online": 12, "remark": "đã đối soát"}


def test_a_text_may_be_merged_and_so_may_the_figure(registry: Registry) -> None:
    rows = [*STAMP, [], ["Tổng số hồ sơ tiếp nhận", None, None, 60], ["Trong đó: trực tuyến", 12]]
    data = changed(rows, merge=("A6:C6", "D6:E6"))
    assert figures(read(registry, TEXTS, data)) == {"received": 60, "online": 12}


@pytest.mark.parametrize(
    ("place", "figure"),
    [("Biểu!$B$7", 60), ("$E$7", None), ("Biểu!$B$7:$C$8", 60), ("Biểu!$C$8", 60), ("Biểu!$B$70", None)],
)
def test_a_name_means_what_is_seen_in_its_cell(registry: Registry, place: str, figure: object) -> None:
    data = changed(ROWS, merge=("B7:C8",), names={"Truc_tuyen": "Biểu!$E$7", "Tiep_nhan": place})
    reading = read(registry, NAMES, data)
    if place == "$E$7":
        assert [finding.subject for finding in reading.findings] == ["=Tiep_nhan"]
    else:
        assert figures(reading) == {"received": figure, "online": 12}


def test_only_the_rows_between_the_anchors_hold_the_figures(registry: Registry) -> None:
    both = [*ROWS, ["Biểu 2"], *with_figures(9, 8)[6:]]
    upper, lower = {"end_anchor": "Biểu 2"}, {"anchor": "Biểu 2"}
    assert figures(read(registry, TEXTS, one_sheet(both), **upper))["received"] == 60
    assert figures(read(registry, TEXTS, one_sheet(both), **lower)) == {"received": 9, "online": 8}


def test_what_is_not_there_is_told_by_its_text_or_name_and_the_sheet(registry: Registry) -> None:
    (by_text,) = read(registry, TEXTS, one_sheet([*STAMP, [], ["Tổng số hồ sơ tiếp nhận", 1]])).findings
    assert "ô bên phải chữ “Trong đó: trực tuyến”" in by_text.message_vi
    assert "trang “Biểu”" in by_text.message_vi
    (by_name,) = read(registry, NAMES, named(ROWS, {"Tiep_nhan": PLACES["Tiep_nhan"]})).findings
    assert "ô được đặt tên “Truc_tuyen”" in by_name.message_vi


def test_a_program_names_the_figures_by_their_codes(registry: Registry) -> None:
    reading = read(registry, NAMES, payload({"received": 60, "online": 12}), "a.json")
    assert reading.table is not None
    assert reading.table.columns == {1: "received", 2: "online"}


@pytest.mark.parametrize("fields", [TEXTS, NAMES], ids=["texts", "names"])
@pytest.mark.parametrize("places", [{}, {"anchor": "Phần A", "end_anchor": "Phần B", "sheet": "HS"}])
def test_a_template_filled_in_is_read(
    registry: Registry, fields: tuple[object, ...], places: dict[str, str]
) -> None:
    known = of_cells(registry, fields, **places)
    form = next(one for one in known.forms if one.form_code == "HS-01")
    template = next(one for one in templates_of(known, form, date(2025, 7, 14)) if one.unit)
    book = openpyxl.load_workbook(BytesIO(workbook_bytes(workbook_of(template))))
    sheet = book[places.get("sheet", "Biểu")]
    sheet["B6"] = "2025-M07"
    cells = [row[1] for row in sheet.iter_rows(min_row=9) if not row[1].protection.locked]
    for number, cell in enumerate(cells, 1):
        cell.value = number
    reading = read_submission(known, Submission(1, "communes", "a.xlsx", RECEIVED, "", ""), saved(book))
    assert list(reading.findings) == []
    assert figures(reading) == {field.field_code: number for number, field in enumerate(template.columns, 1)}
