"""A form with a column for each period is read for one of them, or is a filing for each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest

from kpi_reporting.readers.period_texts import period_named, words_of
from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry
from kpi_reporting.templates.content import Template, templates_of
from kpi_reporting.templates.workbook import workbook_of
from kpi_reporting.workbook_bytes import workbook_bytes
from tests.corpus.field_maps import Rows, as_csv, one_sheet
from tests.corpus.period_columns import (
    BELOW_YEAR,
    GROUPED,
    GROUPS,
    IN_ONE_CELL,
    LIST,
    MONTHS,
    NUMBERED,
    NUMBERS_BELOW_YEAR,
    UNTIMED,
    months,
)
from tests.unit.readers.conftest import RECEIVED
from tests.workbooks import saved

LABELS = [f"{what} tháng {month}/2025" for what in ("Tiếp nhận", "Giải quyết") for month in (6, 7)]


def by_month(registry: Registry, fields: tuple[object, ...] = LIST, layout: str = "list") -> Registry:
    forms = [
        form.model_copy(update={"layout": layout}) if form.form_code == "HS-01" else form
        for form in registry.forms
    ]
    others = [field for field in registry.form_fields if field.form_code != "HS-01"]
    return replace(registry, forms=tuple(forms), form_fields=(*others, *fields))


def read(registry: Registry, data: bytes, part: str | None = None) -> Reading:
    submission = Submission(1, "communes", "a.xlsx", RECEIVED, "", "", part_period_code=part)
    return read_submission(registry, submission, data)


def figures(reading: Reading) -> list[object]:
    sheet, table = reading.sheet, reading.table
    assert sheet is not None
    assert table is not None
    return [
        sheet.cell(table.first_row, column)
        for column, code in table.columns.items()
        if code in ("value", "received", "completed")
    ]


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("Tháng 7/2025", "month", "2025-M07"),
        ("THÁNG  07 NĂM 2025:", "month", "2025-M07"),
        ("7/2025", "month", "2025-M07"),
        ("T7/2025", "month", "2025-M07"),
        ("T.7", "month", "2024-M07"),
        ("Tháng 7", "month", "2024-M07"),
        ("07", "month", "2024-M07"),
        ("Tháng bảy", "month", "2024-M07"),
        ("Quý III", "quarter", "2024-Q3"),
        ("Q3/2025", "quarter", "2025-Q3"),
        ("6 tháng đầu năm", "half", "2024-H1"),
        ("9 tháng năm 2025", "nine_month", "2025-N9"),
        ("2025", "year", "2025-Y"),
        ("2025-M07", "month", "2025-M07"),
        ("Năm 2025 Tháng 7", "month", "2025-M07"),
        ("2025 T7", "month", "2025-M07"),
        ("Quý III tháng 9", "month", "2024-M09"),
        ("6 tháng đầu năm 2025 Quý II", "quarter", "2025-Q2"),
        ("9 tháng năm 2025 tháng 9/2025", "month", "2025-M09"),
        ("9 tháng năm 2025 tháng 10", "month", None),
        ("Quý II tháng 7", "month", None),
        ("Năm 2025 tháng 7/2024", "month", None),
        ("Năm 2025 7", "month", None),
        ("Năm 2025", "month", None),
        ("Quý III", "month", None),
        ("Lũy kế tháng 7/2025", "month", None),
        ("Tháng 7 so với tháng 6", "month", None),
        ("Tháng 13", "month", None),
        ("15 tháng 7", "month", None),
        ("", "month", None),
        ("Số liệu", "month", None),
    ],
)
def test_a_period_is_the_whole_of_its_cell(text: str, kind: str, code: str | None) -> None:
    assert period_named(text, kind, 2024) == code


@pytest.mark.parametrize("code", ["2025-M07", "2025-Q3", "2025-H2", "2025-N9", "2025-Y"])
def test_what_a_period_is_called_is_understood(code: str) -> None:
    kind = {"M": "month", "Q": "quarter", "H": "half", "N": "nine_month", "Y": "year"}[code[5]]
    assert period_named(words_of(code), kind) == code


def test_the_column_of_the_filings_month_is_read(registry: Registry) -> None:
    reading = read(by_month(registry), one_sheet(months(*MONTHS)))
    assert figures(reading) == [3]
    (finding,) = reading.findings
    assert (finding.severity, finding.found) == ("info", "Tháng 5/2025, Tháng 6/2025")
    assert reading.table is not None
    assert reading.table.headers == {1: "Mã số", 4: "{period}"}


def test_a_month_below_each_group_is_read(registry: Registry) -> None:
    reading = read(by_month(registry, GROUPED, "table"), one_sheet(GROUPS))
    assert figures(reading) == [2, 4]


def test_a_file_that_says_no_month_is_a_filing_for_each_with_figures(registry: Registry) -> None:
    data = one_sheet(months(*MONTHS, "Tháng 8/2025", said=UNTIMED, figures=[5, 6, 7, None]))
    reading = read(by_month(registry), data)
    assert (reading.state, [part.period_code for part in reading.parts]) == (
        "unpacked",
        ["2025-M05", "2025-M06", "2025-M07"],
    )
    july = read(by_month(registry), data, part="2025-M07")
    assert (july.state, july.period_code, figures(july), list(july.findings)) == ("read", "2025-M07", [7], [])


def test_months_that_a_spreadsheet_took_for_days_are_months(registry: Registry) -> None:
    days = [datetime(2025, 6, 1), datetime(2025, 7, 1)]
    reading = read(by_month(registry), one_sheet(months(*days, said=UNTIMED)))
    assert [part.period_code for part in reading.parts] == ["2025-M06", "2025-M07"]


def test_a_row_that_numbers_the_columns_is_no_row_of_months(registry: Registry) -> None:
    submission = Submission(1, "communes", "a.csv", RECEIVED, "", "")
    reading = read_submission(by_month(registry), submission, as_csv(NUMBERED))
    assert reading.table is not None
    assert (reading.table.numbering_row, figures(reading)) == (7, ["70"])


def test_the_missing_month_is_told_by_its_name(registry: Registry) -> None:
    (missing, _) = read(by_month(registry), one_sheet(months(*MONTHS[:2]))).findings
    assert "“Tháng 7/2025”" in missing.message_vi


def test_a_month_behind_its_label_in_one_cell_is_read(registry: Registry) -> None:
    reading = read(by_month(registry, GROUPED, "table"), one_sheet(IN_ONE_CELL))
    assert figures(reading) == [2, 3]


def test_months_behind_a_label_are_filings_of_their_own(registry: Registry) -> None:
    data = one_sheet([*UNTIMED, ["Đơn vị", *LABELS], ["Phường Hàm Rồng", 1, 2, 3, 4]])
    reading = read(by_month(registry, GROUPED, "table"), data)
    assert [part.period_code for part in reading.parts] == ["2025-M06", "2025-M07"]
    july = read(by_month(registry, GROUPED, "table"), data, part="2025-M07")
    assert (figures(july), list(july.findings)) == ([2, 4], [])


def filled_in(template: Template, period: str | None) -> bytes:
    book = openpyxl.load_workbook(BytesIO(workbook_bytes(workbook_of(template))))
    sheet = book["Biểu"]
    sheet["B6"] = period
    header = next(row for row in sheet.iter_rows() if row[0].value == "Mã số")
    (july,) = [cell.column for cell in header if cell.value == "Tháng 7/2025"]
    for column in (july - 1, july):
        sheet.cell(header[0].row + 1, column).value = column
    return saved(book)


@pytest.mark.parametrize("rows", [BELOW_YEAR, NUMBERS_BELOW_YEAR])
@pytest.mark.parametrize("made", [one_sheet, as_csv])
def test_months_below_their_year_are_filings_of_their_own(
    registry: Registry, rows: list[list[object]], made: Callable[[Rows], bytes]
) -> None:
    data = made([*UNTIMED, *rows])
    submission = Submission(1, "communes", "a.xlsx" if made is one_sheet else "a.csv", RECEIVED, "", "")
    reading = read_submission(by_month(registry), submission, data)
    assert [part.period_code for part in reading.parts] == ["2025-M05", "2025-M06", "2025-M07"]
    july = read_submission(by_month(registry), replace(submission, part_period_code="2025-M07"), data)
    assert ([float(str(figure)) for figure in figures(july)], list(july.findings)) == ([3], [])
    assert july.table is not None
    assert july.table.headers == {1: "Mã số", 4: "{period}"}


def test_a_template_has_a_column_for_each_month_of_the_year(registry: Registry) -> None:
    known = by_month(registry)
    form = next(one for one in known.forms if one.form_code == "HS-01")
    template = next(one for one in templates_of(known, form, date(2025, 7, 14)) if one.unit)
    assert [column.label for column in template.columns][1:] == [
        f"Tháng {month}/2025" for month in range(1, 13)
    ]
    assert any("Mỗi cột số liệu là một kỳ" in note for note in template.notes)
    both = read(known, filled_in(template, None))
    assert [part.period_code for part in both.parts] == ["2025-M06", "2025-M07"]
    july = read(known, filled_in(template, "2025-M07"))
    assert (july.state, figures(july)) == ("read", [8])


def test_a_program_that_says_no_month_is_told_so_whatever_its_rows_name(registry: Registry) -> None:
    body = {
        "form": "HS-01",
        "version": 1,
        "unit": "14758",
        "rows": [{"item": "1.1", "value": 5, "note": "Tháng 7/2025"}],
    }
    submission = Submission(1, "communes", "a.json", RECEIVED, "", "")
    reading = read_submission(by_month(registry), submission, json.dumps(body).encode())
    assert [finding.rule_id for finding in reading.findings] == ["no_period"]
