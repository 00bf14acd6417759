"""Published workbooks of 2005 and 2006, read through registry rows alone to the figures they are known by."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.sheet import cell_text
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import load_registry
from kpi_reporting.text import match_key
from tests.workbooks import PROJECT

FOLDER = Path(os.environ.get("KPI_REAL_WORKBOOKS", PROJECT.parent / "shared" / "data" / "real"))
FDI = "2005-34448_Data_08-2005_Website.xls"
WORKBOOKS = {
    "xk-1": "2005-C6DFD_XK_01-05.xls", "xk-2": "2005-4E4ZD_XKT2.05.xls",
    "nk-1": "2005-82F5B_NK_01-05.xls", "nk-2": "2005-8A2AC_NKT2.05.xls",
    "fdi-nganh": FDI, "fdi-htdt": FDI, "fdi-nuoc": FDI, "fdi-dp": FDI,
    "cktc-21-2004": "2006-Mau21_CKTC_NSH.xls", "cktc-21-2006": "2006-Mau21_CKTC_NSH-1.xls",
}  # fmt: skip
# Both budgets say "đồng" in one cell and "1000 đồng" in another; the forms of investment stand on both sheets of theirs.
REFUSED = {
    "cktc-21-2004": ["other_unit_of_measure"], "cktc-21-2006": ["other_unit_of_measure"],
    "fdi-htdt": ["several_forms_in_one_file"],
}  # fmt: skip
RECEIVED = datetime.fromisoformat("2007-01-01T09:00:00+07:00")
TOTALS = {"projects": 5617, "registered": 48154971106, "legal": 21555956808, "realised": 25769527089}

Lines = dict[str, dict[str, Decimal]]
Figures = Callable[[str], Lines]


@pytest.fixture(scope="module")
def reading() -> Callable[[str], Reading]:
    absent = [name for name in WORKBOOKS.values() if not (FOLDER / name).is_file()]
    if absent:
        pytest.skip(f"{absent[0]} is not in {FOLDER}; KPI_REAL_WORKBOOKS names the folder it lies in")
    registry = load_registry(PROJECT / "tests" / "registry" / "real_workbooks" / "registry")

    def read(source: str) -> Reading:
        name = WORKBOOKS[source]
        submission = Submission(1, source, name, RECEIVED, "", "")
        reading = read_submission(registry, submission, (FOLDER / name).read_bytes())
        errors = [one.rule_id for one in reading.findings if one.severity == "error"]
        assert errors == REFUSED.get(source, [])
        return reading

    return read


@pytest.fixture(scope="module")
def figures(reading: Callable[[str], Reading]) -> Figures:
    def lines(source: str) -> Lines:
        found = reading(source)
        assert found.identity is not None
        named = {row.field_code for row in found.identity.fields if row.role in ("breakdown", "unit_name")}
        return lines_of(found, named.pop())

    return lines


def lines_of(reading: Reading, named: str) -> Lines:
    """Figures by the text of their line and by field, down to the first total and without lines that are subtotals."""
    assert reading.sheet is not None
    assert reading.table is not None
    found: Lines = {}
    for number in range(reading.table.first_row, reading.table.last_row + 1):
        cells = {code: reading.sheet.cell(number, col) for col, code in reading.table.columns.items()}
        if match_key("Tổng số") in {match_key(cell_text(cell)) for cell in cells.values()}:
            break
        values = {code: Decimal(repr(cell)) for code, cell in cells.items() if isinstance(cell, float)}
        values.pop("ordinal", None)
        if values and cell_text(cells.get("ordinal")) not in {"I", "II", "III"}:
            found[str(cells[named])] = values
    return found


@pytest.mark.parametrize(("source", "rows"), [("fdi-nganh", 15), ("fdi-nuoc", 71), ("fdi-dp", 65)])
def test_a_breakdown_of_investment_adds_up_exactly(figures: Figures, source: str, rows: int) -> None:
    found = figures(source)
    assert len(found) == rows
    assert {field: sum(line[field] for line in found.values()) for field in TOTALS} == TOTALS


def test_thanh_hoa_has_17_projects(figures: Figures) -> None:
    row = next(line for name, line in figures("fdi-dp").items() if match_key(name) == "thanh hóa")
    assert (row["projects"], row["registered"]) == (17, 702_692_339)


@pytest.mark.parametrize(
    ("form", "wrong"),
    [("xk", {"Sản phẩm gỗ": (85, 80, 167)}), ("nk", {"Linh kiện và phụ tùng ô-tô": (51, 45, 102)})],
)
def test_one_published_sum_is_wrong(
    figures: Figures, form: str, wrong: dict[str, tuple[int, int, int]]
) -> None:
    parts = ("month_before", "estimate", "cumulative")
    sums = {name: tuple(line.get(part, 0) for part in parts) for name, line in figures(f"{form}-2").items()}
    assert {name: one for name, one in sums.items() if one[0] + one[1] != one[2]} == wrong


RATIOS = {
    "1": {"to_last_year": ("estimate", "last_year"), "to_plan": ("estimate", "plan")},
    "2": {
        "to_month_before": ("estimate", "month_before"),
        "to_last_year": ("cumulative", "cumulative_last_year"),
        "to_plan": ("cumulative", "plan"),
    },
}


@pytest.mark.parametrize(("source", "count"), [("xk-1", 46), ("nk-1", 42), ("xk-2", 69), ("nk-2", 64)])
def test_every_percentage_reproduces(figures: Figures, source: str, count: int) -> None:
    shares = [
        abs(line[share] - 100 * line.get(above, Decimal(0)) / line[below])
        for line in figures(source).values()
        for share, (above, below) in RATIOS[source[-1]].items()
        if share in line
    ]
    assert len(shares) == count
    assert max(shares) < Decimal("1e-9")


def changed(before: Lines, after: Lines, old: str, new: str) -> tuple[int, int]:
    both = before.keys() & after.keys()
    return sum(before[line].get(old) != after[line].get(new) for line in both), len(both)


@pytest.mark.parametrize(
    ("form", "restated", "plans"), [("xk", (21, 23), (7, 23)), ("nk", (19, 20), (12, 20))]
)
def test_january_is_restated_in_february(
    figures: Figures, form: str, restated: tuple[int, int], plans: tuple[int, int]
) -> None:
    january, february = figures(f"{form}-1"), figures(f"{form}-2")
    assert changed(january, february, "estimate", "month_before") == restated
    assert changed(january, february, "plan", "plan") == plans


def test_the_twin_of_a_budget_says_other_figures_of_another_year(figures: Figures) -> None:
    settled, planned = figures("cktc-21-2004"), figures("cktc-21-2006")
    assert settled["Thu ngân sách huyện"] == {"amount": 145_518_547}
    assert planned["Thu ngân sách huyện"] == {"amount": 103_660_200}
    assert all(settled[line] != planned[line] for line in settled.keys() & planned.keys())


def test_a_form_on_two_sheets_is_not_guessed(reading: Callable[[str], Reading]) -> None:
    (finding,) = (one for one in reading("fdi-htdt").findings if one.severity == "error")
    assert (finding.rule_id, finding.found) == ("several_forms_in_one_file", "“FDI 08-2005”, “08T-2005”")
