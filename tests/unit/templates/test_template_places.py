"""A template stands where its form version says that the form stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest

from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Submission
from kpi_reporting.registry import load_registry
from kpi_reporting.templates.content import templates_of
from kpi_reporting.templates.workbook import workbook_of
from kpi_reporting.workbook_bytes import workbook_bytes
from tests.corpus.long_lists import FIELDS as LONG
from tests.corpus.row_periods import PERIODS
from tests.workbooks import THANH_HOA, saved

RECEIVED = datetime.fromisoformat("2025-07-16T09:00:00+07:00")
TEXTS = {"anchor": "Bảng 1. Hồ sơ", "end_anchor": "Bảng 2", "period_anchor": "Kỳ báo cáo"}
PLACES: dict[str, dict[str, str]] = {
    "sheet": {"sheet": "HS-01 tháng"},
    "sheet_of_another_ones_name": {"sheet": "Hướng dẫn"},
    "texts": TEXTS,
    "names": {"anchor": "=Bang_1", "end_anchor": "=Bang_2", "period_anchor": "=Ky_bao_cao"},
    "title": {"anchor": "Tình hình tiếp nhận và giải quyết hồ sơ", "period_anchor": "*"},
    "header": {"anchor": "Mã số", "end_anchor": "Người lập biểu"},
    "all": {"sheet": "HS-01", **TEXTS},
}


def test_a_column_of_periods_is_filled_in_from_the_list_of_periods() -> None:
    shipped = load_registry(THANH_HOA)
    registry = replace(shipped, form_fields=(*PERIODS, *shipped.form_fields))
    form = next(one for one in registry.forms if one.form_code == "TT-01")
    template = next(one for one in templates_of(registry, form, date(2025, 7, 14)) if one.unit)
    book = openpyxl.load_workbook(BytesIO(workbook_bytes(workbook_of(template))))
    sheet = book["Biểu"]
    sheet["B6"] = "2025-Q2"
    rows = [row for row in sheet.iter_rows(min_row=10) if not row[0].protection.locked]
    for row in rows:
        row[0].value = "2025-Q2"
        for cell in row[2:]:
            cell.value = 12
    (offered,) = [one for one in sheet.data_validations.dataValidation if rows[0][0].coordinate in one]
    assert offered.formula1.startswith("'Danh mục'!$A$2:$A$")
    submission = Submission(1, "departments", "a.xlsx", RECEIVED, "", "")
    reading = read_submission(registry, submission, saved(book))
    assert (reading.state, list(reading.findings), len(rows)) == ("read", [], len(template.rows))


def test_a_list_of_units_is_left_open_and_chosen_row_by_row() -> None:
    shipped = load_registry(THANH_HOA)
    others = [field for field in shipped.form_fields if field.form_code != "HS-01"]
    registry = replace(shipped, form_fields=(*others, *LONG))
    form = next(one for one in registry.forms if one.form_code == "HS-01")
    template = next(one for one in templates_of(registry, form, date(2025, 7, 14)) if one.unit)
    book = openpyxl.load_workbook(BytesIO(workbook_bytes(workbook_of(template))))
    sheet = book["Biểu"]
    sheet["B6"] = "2025-M07"
    for cell, said in zip(sheet[10], ("14758", "2025-M07", "1.1", 12), strict=False):
        assert not cell.protection.locked
        cell.value = said
    offered = [one.formula1 for one in sheet.data_validations.dataValidation if "C10" in one]
    assert [text.partition("!")[0] for text in offered] == ["'Danh mục'"]
    reading = read_submission(registry, Submission(1, "communes", "a.xlsx", RECEIVED, "", ""), saved(book))
    assert (reading.state, list(reading.findings)) == ("read", [])


def test_a_form_without_any_period_has_a_template_all_the_same() -> None:
    shipped, day = load_registry(THANH_HOA), date(2025, 7, 10)
    of_one_day = {"valid_from": day, "valid_to": day}
    forms = [one.model_copy(update=of_one_day) if one.form_code == "HS-01" else one for one in shipped.forms]
    registry = replace(shipped, forms=tuple(forms))
    form = next(one for one in registry.forms if one.form_code == "HS-01")
    template = next(templates_of(registry, form, day))
    assert [column.label for column in template.columns][:2] == ["Mã số", "Chỉ tiêu"]


@pytest.mark.parametrize("places", PLACES.values(), ids=PLACES)
def test_a_template_filled_in_is_read_where_its_form_stands(places: dict[str, str]) -> None:
    shipped = load_registry(THANH_HOA)
    forms = [one.model_copy(update=places) if one.form_code == "HS-01" else one for one in shipped.forms]
    registry = replace(shipped, forms=tuple(forms))
    form = next(one for one in registry.forms if one.form_code == "HS-01")
    template = next(one for one in templates_of(registry, form, date(2025, 7, 14)) if one.unit)
    book = openpyxl.load_workbook(BytesIO(workbook_bytes(workbook_of(template))))
    sheet = book[places.get("sheet", "Biểu")]
    sheet["B6"] = "2025-M07"
    figures = [row[3] for row in sheet.iter_rows(min_row=9) if not row[3].protection.locked]
    for cell in figures:
        cell.value = 12
    reading = read_submission(registry, Submission(1, "communes", "a.xlsx", RECEIVED, "", ""), saved(book))
    assert (reading.state, list(reading.findings)) == ("read", [])
    assert reading.table is not None
    assert reading.table.last_row - reading.table.first_row + 1 == len(figures) == len(template.rows)
