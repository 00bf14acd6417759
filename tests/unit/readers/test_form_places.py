"""A form version that says where it stands is read there, and a sender is told what is not where it should be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry
from tests.corpus.field_maps import (
    BETWEEN,
    JULY_TITLE,
    JUNE_TITLE,
    NAMED,
    PLACES,
    SECOND,
    STACKED,
    UNTIMED,
    named,
    one_sheet,
)
from tests.corpus.several_sheets import FULL, STAMP, TABLE, sheets
from tests.unit.readers.conftest import RECEIVED


def mapped(registry: Registry, *forms: dict[str, object]) -> Registry:
    """The registry with versions of HS-01 in place of its own one."""
    (own,) = [form for form in registry.forms if form.form_code == "HS-01"]
    fields = [field for field in registry.form_fields if field.form_code == "HS-01"]
    versions = [
        own.model_copy(update={"form_version": number, **said}) for number, said in enumerate(forms, 1)
    ]
    of_versions = [
        field.model_copy(update={"form_version": version.form_version})
        for version in versions[1:]
        for field in fields
    ]
    others = [form for form in registry.forms if form != own]
    return replace(registry, forms=(*versions, *others), form_fields=(*registry.form_fields, *of_versions))


def read(registry: Registry, data: bytes, *forms: dict[str, object], name: str = "a.xlsx") -> Reading:
    return read_submission(mapped(registry, *forms), Submission(1, "communes", name, RECEIVED, "", ""), data)


def figures(reading: Reading) -> list[object]:
    sheet, table = reading.sheet, reading.table
    assert sheet is not None
    assert table is not None
    (column,) = [number for number, field_code in table.columns.items() if field_code == "value"]
    return [sheet.cell(row, column) for row in range(table.first_row, table.last_row + 1)]


def test_only_the_rows_between_the_anchors_are_the_table(registry: Registry) -> None:
    first, second = ["BẢNG 1"], {"anchor": "Bảng 2"}
    assert figures(read(registry, one_sheet(STACKED), BETWEEN)) == [60, 12]
    assert figures(read(registry, one_sheet(STACKED), second)) == [99, 98]
    assert figures(
        read(registry, one_sheet([*STAMP, first, *TABLE, [], [], ["Bảng 2"], *SECOND]), BETWEEN)
    ) == [60, 12]


def test_named_cells_are_anchors_too(registry: Registry) -> None:
    assert figures(read(registry, named(STACKED, PLACES), NAMED)) == [60, 12]
    assert figures(read(registry, named(STACKED, PLACES), {"anchor": "=bang_2"})) == [99, 98]


def test_a_named_cell_is_an_anchor_in_any_row(registry: Registry) -> None:
    rows = [*STAMP, *TABLE, *([f"dòng {number}"] for number in range(400)), *SECOND]
    place = {"Bang_1": f"'Biểu'!$A${len(rows) - 2}"}
    assert figures(read(registry, named(rows, place), {"anchor": "=Bang_1"})) == [99, 98]


def test_a_name_of_a_sheet_that_is_not_shown_is_no_anchor(registry: Registry) -> None:
    data = named(STACKED, {"Bang_1": "'Nháp'!$A$1"})
    (finding,) = read(registry, data, {"anchor": "=Bang_1"}).findings
    assert finding.rule_id == "anchor_not_found"
    assert "ô được đặt tên “Bang_1”" in finding.message_vi


def test_the_sheets_there_are_and_the_one_there_should_be_are_told(registry: Registry) -> None:
    (finding,) = read(registry, sheets(Nháp=FULL, Bìa=STAMP), {"sheet": "Biểu 1"}).findings
    assert finding.found == "“Nháp”, “Bìa”"
    assert "“Biểu 1”" in finding.message_vi
    assert "“Nháp”, “Bìa”" in finding.message_vi
    assert "Đặt tên trang chứa biểu là “Biểu 1”" in finding.action_vi


def test_the_sheet_of_the_form_is_read_and_no_other(registry: Registry) -> None:
    data = sheets(Nháp=[*STAMP, *SECOND], Biểu=TABLE)
    assert figures(read(registry, data, {"sheet": "BIỂU"})) == [60, 12]
    assert figures(read(registry, data, {"sheet": "nháp"})) == [99, 98]


@pytest.mark.parametrize(
    ("title", "anchor", "code"),
    [
        (JULY_TITLE, "*", "2025-M07"),
        (JUNE_TITLE, "*", "2025-M06"),
        (["BÁO CÁO THÁNG 6 VÀ 6 THÁNG NĂM 2025", "Tháng 6/2025"], "BÁO CÁO", "2025-M06"),
    ],
)
def test_a_period_comes_from_the_cell_the_form_names(
    registry: Registry, title: list[str], anchor: str, code: str
) -> None:
    reading = read(registry, one_sheet([title, *UNTIMED, [], *TABLE]), {"period_anchor": anchor})
    assert (reading.period_code, reading.claim.period, reading.claim.claimed_by) == (code, code, "stamp")


def test_the_period_is_read_as_the_version_says_that_holds_in_it(registry: Registry) -> None:
    old: dict[str, object] = {"valid_to": date(2025, 7, 14), "period_anchor": "Kỳ cũ"}
    new: dict[str, object] = {"valid_from": date(2025, 7, 15), "period_anchor": "Kỳ mới"}
    without_version = [*UNTIMED[:1], *UNTIMED[2:]]
    both = [["Kỳ cũ", "tháng 7/2025"], ["Kỳ mới", "tháng 6/2025"], *without_version, [], *TABLE]
    reading = read(registry, one_sheet(both), old, new)
    assert (reading.period_code, reading.form_version) == ("2025-M07", 1)
    late = read(registry, one_sheet([["Kỳ mới", "tháng 7/2025"], *without_version, [], *TABLE]), new)
    assert [finding.rule_id for finding in late.findings] == ["form_not_valid"]


def test_a_contradiction_tells_both_periods_and_the_cell(registry: Registry) -> None:
    (finding,) = read(registry, one_sheet([JUNE_TITLE, *FULL]), {"period_anchor": "*"}).findings
    assert (finding.rule_id, finding.cell, finding.found) == ("period_contradicted", "A1", JUNE_TITLE[0])
    assert "2025-M06" in finding.message_vi
    assert "2025-M07" in finding.message_vi


def test_two_periods_are_told_with_their_cells(registry: Registry) -> None:
    data = one_sheet([JULY_TITLE, JUNE_TITLE, *UNTIMED, [], *TABLE])
    (finding,) = read(registry, data, {"period_anchor": "*"}).findings
    assert "(A2 trang “Biểu”)" in finding.message_vi
    assert "(A1 trang “Biểu”)" in finding.message_vi
