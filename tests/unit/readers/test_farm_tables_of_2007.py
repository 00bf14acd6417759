"""The blank tables of 2009-KTTrangTrai_2007.xls: each header is found by registry rows, two tables in one sheet, too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpi_reporting.readers.sheet import Sheet
from kpi_reporting.readers.structure import find_table
from kpi_reporting.readers.xls import read_xls
from kpi_reporting.registry import Registry, load_registry
from tests.workbooks import PROJECT

FOLDER = Path(os.environ.get("KPI_REAL_WORKBOOKS", PROJECT.parent / "shared" / "data" / "real"))
WORKBOOK = FOLDER / "2009-KTTrangTrai_2007.xls"

# Form: its sheet, the row of its header, the first row below, how many columns.
TABLES = {
    "TT-HD": ("HoatDong_07", 3, 4, 8), "TT-LH": ("LoaiHinh_07", 2, 3, 8), "TT-CAY": ("DTBDphu_07", 2, 3, 3),
    "TT-VN": ("DTBDphu_07", 24, 25, 3), "TT-SO": ("CCDat_07", 2, 3, 3), "TT-DAT": ("CCDat_07", 13, 14, 3),
    "TT-TL": ("TLieu_07", 2, 3, 3), "TT-TC": ("TLieu_07", 15, 16, 3), "TT-BD": ("LHinh_BDophu", 3, 4, 7),
}  # fmt: skip


@pytest.fixture(scope="module")
def sheets() -> dict[str, Sheet]:
    if not WORKBOOK.is_file():
        pytest.skip(f"{WORKBOOK.name} is not in {FOLDER}; KPI_REAL_WORKBOOKS names the folder it lies in")
    document = read_xls(WORKBOOK.read_bytes(), legacy_text=True)
    return {sheet.name: sheet for sheet in document.sheets}


@pytest.fixture(scope="module")
def rows() -> Registry:
    return load_registry(PROJECT / "tests" / "registry" / "real_workbooks" / "registry")


@pytest.mark.parametrize("form", TABLES)
def test_a_header_is_found_with_all_its_columns(sheets: dict[str, Sheet], rows: Registry, form: str) -> None:
    name, header_row, first_row, columns = TABLES[form]
    table = find_table(sheets[name], [row for row in rows.form_fields if row.form_code == form])
    assert table is not None
    assert (table.header_row, table.first_row, len(table.columns)) == (header_row, first_row, columns)
    assert (table.missing, table.absent, table.doubled, table.unknown) == ([], [], [], {})


def test_the_template_holds_no_figure(sheets: dict[str, Sheet]) -> None:
    sheet = sheets["HoatDong_07"]
    assert [sheet.cell(row, 2) for row in (4, 14, 15)] == ["H. Định Quán", "TX. Long Khánh", "Tổng"]
    assert all(sheet.cell(row, column) is None for row in range(4, 16) for column in range(3, 9))
