"""Forms whose figures stand in single cells: each under a name of the workbook, or right of a text."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from openpyxl import load_workbook
from openpyxl.workbook.defined_name import DefinedName

from kpi_reporting.registry.models import FieldRole, FormField
from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.field_maps import Rows, as_csv, named, named_in_ods, named_in_xls, one_sheet
from tests.corpus.making import computed
from tests.corpus.several_sheets import JUNE_ROWS, sheets
from tests.workbooks import saved, stamp

CELLS = {"layout": "cells"}
STAMP = stamp("HS-01", "14758", "2025-M07")


def field(code: str, label: str, indicator: str, **said: Any) -> FormField:
    known = {"form_code": "HS-01", "form_version": 1, "field_code": code, "role": FieldRole.INDICATOR}
    return FormField(**{**known, "label": label, "indicator_code": indicator, "required": True, **said})


TEXTS = (
    field("received", "Tổng số hồ sơ tiếp nhận", "dossiers.received_total"),
    field("online", "Trong đó: trực tuyến", "dossiers.received_online"),
    FormField(
        form_code="HS-01", form_version=1, field_code="remark", role=FieldRole.NOTE, label="Ghi chú", required=False
    ),
)  # fmt: skip
NAMES = (
    field("received", "=Tiep_nhan", "dossiers.received_total"),
    field("online", "=Truc_tuyen", "dossiers.received_online"),
)
MONEY = (
    field("received", "=Tiep_nhan", "dossiers.received_total"),
    field("sales", "=Truc_tuyen", "digital_economy.grdp"),
)

# Two blocks: the figures of a text form stand right of their labels, those of a named form anywhere.
ROWS = [*STAMP, [], ["TÌNH HÌNH HỒ SƠ"], ["Tổng số hồ sơ tiếp nhận:", 60, None, "Trong đó: trực tuyến", 12],
        ["Ghi chú", "đã đối soát"]]  # fmt: skip
PLACES = {"Tiep_nhan": "Biểu!$B$7", "Truc_tuyen": "Biểu!$E$7"}


def with_figures(received: Any, online: Any) -> Rows:
    return [
        *STAMP,
        [],
        ["TÌNH HÌNH HỒ SƠ"],
        ["Tổng số hồ sơ tiếp nhận", received],
        ["Trong đó: trực tuyến", online],
    ]


def changed(
    rows: Rows, *, merge: tuple[str, ...] = (), names: Mapping[str, str] = PLACES, hide: int = 0
) -> bytes:
    book = load_workbook(io.BytesIO(one_sheet(rows)))
    sheet = book.worksheets[0]
    for name, place in names.items():
        book.defined_names[name] = DefinedName(name, attr_text=place)
    for area in merge:
        sheet.merge_cells(area)
    if hide:
        sheet.row_dimensions[hide].hidden = True
    return saved(book)


def payload(*rows: Mapping[str, Any]) -> bytes:
    return json.dumps(
        {"form": "HS-01", "version": 1, "unit": "14758", "period": "2025-M07", "rows": rows}
    ).encode()


def summing(formula: str) -> bytes:
    """Rows 7 to 9 are parts, row 10 their total, which alone has a name."""
    parts = [[f"Phần {number}", number] for number in (1, 2, 3)]
    rows = [*STAMP, [], ["TÌNH HÌNH HỒ SƠ"], *parts, ["Cộng", formula], ["Trực tuyến", 2]]
    names = {"Tiep_nhan": "Biểu!$B$10", "Truc_tuyen": "Biểu!$B$11"}
    book = load_workbook(io.BytesIO(named(rows, names)))
    return computed(book, {"B10": 3})


def texts(name: str, data: bytes, *found: str, **said: object) -> FaultyFile:
    return faulty(name, lambda: data, *found, **{"form": CELLS, "instead": TEXTS, **said})


def names(name: str, data: bytes, *found: str, **said: object) -> FaultyFile:
    return faulty(name, lambda: data, *found, **{"form": CELLS, "instead": NAMES, **said})


def measured(name: str, row: list[Any], *found: str, above: str = "", **said: object) -> FaultyFile:
    """Row 7 holds a figure that is no money in B and one that is in E."""
    rows = [*STAMP, [], [above or None], row]
    return faulty(name, lambda: named(rows, PLACES), *found, **{"form": CELLS, "instead": MONEY, **said})


NOT_FOUND, TWICE = "!cell_not_found", "!cell_found_twice"
FILES: list[FaultyFile] = [
    texts("figures in single cells", one_sheet(ROWS)),
    texts("figures in single cells of CSV", as_csv(ROWS), file_name="a.csv"),
    texts("figures right of merged labels",
          changed([*STAMP, [], [], ["Tổng số hồ sơ tiếp nhận", None, None, 60], ["Trong đó: trực tuyến", 12]],
                  merge=("A7:C7",))),
    texts("single cells without one of them", one_sheet(ROWS[:-2]), NOT_FOUND),
    texts("single cells without one that may be left out", one_sheet([*STAMP, [], ["Tổng số hồ sơ tiếp nhận", 60]]),
          "cell_absent", optional=("online",)),
    texts("a stamp of single cells alone", one_sheet(STAMP), NOT_FOUND),
    texts("a label that stands twice", one_sheet([*ROWS, ["Trong đó: trực tuyến", 5]]), f"{TWICE}@B9"),
    texts("a copy of single cells on another sheet", sheets(Biểu=ROWS, Nháp=ROWS[5:]), "!several_forms_in_one_file"),
    texts("single cells beside another month's", sheets(Biểu=ROWS, T6=JUNE_ROWS), "!several_forms_in_one_file"),
    texts("a draft of single cells on another sheet than the form's", sheets(Nháp=ROWS[5:], Biểu=ROWS),
          form=CELLS | {"sheet": "Biểu"}),
    texts("single cells below their anchor alone", one_sheet([*ROWS, ["Biểu 2"], *with_figures(9, 8)[6:]]),
          form=CELLS | {"anchor": "Biểu 2"}),
    texts("single cells above what ends them", one_sheet([*ROWS, ["Biểu 2"], *with_figures(9, 8)[6:]]),
          form=CELLS | {"end_anchor": "Biểu 2"}),
    texts("words in a single cell", one_sheet(with_figures("chưa có", 12))),
    texts("a number as text in a single cell", one_sheet(with_figures("1.234", 12)), "number_as_text@B7"),
    texts("a date in a single cell", one_sheet(with_figures(60, "12/03/2025")), "date_in_figure@B8"),
    texts("a single cell that acts", one_sheet(with_figures(60, "@SUM(A1)")), "formula_as_text@B8"),
    texts("single cells whose comma split a figure", as_csv([*STAMP, [], *with_figures("1,250", 12)[6:]]),
          "!figure_split_by_comma@B6", file_name="a.csv"),
    texts("single cells of another month's title",
          one_sheet([*STAMP, [], ["BÁO CÁO THÁNG 6 NĂM 2025"], *ROWS[6:]]), "title_of_other_period@A6"),
    texts("nothing filed and single cells empty",
          one_sheet([*STAMP, ["Không phát sinh", "x"], *with_figures(None, None)[5:]])),
    texts("nothing filed beside a figure in a single cell",
          one_sheet([*STAMP, ["Không phát sinh", "x"], *with_figures(None, 3)[5:]]), "!figure_despite_nil@B8"),
    texts("a hidden row of single cells", changed(ROWS, hide=7), "hidden_rows@A7"),
    texts("another version of single cells", one_sheet([["Mã biểu", "HS-01"], ["Phiên bản", 2], *STAMP[2:], [],
          ["Tổng số hồ sơ tiếp nhận", 60]]), "!unknown_version", "!version_difference"),
    names("figures in named cells", named(ROWS, PLACES)),
    names("figures in named cells of an ODS",
          named_in_ods(ROWS, {"Tiep_nhan": "$Biểu.$B$7", "Truc_tuyen": "$Biểu.$E$7"}), file_name="a.ods"),
    names("figures in named cells of an old workbook",
          named_in_xls([*STAMP, [60, "hồ sơ"], [12, "trực tuyến"]], {"Tiep_nhan": 5, "TRUC_TUYEN": 6}), file_name="a.xls"),
    names("a named cell below all rows", named(ROWS, PLACES | {"Truc_tuyen": "Biểu!$E$300"})),
    names("a name for a merged cell", changed(ROWS, merge=("B7:C8",), names=PLACES | {"Tiep_nhan": "Biểu!$B$7:$C$8"})),
    names("a name for the hidden part of a merged cell",
          changed(ROWS, merge=("B7:C8",), names=PLACES | {"Tiep_nhan": "Biểu!$C$8"})),
    names("a name for a range with one figure", named(ROWS, PLACES | {"Tiep_nhan": "Biểu!$B$7:$C$7"})),
    names("a name for a range of figures", named(ROWS, PLACES | {"Tiep_nhan": "Biểu!$B$7:$E$7"}),
          "!cell_of_two_figures@E7", "!figure_in_several_cells@B7"),
    names("a name for a range whose figure is not the first", named(ROWS, PLACES | {"Tiep_nhan": "Biểu!$C$7:$D$7"}),
          "!figure_in_several_cells@C7"),
    names("two names for one cell", named(ROWS, PLACES | {"Truc_tuyen": "Biểu!$B$7"}), "!cell_of_two_figures@B7"),
    names("named cells without one of the names", named(ROWS, {"Tiep_nhan": "Biểu!$B$7"}), NOT_FOUND),
    names("named cells asked of CSV", as_csv(ROWS), NOT_FOUND, file_name="a.csv"),
    names("named cells on two sheets",
          named(ROWS, PLACES | {"Truc_tuyen": "Nháp!$A$1"}, Nháp=[[5]]), NOT_FOUND),
    names("an error in a named cell", computed(load_workbook(io.BytesIO(named(with_figures("=1/0", 12),
          {"Tiep_nhan": "Biểu!$B$7", "Truc_tuyen": "Biểu!$B$8"}))), {"B7": "#DIV/0!"}), "error_cell@B7"),
    names("a named cell whose formula was never computed",
          named(with_figures("=1+1", 12), {"Tiep_nhan": "Biểu!$B$7", "Truc_tuyen": "Biểu!$B$8"}),
          "!formula_without_value@B7"),
    names("a named total that misses its last part", summing("=SUM(B7:B8)"), "short_sum@B10"),
    names("a named total of all its parts", summing("=SUM(B7:B9)")),
    names("single cells sent in one row", payload({"received": 60, "online": 12}), file_name="a.json"),
    names("single cells sent in two rows", payload({"received": 60}, {"online": 12}), "!more_than_one_row@A3",
          file_name="a.json"),
    names("single cells sent without one of them", payload({"received": 60}), "!missing_columns@A1",
          file_name="a.json"),
    names("single cells sent with one nobody knows", payload({"received": 60, "online": 12, "other": 1}),
          "unknown_column@C1", file_name="a.json"),
    measured("named money in its measure", ["Hồ sơ", 60, "GRDP", "tỷ đồng", 12]),
    measured("named money in another measure", ["Hồ sơ", 60, "GRDP", "triệu đồng", 12], "!other_unit_of_measure@D7"),
    measured("a measure of money behind a figure that is none", ["Hồ sơ", 60, "(tỷ đồng)", "GRDP", 12],
             "!other_unit_of_measure@C7", instead=NAMES),
    measured("a measure above single cells", ["Hồ sơ", 60, None, "GRDP", 12], above="Đơn vị tính: hồ sơ, tỷ đồng"),
    measured("another measure above single cells", ["Hồ sơ", 60, None, "GRDP", 12], "!other_unit_of_measure@A6",
             above="Đơn vị tính: triệu đồng"),
]  # fmt: skip
