"""Finding a form's table by the labels of the registry."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kpi_reporting.readers.sheet import Sheet, Span
from kpi_reporting.readers.structure import Table, find_table
from kpi_reporting.readers.submissions import Reading
from kpi_reporting.readers.xls import read_xls
from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.registry.models import FieldRole, FormField
from tests.workbooks import LIST_HEADER, PROJECT, district_book, hs01, list_rows, saved, stamp, workbook

JUNE = datetime.fromisoformat("2025-06-16T09:00:00+07:00")

Read = Callable[..., Reading]
REAL = PROJECT.parent / "shared/data/real/2007-74Z4A_solieu9thang-2.xls"
STAMP = stamp("HS-01", "14758", "2025-M07")


def rules(reading: Reading) -> list[tuple[str, str | None]]:
    return [(finding.rule_id, finding.cell) for finding in reading.findings]


def field(code: str, label: str, role: FieldRole = FieldRole.INDICATOR, required: bool = True) -> FormField:
    return FormField(
        form_code="X", form_version=1, field_code=code, role=role, label=label, required=required
    )


def table_of(reading: Reading) -> Table:
    assert reading.table is not None
    return reading.table


def test_a_list_is_found_below_its_stamp(read: Read) -> None:
    table = table_of(read(hs01()))
    assert (table.header_row, table.first_row, table.last_row) == (6, 7, 8)
    assert table.columns == {1: "item_code", 2: "item_label", 3: "unit_of_measure", 4: "value", 5: "remark"}


def test_merged_headers_are_joined_down_the_column(read: Read) -> None:
    reading = read(saved(district_book()), source="districts", received_at=JUNE)
    table = table_of(reading)
    assert reading.state == "read"
    assert (table.header_row, table.first_row, table.last_row) == (6, 8, 9)
    assert [table.columns[column] for column in (1, 2, 3, 4, 8, 18)] == [
        "unit_code", "unit_name", "received_total", "received_online", "completed_total",
        "work_dossiers_electronic",
    ]  # fmt: skip
    assert len(table.columns) == 18


def test_a_merged_group_ends_where_it_is_merged() -> None:
    rows: list[list[Any]] = [["Nhóm", None, None], ["A", "B", "Khác"], [1, 2, 3]]
    fields = [field("a", "Nhóm A"), field("b", "Nhóm B"), field("other", "Khác")]
    table = find_table(Sheet("a", rows, [Span(1, 1, 1, 2)]), fields)
    assert table is not None
    assert table.columns == {1: "a", 2: "b", 3: "other"}


def test_a_group_without_merged_cells_stands_above_all_its_columns(read: Read) -> None:
    sheet = district_book().worksheets[0]
    lines = [";".join("" if cell is None else str(cell) for cell in row) for row in sheet.values]
    reading = read("\n".join(lines).encode(), "huyen.csv", "districts", JUNE)
    assert len(table_of(reading).columns) == 18
    assert reading.state == "read"


def test_a_row_that_numbers_the_columns_is_no_data(read: Read) -> None:
    rows = [*STAMP, list(LIST_HEADER), ["A", "B", "1", "2", "3"], ["1.1", "x", "hồ sơ", 12, None]]
    assert table_of(read(saved(workbook(rows)))).first_row == 7


@pytest.mark.parametrize(
    "row",
    [
        ["1", 2, 3, 4, None],
        ["A", 1, 2, None, None],
        ["A", "B", "1", "2", "4"],
        ["A", "C", "1", "2", "3"],
        ["B", "C", "1", "2", "3"],
        ["1", "2", "3", "4", "6"],
        [None, "A", "1", "2", "3"],
    ],
)
def test_a_row_that_leaves_a_column_or_a_number_out_is_data(read: Read, row: list[Any]) -> None:
    rows = [*STAMP, list(LIST_HEADER), row, ["1.1", "x", "hồ sơ", 12, None]]
    assert table_of(read(saved(workbook(rows)))).first_row == 6


@pytest.mark.parametrize(
    "row", [["1", "2", "3", "4", "5"], ["A", "B", "C", 1, 2], ["(A)", "(B)", "(1)", "(2)", "(3)"]]
)
def test_official_forms_number_every_column(read: Read, row: list[Any]) -> None:
    rows = [*STAMP, list(LIST_HEADER), row, ["1.1", "x", "hồ sơ", 12, None]]
    assert table_of(read(saved(workbook(rows)))).first_row == 7


def test_a_program_numbers_no_columns() -> None:
    labels = {"service": "Dịch vụ", "users": "Khách hàng", "value": "Giá trị"}
    rows: list[list[Any]] = [list(labels.values()), ["1", 2, 3], ["2", 3, 4]]
    fields = [field(code, label) for code, label in labels.items()]
    table = find_table(Sheet("JSON", rows, is_payload=True), fields)
    assert table is not None
    assert (table.first_row, table.last_row) == (2, 3)


def test_labels_match_whatever_the_tone_placement_case_and_blanks() -> None:
    sheet = Sheet("a", [["THUỶ  SẢN\n khai thác"], [1]])
    table = find_table(sheet, [field("fish", "Thủy sản khai thác")])
    assert table is not None
    assert table.columns == {1: "fish"}


@pytest.mark.parametrize("label", ["Thuy san khai thac", "Thủy sản"])
def test_other_words_do_not_match(label: str) -> None:
    assert find_table(Sheet("a", [["Thủy sản khai thác"], [1]]), [field("fish", label)]) is None


def test_missing_and_unknown_columns_are_listed(read: Read) -> None:
    header = ["Mã số", "Chỉ tiêu", "Đơn vị tính", "Số lượng", "Ghi chú"]
    reading = read(saved(workbook([*STAMP, *list_rows([("1.1", 12)], header)])))
    assert reading.state == "refused"
    assert rules(reading) == [("missing_columns", "A5"), ("unknown_column", "D5")]
    missing, _ = reading.findings
    assert "“Số liệu”" in missing.message_vi
    assert missing.found == "“Số lượng”"
    assert missing.sheet_name == "Biểu"


def test_a_column_that_is_no_field_is_told_and_does_not_refuse(read: Read) -> None:
    rows = [[*row, extra] for row, extra in zip(list_rows([("1.1", 12)]), ["Tỷ lệ", 5], strict=True)]
    reading = read(saved(workbook([*STAMP, *rows])))
    assert reading.state == "read"
    assert rules(reading) == [("unknown_column", "F5")]


def test_a_header_without_anything_below_is_no_drift(read: Read) -> None:
    rows = [[*row, extra] for row, extra in zip(list_rows([("1.1", 12)]), ["Tỷ lệ", None], strict=True)]
    assert not read(saved(workbook([*STAMP, *rows]))).findings


def test_two_columns_of_one_name_are_refused(read: Read) -> None:
    rows = [[*row, extra] for row, extra in zip(list_rows([("1.1", 12)]), ["Số liệu", 5], strict=True)]
    reading = read(saved(workbook([*STAMP, *rows])))
    assert (reading.state, rules(reading)) == ("refused", [("doubled_columns", "A5")])


def test_no_table_at_all_names_the_columns_to_have(read: Read) -> None:
    reading = read(saved(workbook([*STAMP, ["Kính gửi"], ["xin báo cáo"]])))
    assert rules(reading) == [("no_table", None)]
    assert "“Số liệu”" in reading.findings[0].action_vi


def test_a_table_without_rows_is_refused(read: Read) -> None:
    assert rules(read(saved(workbook([*STAMP, list(LIST_HEADER)])))) == [("no_rows", "A6")]


def test_formulas_without_value_are_refused_with_their_cells(read: Read) -> None:
    reading = read(saved(workbook([*STAMP, *list_rows([("1.1", "=5+5"), ("1.2", 3), ("1", "=D6+D7")])])))
    assert reading.state == "refused"
    assert rules(reading) == [("formula_without_value", "D6"), ("formula_without_value", "D8")]


def test_hidden_rows_and_merged_figures_are_told(read: Read) -> None:
    book = workbook([*STAMP, *list_rows([("1.1", 1), ("1.2", 2), ("1.3", 3)])])
    book.worksheets[0].row_dimensions[6].hidden = True
    book.worksheets[0].merge_cells("D7:D8")
    reading = read(saved(book))
    assert reading.state == "read"
    assert rules(reading) == [("merged_cells", "D7"), ("hidden_rows", "A6")]


def test_the_sheet_with_the_table_is_taken(read: Read) -> None:
    book = workbook([*STAMP, ["Hướng dẫn"]], "Bìa")
    sheet = book.create_sheet("Số liệu")
    for row in list_rows([("1.1", 12)]):
        sheet.append(row)
    reading = read(saved(book))
    assert reading.sheet is not None
    assert (reading.state, reading.sheet.name) == ("read", "Số liệu")


def test_a_json_list_becomes_a_sheet(read: Read) -> None:
    rows = [{"item": "1.1", "value": 12}, {"item": "1.2", "value": 3.50}]
    body = json.dumps({"form": "HS-01", "unit": 14758, "period": "2025-M07", "rows": rows})
    reading = read(body.encode(), "7.json", "so-y-te-khong-co")
    assert (reading.state, reading.claim.claimed_by, reading.reader) == ("read", "payload", "json")
    assert table_of(reading).columns == {1: "item_code", 2: "value"}
    assert reading.sheet is not None
    assert reading.sheet.rows[1] == ["1.1", 12]


def test_a_json_table_is_keyed_by_field_codes(read: Read, registry: Registry) -> None:
    fields = [row for row in registry.form_fields if row.form_code == "TT-01"]
    rows: list[dict[str, Any]] = [{row.field_code: 5 for row in fields} | {"service": "water", "bonus": 1}]
    body = {"form": "TT-01", "version": 1, "unit": "so-cong-thuong", "period": "2025-Q2", "rows": rows}
    reading = read(json.dumps(body).encode(), "7.json")
    assert set(table_of(reading).columns.values()) == {row.field_code for row in fields}
    assert [(finding.rule_id, finding.found) for finding in reading.findings] == [("unknown_column", "bonus")]


def test_figures_that_may_be_left_out_are_missed_aloud() -> None:
    fields = [field("unit", "Cơ quan", FieldRole.UNIT_NAME), field("sum", "Tổng số", required=False)]
    table = find_table(Sheet("a", [["Cơ quan"], ["Hà Nội"]]), fields)
    assert table is not None
    assert (table.missing, table.absent) == ([], ["Tổng số"])


def test_a_header_far_down_below_other_tables_is_found() -> None:
    above: list[list[Any]] = [["Ngành", "Số dự án"], *([f"Ngành {number}", number] for number in range(150))]
    sheet = Sheet("a", [*above, ["Địa phương", "Số dự án"], ["Thanh Hóa", 17]])
    table = find_table(sheet, [field("place", "Địa phương"), field("projects", "Số dự án")])
    assert table is not None
    assert (table.header_row, table.missing) == (152, [])


def test_a_label_over_columns_that_each_row_merges_is_one_column() -> None:
    rows: list[list[Any]] = [["Hình thức", None, "Số dự án"], ["Liên doanh", None, 6], ["Khác", None, 1]]
    merged = [Span(row, row, 1, 2) for row in (1, 2, 3)]
    table = find_table(Sheet("a", rows, merged), [field("kind", "Hình thức"), field("projects", "Số dự án")])
    assert table is not None
    assert (table.columns, table.doubled) == ({1: "kind", 3: "projects"}, [])


def test_a_label_over_columns_that_rows_keep_apart_stays_doubled() -> None:
    rows: list[list[Any]] = [["Hình thức", None, "Số dự án"], ["Liên doanh", "Khác", 6]]
    sheet = Sheet("a", rows, [Span(1, 1, 1, 2)])
    table = find_table(sheet, [field("kind", "Hình thức"), field("projects", "Số dự án")])
    assert table is not None
    assert table.doubled == ["Hình thức"]


@pytest.mark.skipif(not REAL.is_file(), reason="the real workbooks lie beside the repository")
def test_the_workbook_of_2003_is_found_by_its_registry() -> None:
    folder: Path = PROJECT / "examples/investment_monitoring_2003/registry"
    fields = [row for row in load_registry(folder).form_fields if row.form_code == "GSDT"]
    sheet = read_xls(REAL.read_bytes()).sheets[0]
    table = find_table(sheet, fields)
    assert table is not None
    assert (table.header_row, table.first_row, table.last_row) == (3, 8, 81)
    assert list(table.columns) == list(range(1, 15))
    assert not table.missing
    assert not table.absent
    assert sheet.cell(18, 2) == "Long An"
    assert [sheet.cell(63, column) for column in (2, 3, 6)] == ["Tổng cộng", 4160, 3247]
    title = sheet.cell(1, 2)
    assert isinstance(title, str)
    assert title.startswith("PHỤ LỤC: TỔNG HỢP TÌNH HÌNH GIÁM SÁT, ĐÁNH GIÁ DỰ ÁN ĐẦU TƯ 9 THÁNG/2003")
