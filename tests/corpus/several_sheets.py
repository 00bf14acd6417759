"""Workbooks of several visible sheets: a form beside drafts, other months, covers and lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlwt
from openpyxl import Workbook

from tests.corpus.biff import filled, saved_old
from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.ods import packed, table
from tests.workbooks import LIST_HEADER, list_rows, saved, stamp

Rows = Sequence[Sequence[Any]]
STAMP = stamp("HS-01", "14758", "2025-M07")
JULY_ROWS = [*STAMP, [], *list_rows([("1", 60), ("1.1", 12)], LIST_HEADER[:4])]
JUNE_ROWS = [*stamp("HS-01", "14758", "2025-M06"), [], *list_rows([("1", 99), ("1.1", 98)])]
ZEROS = [*STAMP, [], *list_rows([("1", 0), ("1.1", 0)])]
FULL = [*STAMP, [], *list_rows([("1", 60), ("1.1", 12)])]
NIL = [*stamp("HS-01", "14758", "2025-M07", nil="x"), [], *list_rows([("1", None)])]
TABLE = list_rows([("1", 60), ("1.1", 12)])
COVER = [*STAMP, ["Chỉ tiêu", "của xã"]]
RENAMED = list_rows([("1", 5)], ("Mã số", "Chỉ tiêu", "ĐVT", "Số lượng"))
ITEMS = [["Mã số", "Chỉ tiêu", "Đơn vị tính"], ["1.1", "Tổng số hồ sơ", "hồ sơ"]]
UNITS = [["Mã đơn vị", "Tên xã", "Ghi chú"], ["14758", "Phường Hàm Rồng", None]]
GUIDE = list_rows([("1", "Ghi số hồ sơ trong tháng"), ("1.1", "Ghi số hồ sơ trực tuyến")])


def of_quarter(
    form: str, *figures: Any, unit: str = "so-cong-thuong", period: str = "2025-Q2", **said: Any
) -> Rows:
    """A department's list of items 1.1, 1.2 … for a quarter."""
    rows = list_rows([(f"1.{number}", figure) for number, figure in enumerate(figures, 1)])
    return [*stamp(form, unit, period, **said), [], *rows]


def sheets(**named: Rows) -> bytes:
    """A workbook with a sheet for each name, in their order."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in named.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def old_sheets(**named: Rows) -> bytes:
    """The same in the format before 2007."""
    book = xlwt.Workbook()
    for name, rows in named.items():
        filled(book.add_sheet(name), rows)
    return saved_old(book)


RATED, INSPECTED = of_quarter("HL-01", 90, 80), of_quarter("KT-01", 9, 8)
SEVERAL = "!several_forms_in_one_file"
FILES: list[FaultyFile] = [
    faulty("two months in one workbook", lambda: sheets(T7=JULY_ROWS, T6=JUNE_ROWS), SEVERAL),
    faulty("two months in one old workbook", lambda: old_sheets(T7=JULY_ROWS, T6=JUNE_ROWS), SEVERAL,
           file_name="a.xls"),
    faulty("two months in one ODS", lambda: packed(table(JULY_ROWS, name="T7"), table(JUNE_ROWS, name="T6")),
           SEVERAL, file_name="a.ods"),
    faulty("a stamped month beside another without a table", lambda: sheets(T7=JULY_ROWS, T6=JUNE_ROWS[:4]), SEVERAL),
    faulty("a month that has not ended beside another",
           lambda: sheets(T8=[*stamp("HS-01", "14758", "2025-M08"), *TABLE], T7=FULL),
           SEVERAL, "!period_not_ended"),
    faulty("a draft of zeros before the form", lambda: sheets(Nháp=ZEROS, Biểu=FULL), SEVERAL),
    faulty("a draft of zeros without a stamp", lambda: sheets(Nháp=ZEROS[5:], Biểu=FULL), SEVERAL),
    faulty("a draft beside a form that is named by its file", lambda: sheets(Nháp=ZEROS[5:], Biểu=TABLE), SEVERAL,
           file_name="HS-01_v1_14758_2025-M07.xlsx"),
    faulty("another month beside a form whose columns were renamed",
           lambda: sheets(T7=[*STAMP, [], *RENAMED], T6=TABLE),
           SEVERAL),
    faulty("nothing filed beside a sheet of figures", lambda: sheets(Biểu=NIL, Nháp=TABLE), SEVERAL),
    faulty("nothing filed beside a stamped sheet of figures", lambda: sheets(Biểu=NIL, Nháp=FULL), SEVERAL),
    faulty("figures beside a sheet that says nil", lambda: sheets(Biểu=FULL, Nháp=NIL), SEVERAL),
    faulty("figures on a sheet beside the empty form", lambda: sheets(Biểu=[*STAMP, *list_rows([("1", None)])], S=TABLE),
           SEVERAL),
    faulty("a stamp on the cover alone", lambda: sheets(Bìa=COVER, Biểu=TABLE)),
    faulty("a cover with the stamp of the form", lambda: sheets(Bìa=STAMP, Biểu=FULL)),
    faulty("another month beside renamed columns and a stamped cover", lambda: sheets(Bìa=STAMP, T7=RENAMED, T6=TABLE),
           SEVERAL),
    faulty("a list of items beside the form of a cover", lambda: sheets(Bìa=STAMP, Biểu=TABLE, DM=ITEMS)),
    faulty("a list of units beside the form", lambda: sheets(Biểu=FULL, ĐV=UNITS)),
    faulty("a guide with the columns of the form", lambda: sheets(HD=GUIDE, Biểu=FULL)),
    faulty("an empty table beside the form", lambda: sheets(Mẫu=list_rows([("1", None)]), Biểu=FULL)),
    faulty("two forms for two quarters", lambda: sheets(KT=INSPECTED, HL=of_quarter("HL-01", 9, 8, period="2025-Q1")),
           SEVERAL, source="departments"),
    faulty("two forms of two units", lambda: sheets(HL=of_quarter("HL-01", 9, 8, unit="so-gddt"), KT=INSPECTED),
           SEVERAL, source="departments"),
    faulty("two forms, one of them twice", lambda: sheets(HL=RATED, KT=INSPECTED, KT2=of_quarter("KT-01", 9, 7)),
           SEVERAL, source="departments"),
    faulty("two forms in a file that is named as one", lambda: sheets(HL=RATED, KT=INSPECTED), SEVERAL,
           source="departments", file_name="HL-01_v1_so-cong-thuong_2025-Q2.xlsx"),
    faulty("nothing filed beside a list of units", lambda: sheets(Biểu=NIL, ĐV=UNITS)),
]  # fmt: skip
