"""What is written for senders comes back without a finding once it is filled in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.periods import ZONE
from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.registry.owing import units_owing
from kpi_reporting.templates import Written, write_templates
from kpi_reporting.templates.content import Template, templates_of
from kpi_reporting.templates.notes import notes_of
from kpi_reporting.templates.workbook import FORM_SHEET, LISTS_SHEET, workbook_of
from kpi_reporting.workbook_bytes import workbook_bytes
from tests.workbooks import PROJECT, THANH_HOA

DAYS = (date(2024, 12, 10), date(2025, 6, 10), date(2025, 7, 14))
SMALL = PROJECT / "tests/registry/small"
FIGURE = 12


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(THANH_HOA)


def all_templates(registry: Registry) -> list[tuple[date, Template]]:
    return [
        (day, template)
        for day in DAYS
        for form in registry.forms
        if form.holds_on(day)
        for template in templates_of(registry, form, day)
    ]


def reread(template: Template) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(workbook_bytes(workbook_of(template))))


def choices(book: openpyxl.Workbook, cell: str) -> list[str]:
    """What the drop-down of a cell offers."""
    for validation in book[FORM_SHEET].data_validations.dataValidation:
        if cell in validation and validation.type == "list" and "!" in validation.formula1:
            area = validation.formula1.rpartition("!")[2].replace("$", "")
            return [str(row[0].value) for row in book[LISTS_SHEET][area]]
    return []


def coming_period(template: Template, day: date) -> tuple[str, date] | None:
    """The first period of the drop-down that ends on the day or later, and its last day."""
    (periods,) = (one.entries for one in template.lists if "Kỳ báo cáo" in one.offered)
    dated = ((code, datetime.strptime(days[-10:], "%d/%m/%Y").date()) for code, days in periods)
    return next(((code, last_day) for code, last_day in dated if last_day >= day), None)


def fill_in(template: Template, period: str) -> bytes:
    """Fill in every open cell of the first rows as its sender would."""
    book = reread(template)
    sheet = book[FORM_SHEET]
    sheet["B6"] = period
    if template.unit is None:
        sheet["B4"] = choices(book, "B4")[0]
    for row in open_rows(sheet, template):
        offered = {cell.column: choices(book, cell.coordinate) for cell in row}
        for cell in row:
            place = row[0].row - 10
            cell.value = offered[cell.column][place] if offered[cell.column] else FIGURE
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def open_rows(sheet: Worksheet, template: Template) -> Iterator[list[openpyxl.cell.Cell]]:
    for row in sheet.iter_rows(min_row=10, max_row=9 + min(len(template.rows), 40)):
        yield [cell for cell in row if not cell.protection.locked]


def read(registry: Registry, data: bytes, day: date, name: str = "mau.xlsx") -> Reading:
    received_at = datetime.combine(day + timedelta(days=2), datetime.min.time(), ZONE)
    return read_submission(registry, Submission(1, "communes", name, received_at, "", ""), data)


def test_every_template_filled_in_is_read_without_a_finding(registry: Registry) -> None:
    seen = set()
    for day, template in all_templates(registry):
        period = coming_period(template, day)
        if period is None or not units_owing(registry, template.form.form_code, day):
            continue
        seen.add(template.form.form_code)
        reading = read(registry, fill_in(template, period[0]), period[1])
        assert (reading.state, list(reading.findings)) == ("read", []), template.name
        assert (reading.form_code, reading.form_version) == (
            template.form.form_code,
            template.form.form_version,
        )
        assert reading.claim.claimed_by == "stamp"
        if template.unit:
            assert reading.sender_code == template.unit.code
        assert reading.table is not None
        assert set(reading.table.columns.values()) == {one.field_code for one in template.columns}
    assert seen == {form.form_code for form in registry.forms}


def test_every_unit_that_owes_a_form_has_its_workbook(registry: Registry) -> None:
    found = {(day, one.form.form_code, one.unit.code) for day, one in all_templates(registry) if one.unit}
    owed = {
        (day, form.form_code, unit.code)
        for day in DAYS
        for form in registry.forms
        if form.holds_on(day)
        for unit in units_owing(registry, form.form_code, day)
    }
    assert found == owed
    assert len({key for key in owed if key[1] == "HS-01" and key[0] == DAYS[2]}) == 166 + 15


def test_only_what_a_sender_fills_in_is_open(registry: Registry) -> None:
    hs01 = next(form for form in registry.forms if form.form_code == "HS-01")
    anybody, one = [list(templates_of(registry, hs01, DAYS[2]))[place] for place in (0, 40)]
    assert one.unit is not None
    for template, stamp in ((anybody, {"B4", "B5", "B6", "B7"}), (one, {"B6", "B7"})):
        book = reread(template)
        sheet = book[FORM_SHEET]
        is_open = {cell.coordinate for row in sheet for cell in row if not cell.protection.locked}
        table = {f"{letter}{row}" for letter in "DE" for row in range(10, 26)}
        assert is_open == stamp | table
        assert all(one.protection.sheet for one in book.worksheets)
        assert book.security.lockStructure
    assert [book[FORM_SHEET][cell].value for cell in ("B2", "B3", "B4", "B5")] == [
        "HS-01", 1, one.unit.code, one.unit.name_vi,
    ]  # fmt: skip


def test_a_form_of_rows_of_units_lists_the_units_of_its_sender(registry: Registry) -> None:
    hs01h = next(form for form in registry.forms if form.form_code == "HS-01H")
    anybody, *districts = templates_of(registry, hs01h, DAYS[1])
    assert all(not row for row in anybody.rows)
    assert "14758" in choices(reread(anybody), "A10")
    for district in districts:
        assert district.unit is not None
        below = {
            one.code for one in registry.history.units_on(DAYS[1]) if one.parent_id == district.unit.unit_id
        }
        assert below
        assert {row.get("unit_code") for row in district.rows} == {*below, None}
        assert district.rows[-1] == {"unit_name": "Tổng cộng"}


def test_figures_are_numbers_and_show_their_decimals(registry: Registry) -> None:
    tt01 = next(form for form in registry.forms if form.form_code == "TT-01")
    book = reread(next(iter(templates_of(registry, tt01, DAYS[1]))))
    sheet = book[FORM_SHEET]
    assert [sheet.cell(row, 1).value for row in (10, 16, 17)] == ["Điện", "Thuế, phí hằng năm", "Tổng cộng"]
    assert sheet["B10"].number_format == "#,##0"
    (rule,) = (rule for area in sheet.conditional_formatting for rule in area.rules if "B10" in area)
    assert rule.dxf.numFmt.formatCode == "#,##0.0#####"
    assert any(one.type == "decimal" and "G17" in one for one in sheet.data_validations.dataValidation)


def test_notes_tell_when_and_how(registry: Registry) -> None:
    hs01 = next(form for form in registry.forms if form.form_code == "HS-01")
    notes = "\n".join(next(iter(templates_of(registry, hs01, DAYS[2]))).notes)
    assert "2 ngày làm việc sau ngày cuối kỳ (chờ xác nhận)" in notes
    assert "1.234,5" in notes


@pytest.mark.parametrize(
    ("policy", "told", "not_told"),
    [
        ("replace", "thay thế toàn bộ", "từng phần"),
        ("merge", "ô để trống giữ nguyên", "rút lại"),
        ("delete", "dòng có tên mà không ghi số liệu nào thì rút lại", "thay thế toàn bộ"),
    ],
)
def test_notes_tell_what_a_later_filing_does(
    registry: Registry, policy: str, told: str, not_told: str
) -> None:
    form = next(one for one in registry.forms if one.form_code == "HS-01")
    notes = "\n".join(notes_of(form.model_copy(update={"filing_policy": policy}), None))
    assert told in notes
    assert not_told not in notes


def test_the_same_registry_writes_the_same_bytes(registry: Registry, tmp_path: Path) -> None:
    for name in ("one", "other"):
        assert write_templates(registry, DAYS[2], tmp_path / name, "DV-01") == Written({"DV-01_v1": 2}, [])
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.xlsx")}
        for name in ("one", "other")
    )
    assert first == second
    assert set(first) == {"DV-01_v1.xlsx", "DV-01_v1_van-phong-ubnd.xlsx"}


def test_a_form_that_does_not_hold_is_told(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(
        KpiReportingError, match="No form HS-01H holds on 2025-07-14. Those that do: HS-01, DV-01"
    ):
        write_templates(registry, DAYS[2], tmp_path, "HS-01H")


def test_a_form_read_as_tcvn3_gets_no_template_in_unicode(tmp_path: Path) -> None:
    registry = load_registry(PROJECT / "examples/investment_monitoring_2003/registry")
    assert write_templates(registry, date(2003, 7, 1), tmp_path) == Written({}, ["GSDT"])


def test_another_registry_writes_templates_of_its_forms(tmp_path: Path) -> None:
    written = write_templates(load_registry(SMALL), date(2024, 6, 1), tmp_path)
    assert set(written.files) == {"A-01_v1", "B-01_v1"}
