"""A workbook with different forms on its sheets is a filing for each; of a sheet's filing the other forms are not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from kpi_reporting.readers.limits import DEFAULTS, Limits
from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry
from tests.corpus.identities import SERVICES
from tests.corpus.ods import packed, table
from tests.corpus.row_periods import PERIODS
from tests.corpus.several_sheets import INSPECTED, RATED, Rows, of_quarter, old_sheets, sheets
from tests.unit.readers.conftest import RECEIVED
from tests.workbooks import stamp

BOTH = sheets(Lòng=RATED, Kiểm=INSPECTED)


def read(
    registry: Registry,
    data: bytes,
    sheet_name: str | None = None,
    file_name: str = "a.xlsx",
    limits: Limits = DEFAULTS,
) -> Reading:
    submission = Submission(1, "departments", file_name, RECEIVED, "", "", part_sheet_name=sheet_name)
    return read_submission(registry, submission, data, limits)


def figures(reading: Reading) -> list[Any]:
    assert reading.sheet is not None
    assert reading.table is not None
    (column,) = [place for place, code in reading.table.columns.items() if code == "value"]
    return [
        reading.sheet.cell(row, column) for row in range(reading.table.first_row, reading.sheet.last_row + 1)
    ]


def rules(reading: Reading) -> list[tuple[str, str | None]]:
    return [(one.rule_id, one.sheet_name) for one in reading.findings]


@pytest.mark.parametrize(
    ("data", "file_name"),
    [
        (BOTH, "a.xlsx"),
        (old_sheets(Lòng=RATED, Kiểm=INSPECTED), "a.xls"),
        (packed(table(RATED, name="Lòng"), table(INSPECTED, name="Kiểm")), "a.ods"),
    ],
)
def test_each_form_is_a_filing_read_from_its_own_sheet(
    registry: Registry, data: bytes, file_name: str
) -> None:
    whole = read(registry, data, file_name=file_name)
    assert (whole.state, whole.sender_code, whole.form_code, whole.period_code) == (
        "unpacked",
        "so-cong-thuong",
        None,
        "2025-Q2",
    )
    assert [(part.place, part.sheet_name, part.data) for part in whole.parts] == [
        ("Lòng", "Lòng", None),
        ("Kiểm", "Kiểm", None),
    ]
    found = [read(registry, data, part.sheet_name, file_name) for part in whole.parts]
    assert [(one.state, one.form_code, figures(one), rules(one)) for one in found] == [
        ("read", "HL-01", [90, 80], []),
        ("read", "KT-01", [9, 8], []),
    ]


def test_one_form_that_cannot_be_read_keeps_no_other_from_being_read(registry: Registry) -> None:
    data = sheets(Lòng=[*RATED[:5], ["Mã số", "Chỉ tiêu"], ["1.1", "Số lượt"]], Kiểm=INSPECTED)
    assert [part.place for part in read(registry, data).parts] == ["Lòng", "Kiểm"]
    rated, inspected = (read(registry, data, name) for name in ("Lòng", "Kiểm"))
    assert (rated.state, inspected.state) == ("refused", "read")


def test_what_bears_no_stamp_is_looked_at_for_each(registry: Registry) -> None:
    draft = INSPECTED[len(INSPECTED) - 3 :]
    data = sheets(Lòng=RATED, Kiểm=INSPECTED, Nháp=draft)
    for name in ("Lòng", "Kiểm"):
        reading = read(registry, data, name)
        assert reading.state == "refused"
        assert rules(reading)[0][0] == "several_forms_in_one_file"


def test_nothing_to_report_on_one_sheet_says_nothing_of_the_others(registry: Registry) -> None:
    data = sheets(Lòng=of_quarter("HL-01", None, None, nil="x"), Kiểm=INSPECTED)
    assert [part.place for part in read(registry, data).parts] == ["Lòng", "Kiểm"]
    nil, inspected = (read(registry, data, name) for name in ("Lòng", "Kiểm"))
    assert (nil.state, nil.claim.is_nil, inspected.claim.is_nil) == ("read", True, False)
    assert figures(inspected) == [9, 8]


def test_a_form_nobody_knows_is_told_for_its_own_sheet(registry: Registry) -> None:
    data = sheets(Lạ=of_quarter("ZZ-99", 1), Kiểm=INSPECTED)
    assert [part.place for part in read(registry, data).parts] == ["Lạ", "Kiểm"]
    assert rules(read(registry, data, "Lạ"))[0][0] == "unknown_form"
    assert read(registry, data, "Kiểm").state == "read"


@pytest.mark.parametrize("part", [None, "A"])
def test_sheets_of_one_name_are_no_parts_nor_is_a_part_one_of_several(
    registry: Registry, part: str | None
) -> None:
    """Such a file would be unpacked into itself for ever."""
    reading = read(registry, packed(table(RATED, name="A"), table(INSPECTED, name="A")), part, "a.ods")
    assert (reading.state, reading.parts) == ("refused", ())
    assert rules(reading)[0][0] == "several_forms_in_one_file"


def test_a_name_that_no_database_keeps_is_that_of_its_sheet_all_the_same(registry: Registry) -> None:
    data = old_sheets(Lòng=RATED, KiXm=INSPECTED).replace(
        "KiXm".encode("utf-16-le"), "Ki\0m".encode("utf-16-le")
    )
    data = data.replace(b"KiXm", b"Ki\0m")
    (_, kept) = (part.sheet_name for part in read(registry, data, file_name="a.xls").parts)
    assert kept == "Ki\N{REPLACEMENT CHARACTER}m"
    assert figures(read(registry, data, kept, "a.xls")) == [9, 8]


def test_a_sheet_without_a_stamp_is_not_passed_over_for_its_name(registry: Registry) -> None:
    draft = INSPECTED[len(INSPECTED) - 3 :]
    data = packed(table(RATED, name="A"), table(INSPECTED, name="B"), table(draft, name="A"))
    reading = read(registry, data, "B", "a.ods")
    assert (reading.state, rules(reading)[0][0]) == ("refused", "several_forms_in_one_file")


@pytest.mark.parametrize("secret", ["HL-01", "KT-01"])
def test_a_workbook_with_a_form_of_state_secrets_is_withheld_as_a_whole(
    registry: Registry, secret: str
) -> None:
    forms = [
        form.model_copy(update={"carries_state_secrets": True}) if form.form_code == secret else form
        for form in registry.forms
    ]
    reading = read(replace(registry, forms=tuple(forms)), BOTH)
    assert (reading.state, [one.rule_id for one in reading.findings], reading.parts) == (
        "refused",
        ["state_secret"],
        (),
    )


def test_no_more_sheets_than_one_file_may_hold(registry: Registry) -> None:
    reading = read(registry, BOTH, limits=replace(DEFAULTS, parts=1))
    assert reading.findings[0].rule_id == "file_too_large"
    assert "2 biểu" in reading.findings[0].message_vi


def test_a_form_of_several_has_figures_of_one_period(registry: Registry) -> None:
    """Each filing reads the file once more: sheets times periods would keep a night busy for hours."""
    timed = replace(registry, form_fields=(*registry.form_fields, *PERIODS))
    quarters = [[quarter, "Điện", *[1] * 6] for quarter in ("I/2025", "II/2025")]
    paid = [*without_period(stamp("TT-01", "so-cong-thuong", "")), ["Quý", *SERVICES], *quarters]
    data = sheets(Lòng=without_period(RATED), Trả=paid)
    assert [part.place for part in read(timed, data).parts] == ["Lòng", "Trả"]
    reading = read(timed, data, "Trả")
    assert (reading.state, reading.parts) == ("refused", ())
    assert "2 kỳ, nhiều nhất 1" in reading.findings[0].message_vi


def without_period(rows: Rows) -> list[Sequence[Any]]:
    return [row for row in rows if row[:1] != ["Kỳ báo cáo"]]


def test_forms_whose_stamps_say_no_period_are_asked_for_it_one_by_one(registry: Registry) -> None:
    data = sheets(Lòng=without_period(RATED), Kiểm=without_period(INSPECTED))
    assert [part.place for part in read(registry, data).parts] == ["Lòng", "Kiểm"]
    assert rules(read(registry, data, "Kiểm"))[0][0] == "no_period"
