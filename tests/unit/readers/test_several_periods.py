"""A file with rows of several periods is a filing for each; of a period's filing only its own rows are read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kpi_reporting.readers.limits import DEFAULTS, Limits
from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry
from tests.corpus.identities import SERVICES
from tests.corpus.row_periods import PERIODS, untimed
from tests.unit.readers.conftest import RECEIVED
from tests.workbooks import saved, stamp, workbook

HEADER = ["Quý", *SERVICES]
SAID = [["Mã biểu", "TT-01"], ["Mã đơn vị", "so-cong-thuong"]]


@pytest.fixture
def timed(registry: Registry) -> Registry:
    """The registry with a column of periods in the form of payments."""
    return replace(registry, form_fields=(*registry.form_fields, *PERIODS))


def read(
    registry: Registry,
    data: bytes,
    period_code: str | None = None,
    file_name: str = "a.xlsx",
    limits: Limits = DEFAULTS,
) -> Reading:
    submission = Submission(1, "departments", file_name, RECEIVED, "", "", part_period_code=period_code)
    return read_submission(registry, submission, data, limits)


def parts(reading: Reading) -> list[tuple[str, str | None]]:
    return [(part.place, part.period_code) for part in reading.parts]


def rules(reading: Reading) -> set[tuple[str, str | None]]:
    return {(one.rule_id, one.cell) for one in reading.findings}


def filled_rows(reading: Reading) -> list[int]:
    assert reading.sheet is not None
    assert reading.table is not None
    return [
        number
        for number, row in enumerate(reading.sheet.rows, 1)
        if number >= reading.table.first_row and any(cell is not None for cell in row)
    ]


def test_each_period_is_a_part_in_the_order_of_the_file(timed: Registry) -> None:
    reading = read(timed, untimed("II/2025", "I/2025", "II/2025"))
    assert (reading.state, reading.reader) == ("unpacked", "xlsx")
    assert parts(reading) == [("2025-Q2", "2025-Q2"), ("2025-Q1", "2025-Q1")]
    assert reading.form_code == "TT-01"
    assert all(part.data is None for part in reading.parts)


def test_of_a_part_only_its_own_rows_are_read_under_their_own_numbers(timed: Registry) -> None:
    data = untimed("II/2025", "I/2025", "II/2025")
    second, first = (read(timed, data, code) for code in ("2025-Q2", "2025-Q1"))
    assert [(one.state, one.period_code) for one in (second, first)] == [
        ("read", "2025-Q2"),
        ("read", "2025-Q1"),
    ]
    assert (filled_rows(second), filled_rows(first)) == ([6, 8], [7])


def test_what_is_wrong_in_one_period_is_no_fault_of_another(timed: Registry) -> None:
    rows = [["I/2025", "Điện", "=1+1", *[1] * 5], ["II/2025", "Điện", *[1] * 6]]
    data = saved(workbook([*SAID, [], HEADER, *rows]))
    assert read(timed, data).state == "unpacked"
    assert not read(timed, data, "2025-Q2").findings
    assert ("formula_without_value", "C5") in rules(read(timed, data, "2025-Q1"))


def test_a_period_that_has_not_ended_is_refused_alone(timed: Registry) -> None:
    data = untimed("II/2025", "III/2025")
    assert len(read(timed, data).parts) == 2
    assert rules(read(timed, data, "2025-Q3")) == {("period_not_ended", None)}
    assert read(timed, data, "2025-Q2").state == "read"


def test_a_merged_cell_says_its_period_for_each_of_its_rows(timed: Registry) -> None:
    book = workbook([*SAID, [], HEADER])
    for said, service in (("I/2025", "Điện"), (None, "Nước"), ("II/2025", "Điện"), (None, "Nước")):
        book.worksheets[0].append([said, service, *[1] * 6])
    for first in (5, 7):
        book.worksheets[0].merge_cells(start_row=first, end_row=first + 1, start_column=1, end_column=1)
    data = saved(book)
    assert parts(read(timed, data)) == [("2025-Q1", "2025-Q1"), ("2025-Q2", "2025-Q2")]
    assert filled_rows(read(timed, data, "2025-Q2")) == [7, 8]


def test_a_merged_cell_of_another_period_refuses_each_of_its_rows(timed: Registry) -> None:
    book = workbook([*stamp("TT-01", "so-cong-thuong", "2025-Q2"), [], HEADER])
    for said, service in (("II/2025", "Điện"), ("I/2025", "Nước"), (None, "Viễn thông")):
        book.worksheets[0].append([said, service, *[1] * 6])
    book.worksheets[0].merge_cells("A8:A9")
    told = rules(read(timed, saved(book)))
    assert {("row_of_other_period", "A8"), ("row_of_other_period", "A9")} <= told


def test_a_row_without_figures_stays_with_the_period_it_names(timed: Registry) -> None:
    rows: list[list[Any]] = [["I/2025", "Điện"], ["II/2025", "Điện", *[1] * 6], ["I/2025", "Nước", *[1] * 6]]
    data = saved(workbook([*SAID, [], HEADER, *rows]))
    assert filled_rows(read(timed, data, "2025-Q2")) == [6]
    assert filled_rows(read(timed, data, "2025-Q1")) == [5, 7]


@pytest.mark.parametrize("name", ["TT-01_v1_so-cong-thuong_2025-Q2.xlsx", "a.xlsx"])
def test_a_file_that_says_its_period_is_never_taken_apart(timed: Registry, name: str) -> None:
    said = [] if name.startswith("TT") else [["Kỳ báo cáo", "2025-Q2"]]
    rows = [["I/2025", "Điện", *[1] * 6], ["II/2025", "Điện", *[1] * 6]]
    reading = read(timed, saved(workbook([*SAID, *said, [], HEADER, *rows])), file_name=name)
    assert reading.state == "refused"
    assert {rule for rule, _ in rules(reading)} == {"row_of_other_period"}


def test_a_cut_off_file_is_refused_as_a_whole(timed: Registry) -> None:
    header = ",".join(HEADER)
    text = f"Mã biểu,TT-01\nMã đơn vị,so-cong-thuong\n{header}\nI/2025,Điện,1,1,1,1,1,1\nII/2025,Điện,1,1"
    assert "last_row_cut_off" in {rule for rule, _ in rules(read(timed, text.encode(), file_name="a.csv"))}
    whole = f"{text},1,1,1,1\n"
    assert read(timed, whole.encode(), file_name="a.csv").state == "unpacked"


def test_more_periods_than_the_limit_are_refused(timed: Registry) -> None:
    data = untimed(*(f"{quarter}/{year}" for year in (2023, 2024) for quarter in ("I", "II", "III")))
    assert read(timed, data).state == "unpacked"
    few = replace(DEFAULTS, parts=5)
    assert rules(read(timed, data, limits=few)) == {("file_too_large", None)}


def test_rows_of_a_payload_are_taken_apart_as_well(timed: Registry) -> None:
    row = (
        '{"quarter": "%s", "service": "Điện", "customers": 1, "customers_total": 1, "transactions": 1, '
        '"transactions_total": 1, "value": 1, "value_total": 1}'
    )
    rows = ", ".join(row % code for code in ("2025-Q1", "2025-Q2"))
    data = f'{{"form": "TT-01", "unit": "so-cong-thuong", "rows": [{rows}]}}'.encode()
    reading = read(timed, data, file_name="a.json")
    assert (reading.reader, parts(reading)) == ("json", [("2025-Q1", "2025-Q1"), ("2025-Q2", "2025-Q2")])
    assert read(timed, data, "2025-Q1", "a.json").state == "read"


def test_a_form_without_a_column_of_periods_says_none(registry: Registry) -> None:
    assert rules(read(registry, untimed("I/2025", "II/2025"))) >= {("no_period", None)}


def test_a_version_without_the_column_reads_no_row_of_another_period(timed: Registry) -> None:
    """The first version of a form asks for no period, the second, from April 2025 on, does."""
    first, second = (
        next(one for one in timed.forms if one.form_code == "TT-01").model_copy(update=changes)
        for changes in (
            {"valid_to": RECEIVED.date().replace(month=4, day=14)},
            {"form_version": 2, "valid_from": RECEIVED.date().replace(month=4, day=15)},
        )
    )
    forms = (*(one for one in timed.forms if one.form_code != "TT-01"), first, second)
    plain = [one for one in timed.form_fields if one.form_code == "TT-01" and one not in PERIODS]
    fields = [one for one in timed.form_fields if one not in PERIODS]
    newer = [one.model_copy(update={"form_version": 2}) for one in (*plain, *PERIODS)]
    changed = replace(timed, forms=forms, form_fields=(*fields, *newer))
    unversioned = saved(
        workbook([*SAID, [], HEADER, *([code, "Điện", *[1] * 6] for code in ("IV/2024", "II/2025"))])
    )
    assert len(read(changed, unversioned).parts) == 2
    assert read(changed, unversioned, "2025-Q2").state == "read"
    refused = read(changed, unversioned, "2024-Q4")
    assert refused.state == "refused"
    assert ("row_period_unknown", None) in rules(refused)
