"""Forms whose version says where they stand: on a sheet, between anchors, with their period in a cell."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from struct import pack
from typing import Any

import xlwt
from openpyxl import load_workbook
from openpyxl.workbook.defined_name import DefinedName
from xlwt.BIFFRecords import BiffRecord

from tests.corpus.biff import filled, saved_old
from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.ods import packed, table
from tests.corpus.several_sheets import FULL, JUNE_ROWS, NIL, STAMP, TABLE, sheets
from tests.workbooks import list_rows, saved, workbook

Rows = Sequence[Sequence[Any]]
UNTIMED = STAMP[:3]
"""The stamp without its period."""

SECOND = list_rows([("1", 99), ("1.1", 98)])
ANCHORED = [*STAMP, [], ["BẢNG 1"], *TABLE]
STACKED = [*STAMP, [], ["Bảng 1"], *TABLE, [], ["Bảng 2"], *SECOND]
BETWEEN = {"anchor": "Bảng 1", "end_anchor": "Bảng 2"}
NAMED = {"anchor": "=Bang_1", "end_anchor": "=Bang_2"}
PLACES = {"Bang_1": "'Biểu'!$A$6", "Bang_2": "'Biểu'!$A$11:$E$13"}


def one_sheet(rows: Rows) -> bytes:
    return saved(workbook(rows))


def measured(second: str) -> Rows:
    """Two tables, each with a measure of its own; that of the first one is money."""
    first = [["Bảng 1"], ["Đơn vị tính: triệu đồng"], *TABLE]
    return [*STAMP, [], *first, ["Bảng 2", None], [f"Đơn vị tính: {second}"], *SECOND]


def named(rows: Rows, names: Mapping[str, str], **others: Rows) -> bytes:
    """A workbook with names for its cells."""
    book = load_workbook(io.BytesIO(sheets(Biểu=rows, **others)))
    for name, place in names.items():
        book.defined_names[name] = DefinedName(name, attr_text=place)
    return saved(book)


def named_in_two_sheets() -> bytes:
    """One name with a cell in each of two sheets."""
    book = load_workbook(io.BytesIO(sheets(Biểu=STACKED, Nháp=TABLE)))
    for sheet, place in zip(book.worksheets, ("'Biểu'!$A$6", "'Nháp'!$A$1"), strict=True):
        sheet.defined_names["Bang_1"] = DefinedName("Bang_1", attr_text=place)
    return saved(book)


def named_in_ods(rows: Rows, names: Mapping[str, str]) -> bytes:
    written = "".join(
        f'<table:named-range table:name="{name}" table:cell-range-address="{place}"/>'
        for name, place in names.items()
    )
    return packed(table(rows), f"<table:named-expressions>{written}</table:named-expressions>")


class _NamedBook(xlwt.Workbook):
    """An old workbook whose first sheet has names for the first cells of rows; xlwt itself knows no names."""

    def __init__(self, rows: Mapping[str, int]) -> None:
        super().__init__()
        self._rows = rows

    def _Workbook__country_rec(self) -> bytes:  # noqa: N802 - where records of names may stand
        return b"".join(
            [
                _record(0x01AE, pack("<HH", 1, 0x0401)),
                _record(0x0017, pack("<HHHH", 1, 0, 0, 0)),
                *(self._name(name, row) for name, row in self._rows.items()),
            ]
        )

    def _name(self, name: str, row: int) -> bytes:
        formula = pack("<BHHH", 0x3A, 0, row - 1, 0)
        head = pack("<HBBHHHBBBB", 0, 0, len(name), len(formula), 0, 0, 0, 0, 0, 0)
        return _record(0x0018, head + b"\0" + name.encode("latin-1") + formula)


def _record(number: int, data: bytes) -> bytes:
    record = BiffRecord()
    record._REC_ID, record._rec_data = number, data
    return record.get()


def named_in_xls(rows: Rows, names: Mapping[str, int]) -> bytes:
    book = _NamedBook(names)
    filled(book.add_sheet("Biểu"), rows)
    return saved_old(book)


def hidden_form() -> bytes:
    book = load_workbook(io.BytesIO(sheets(Bìa=STAMP, Biểu=FULL)))
    book["Biểu"].sheet_state = "hidden"
    return saved(book)


def as_csv(rows: Rows) -> bytes:
    return "\n".join(",".join("" if one is None else str(one) for one in row) for row in rows).encode()


SHEET = {"sheet": "BIỂU"}
TITLED = {"period_anchor": "*"}
JULY_TITLE, JUNE_TITLE = ["BÁO CÁO THÁNG 7 NĂM 2025"], ["Tình hình hồ sơ tháng 6/2025"]
NO_SHEET, NO_ANCHOR, TWICE = "!sheet_not_found", "!anchor_not_found", "!anchor_found_twice"
FILES: list[FaultyFile] = [
    faulty("a form on a sheet of another name", lambda: sheets(Nháp=FULL), NO_SHEET, form=SHEET),
    faulty("a form on the sheet of its name", lambda: sheets(Biểu=FULL), form=SHEET),
    faulty("a draft on another sheet than the form's", lambda: sheets(Nháp=TABLE, Biểu=FULL), form=SHEET),
    faulty("another month on another sheet than the form's", lambda: sheets(Biểu=FULL, T6=JUNE_ROWS),
           "!several_forms_in_one_file", form=SHEET),
    faulty("a form on a hidden sheet of its name", hidden_form, NO_SHEET, "hidden_sheet", form=SHEET),
    faulty("CSV of a form that has a sheet", lambda: as_csv(FULL), file_name="a.csv", form=SHEET),
    faulty("nothing filed on a sheet of another name", lambda: sheets(Nháp=NIL), form=SHEET),
    faulty("nothing filed beside a figure on a sheet of another name",
           lambda: sheets(Nháp=[*NIL[:-1], ["1", "Tổng số", "hồ sơ", 5]]),
           "!figure_despite_nil@D8", form=SHEET),
    faulty("a table without its anchor", lambda: one_sheet(FULL), NO_ANCHOR, form={"anchor": "Bảng 1"}),
    faulty("a table below its anchor", lambda: one_sheet(ANCHORED), form={"anchor": "Bảng 1"}),
    faulty("a table above its anchor", lambda: one_sheet([*FULL, ["Bảng 1"]]), "!no_table", form={"anchor": "Bảng 1"}),
    faulty("a table with its anchor twice", lambda: one_sheet([*STAMP, ["Bảng 1"], *ANCHORED[4:]]),
           f"{TWICE}@A7", form={"anchor": "Bảng 1"}),
    faulty("an anchor on two sheets", lambda: sheets(Biểu=ANCHORED, Nháp=[["Bảng 1"], *TABLE]),
           f"{TWICE}@A1", form={"anchor": "Bảng 1"}),
    faulty("an anchor that begins another word", lambda: one_sheet([*STAMP, ["Bảng 11"], *TABLE]),
           NO_ANCHOR, form={"anchor": "Bảng 1"}),
    faulty("the first of two tables", lambda: one_sheet(STACKED), form=BETWEEN),
    faulty("the second of two tables", lambda: one_sheet(STACKED), form={"anchor": "Bảng 2"}),
    faulty("two tables of which one ends nowhere", lambda: one_sheet(ANCHORED), NO_ANCHOR, form=BETWEEN),
    faulty("two tables of which one ends twice", lambda: one_sheet([*STACKED, ["Bảng 2"]]),
           f"{TWICE}@A15", form=BETWEEN),
    faulty("the first of two tables in CSV", lambda: as_csv(STACKED), file_name="a.csv", form=BETWEEN),
    faulty("a measure of the table above another one", lambda: one_sheet(measured("hồ sơ")), form={"anchor": "Bảng 2"}),
    faulty("a measure below the anchor that is not the form's", lambda: one_sheet(measured("triệu đồng")),
           "!other_unit_of_measure@A12", form={"anchor": "Bảng 2"}),
    faulty("a measure above the anchor alone", lambda: one_sheet([["Đơn vị tính: triệu đồng"], *ANCHORED]),
           "!other_unit_of_measure@A1", form={"anchor": "Bảng 1"}),
    faulty("a table between two named cells", lambda: named(STACKED, PLACES), form=NAMED),
    faulty("a table between two named cells of an ODS",
           lambda: named_in_ods(STACKED, {"Bang_1": "$Biểu.$A$6", "Bang_2": "$Biểu.$A$11:.$E$13"}),
           file_name="a.ods", form=NAMED),
    faulty("a table between two named cells of an old workbook",
           lambda: named_in_xls(STACKED, {"Bang_1": 6, "BANG_2": 11}),
           file_name="a.xls", form=NAMED),
    faulty("a name in two sheets", named_in_two_sheets, f"{TWICE}@A1", form={"anchor": "=Bang_1"}),
    faulty("a name nobody gave", lambda: named(STACKED, {"Bang_2": "'Biểu'!$A$11"}), NO_ANCHOR, form=NAMED),
    faulty("a name for a number", lambda: named(STACKED, {"Bang_1": "6", "Bang_2": "'Biểu'!$A$11"}), NO_ANCHOR,
           form=NAMED),
    faulty("a name for two places", lambda: named(STACKED, {"Bang_1": "'Biểu'!$A$6,'Biểu'!$A$11"}), NO_ANCHOR,
           form={"anchor": "=Bang_1"}),
    faulty("a name for a cell of another file", lambda: named(STACKED, {"Bang_1": "[1]Biểu!$A$6"}), NO_ANCHOR,
           form={"anchor": "=Bang_1"}),
    faulty("a name asked of CSV", lambda: as_csv(STACKED), NO_ANCHOR, file_name="a.csv", form=NAMED),
    faulty("a period said in the title alone", lambda: one_sheet([JULY_TITLE, *UNTIMED, [], *TABLE]), form=TITLED),
    faulty("a period in the title against the stamp", lambda: one_sheet([JUNE_TITLE, *FULL]),
           "!period_contradicted@A1", form=TITLED),
    faulty("a period in the title against the file's name", lambda: one_sheet([JUNE_TITLE, *TABLE]),
           "!period_contradicted@A1", file_name="HS-01_v1_14758_2025-M07.xlsx", form=TITLED),
    faulty("a period said twice, each time another",
           lambda: one_sheet([JULY_TITLE, JUNE_TITLE, *UNTIMED, [], *TABLE]),
           "!period_cells_differ@A1", form=TITLED),
    faulty("a title to be filled in, and no other period",
           lambda: one_sheet([["BÁO CÁO THÁNG … NĂM 2025"], *UNTIMED, [], *TABLE]), "!no_period", form=TITLED),
    faulty("a title of another kind of period, and no other period",
           lambda: one_sheet([["BÁO CÁO QUÝ II NĂM 2025"], *UNTIMED, [], *TABLE]), "!wrong_period_kind", form=TITLED),
    faulty("a title alone where no version asks for it", lambda: one_sheet([JULY_TITLE, *UNTIMED, [], *TABLE]),
           "!no_period"),
    faulty("a period right of its label", lambda: one_sheet([*UNTIMED, ["Kỳ số liệu", None, "Tháng 07/2025"], *TABLE]),
           form={"period_anchor": "Kỳ số liệu"}),
    faulty("a period behind its label", lambda: one_sheet([*UNTIMED, ["Kỳ số liệu: tháng 7 năm 2025"], *TABLE]),
           form={"period_anchor": "kỳ số liệu"}),
    faulty("a period right of its label against the stamp", lambda: one_sheet([["Kỳ số liệu", "6/2025", "T6"], *FULL]),
           form={"period_anchor": "Kỳ số liệu"}),
    faulty("a period in a named cell",
           lambda: named([*UNTIMED, [None, None, "Tháng 7/2025"], *TABLE], {"Ky": "Biểu!$C$4"}),
           form={"period_anchor": "=Ky"}),
    faulty("a period in a named cell against the stamp",
           lambda: named([[None, "Tháng 6/2025"], *FULL], {"Ky": "Biểu!$B$1"}), "!period_contradicted@B1",
           form={"period_anchor": "=Ky"}),
    faulty("a period in the title of a sheet that is not there", lambda: sheets(Nháp=[JULY_TITLE, *UNTIMED, [], *TABLE]),
           NO_SHEET, form=SHEET | TITLED),
    faulty("a stamp with its period in words", lambda: one_sheet([*UNTIMED, ["Kỳ báo cáo", "Tháng 7 năm 2025"], *TABLE]),
           file_name="HS-01_v1_14758_2025-M07.xlsx", form={"period_anchor": "Kỳ báo cáo"}),
    faulty("a stamp with its period in words where no version asks for it",
           lambda: one_sheet([*UNTIMED, ["Kỳ báo cáo", "Tháng 7 năm 2025"], *TABLE]), "!unknown_period"),
]  # fmt: skip
