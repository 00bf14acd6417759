"""A filing on a template of another version is refused with the list of what differs from the right one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest

from kpi_reporting.findings import Finding
from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import FieldRole, FormField
from kpi_reporting.templates.content import templates_of
from kpi_reporting.templates.workbook import workbook_of
from kpi_reporting.workbook_bytes import workbook_bytes
from tests.workbooks import list_rows, saved, stamp, workbook

AUGUST = datetime.fromisoformat("2025-08-16T09:00:00+07:00")
JULY = date(2025, 7, 14)


@pytest.fixture(scope="module")
def changed(registry: Registry) -> Registry:
    """HS-01 has a second version from the period of August on: an item gone, one new, one renamed, a new column."""
    first = next(form for form in registry.forms if form.form_code == "HS-01")
    second = first.model_copy(update={"form_version": 2, "valid_from": date(2025, 7, 15)})
    closed = first.model_copy(update={"valid_to": JULY})
    forms = [form for form in registry.forms if form is not first]
    fields = [field for field in registry.form_fields if field.form_code == "HS-01"]
    return replace(
        registry,
        forms=(*forms, closed, second),
        form_fields=(*registry.form_fields, *second_version(fields)),
    )


def second_version(fields: list[FormField]) -> list[FormField]:
    kept = [field for field in fields if field.item_code != "1.4"]
    renamed = {"2.3": "Hồ sơ giải quyết chậm"}
    again = [
        field.model_copy(update={"form_version": 2, "label": renamed.get(str(field.item_code), field.label)})
        for field in kept
    ]
    model = again[-1]
    new_item = {"field_code": "new_item", "item_code": "5.3", "label": "Hồ sơ số hóa"}
    reason = {
        "field_code": "reason",
        "role": FieldRole.NOTE,
        "label": "Lý do",
        "item_code": None,
        "required": True,
    }
    return [*again, model.model_copy(update=new_item), model.model_copy(update=reason)]


def read(registry: Registry, data: bytes, name: str = "a.xlsx") -> Reading:
    return read_submission(registry, Submission(1, "communes", name, AUGUST, "", ""), data)


def told(findings: list[Finding]) -> list[tuple[str, str | None, str]]:
    return [(one.rule_id, one.cell, one.message_vi.partition(": ")[2] or one.message_vi) for one in findings]


EXPECTED = [
    ("version_difference", None, "thiếu cột “Lý do”."),
    ("version_difference", None, "thiếu chỉ tiêu 5.3 “Hồ sơ số hóa”."),
    ("version_difference", "A14", "thừa chỉ tiêu 1.4 “Hồ sơ kỳ trước chuyển sang”."),
    (
        "version_difference",
        "B18",
        "chỉ tiêu 2.3 là “Hồ sơ giải quyết chậm”, tệp ghi “Hồ sơ giải quyết quá hạn”.",
    ),
]


def filled_template(registry: Registry, version: int) -> bytes:
    """The first version's template of a commune, filled in for August, and the number in its stamp changed."""
    form = next(one for one in registry.forms if (one.form_code, one.form_version) == ("HS-01", 1))
    template = next(
        one for one in templates_of(registry, form, JULY) if one.unit and one.unit.code == "14758"
    )
    book = openpyxl.load_workbook(BytesIO(workbook_bytes(workbook_of(template))))
    sheet = book.worksheets[0]
    sheet["B3"], sheet["B6"] = version, "2025-M08"
    for row in range(10, 26):
        sheet.cell(row, 4, row)
    return saved(book)


@pytest.mark.parametrize(("version", "rule_id"), [(1, "form_not_valid"), (9, "unknown_version")])
def test_an_old_or_unknown_version_is_refused_with_the_differences(
    changed: Registry, version: int, rule_id: str
) -> None:
    reading = read(changed, filled_template(changed, version))
    first, *differences = reading.findings
    assert (reading.state, first.rule_id) == ("refused", rule_id)
    assert told(list(differences)) == EXPECTED
    assert {one.sheet_name for one in differences} == {"Biểu"}
    assert all("phiên bản 2" in one.message_vi + one.action_vi for one in differences)


def test_a_column_of_another_version_is_told_with_its_cell(registry: Registry) -> None:
    rows = list_rows([("1", 1)], header=("Mã số", "Chỉ tiêu", "Đơn vị tính", "Số liệu", "Người nhập"))
    rows[1][4] = "An"
    reading = read(registry, saved(workbook([*stamp("HS-01", "14758", "2025-M07", version=3), *rows])))
    assert ("version_difference", "E5", "thừa cột “Người nhập”.") in told(list(reading.findings))


def test_a_payload_of_another_version_is_told_the_same(changed: Registry) -> None:
    body = (
        b'{"form":"HS-01","version":9,"unit":"14758","period":"2025-M08","rows":[{"item":"1.4","value":1}]}'
    )
    found = told(list(read(changed, body, "a.json").findings))
    assert found[0][0] == "unknown_version"
    assert ("version_difference", "A2", "thừa chỉ tiêu 1.4.") in found


def test_a_table_that_differs_in_nothing_but_the_number_is_told_so(registry: Registry) -> None:
    items = [field for field in registry.form_fields if field.form_code == "HS-01" and field.item_code]
    rows = [[field.item_code, field.label, "hồ sơ", 1, None] for field in items]
    header = ["Mã số", "Chỉ tiêu", "Đơn vị tính", "Số liệu", "Ghi chú"]
    data = saved(workbook([*stamp("HS-01", "14758", "2025-M07", version=7), header, *rows]))
    assert [(one.rule_id, one.severity) for one in read(registry, data).findings] == [
        ("unknown_version", "error"),
        ("same_as_version", "info"),
    ]


def test_without_a_table_or_a_version_in_force_there_is_nothing_to_compare(registry: Registry) -> None:
    closed = saved(workbook([*stamp("HS-01H", "380", "2025-M07"), *list_rows([("1.1", 1)])]))
    for data in (saved(workbook(stamp("HS-01", "14758", "2025-M07", version=7))), closed):
        assert len(read(registry, data).findings) == 1
