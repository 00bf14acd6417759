"""Which sheet of a workbook is read, and what is said when there is more than one."""

from __future__ import annotations

from collections.abc import Callable

from kpi_reporting.readers.submissions import Reading
from tests.corpus.several_sheets import (
    COVER,
    FULL,
    GUIDE,
    JULY_ROWS,
    JUNE_ROWS,
    NIL,
    STAMP,
    TABLE,
    UNITS,
    sheets,
)
from tests.workbooks import stamp

Read = Callable[..., Reading]


def rules(reading: Reading) -> list[str]:
    return [finding.rule_id for finding in reading.findings]


def name_of(reading: Reading) -> str:
    assert reading.sheet is not None
    return reading.sheet.name


def test_the_table_of_another_stamp_is_never_taken(read: Read) -> None:
    reading = read(sheets(T7=JULY_ROWS, T6=JUNE_ROWS))
    assert (reading.state, reading.sheet, rules(reading)) == ("refused", None, ["several_forms_in_one_file"])
    (finding,) = reading.findings
    assert "“T7” (HS-01, 14758, 2025-M07), “T6” (HS-01, 14758, 2025-M06)" in finding.message_vi
    assert finding.sheet_name == "T6"
    assert "xóa trang nháp" in finding.action_vi


def test_a_draft_without_a_stamp_is_named_beside_the_form(read: Read) -> None:
    (finding,) = read(sheets(Nháp=TABLE, Biểu=FULL)).findings
    assert finding.found == "“Nháp”, “Biểu”"


def test_the_sheet_that_is_the_form_is_taken_wherever_it_stands(read: Read) -> None:
    for others in ({"Bìa": STAMP}, {"Bìa": COVER}, {"HD": GUIDE}):
        reading = read(sheets(**others, Biểu=FULL))
        assert (reading.state, name_of(reading)) == ("read", "Biểu")
    assert name_of(read(sheets(Biểu=FULL, ĐV=UNITS))) == "Biểu"


def test_a_table_without_figures_gives_way_to_the_one_with_figures(read: Read) -> None:
    empty = [TABLE[0], ["1", "Tổng số", "hồ sơ", None, None]]
    assert name_of(read(sheets(Bìa=STAMP, Mẫu=empty, Biểu=TABLE))) == "Biểu"


def test_another_version_beside_it_is_a_conflict_of_its_own(read: Read) -> None:
    other = [*stamp("HS-01", "14758", "2025-M07", version=7), *TABLE]
    assert rules(read(sheets(A=FULL, B=other))) == ["several_forms_in_one_file"]
    reading = read(sheets(A=other, B=FULL))
    assert rules(reading) == ["unknown_version", "several_forms_in_one_file"]
    reading = read(sheets(A=other, B=TABLE))
    assert rules(reading) == ["unknown_version", "several_forms_in_one_file"]


def test_nil_counts_for_a_file_and_not_beside_figures(read: Read) -> None:
    assert read(sheets(Biểu=NIL, ĐV=UNITS)).state == "read"
    assert rules(read(sheets(Biểu=NIL, Nháp=FULL))) == ["several_forms_in_one_file"]
