"""Titles above a table: that of the period, that of another one, and lines that only look like one."""

from __future__ import annotations

from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.making import filled
from tests.workbooks import list_rows, saved, stamp, workbook

TABLE = list_rows([("1", 60), ("1.1", 12)])
STAMP = stamp("HS-01", "14758", "2025-M07")


def titled(*lines: object) -> bytes:
    """A commune's filing for July, with lines above its stamp; the first one in A1."""
    return saved(workbook([*([line] for line in lines), *STAMP, [], *TABLE]))


def below_a_table() -> bytes:
    """The filing's table below another one, whose title names June."""
    other = [["Bảng 1. Số liệu tháng 6/2025"], ["A", 1, 2, 3], ["B", 4, 5, 6]]
    return saved(workbook([*STAMP, *other, ["Bảng 2"], *TABLE]))


def satisfaction(*lines: str) -> bytes:
    """A department's filing for the second quarter."""
    rows = [*([line] for line in lines), *list_rows([("1", 100), ("2", 90)])]
    return saved(filled("HL-01", "so-noi-vu", "2025-Q2", rows))


OTHER = "title_of_other_period@A1"
FILES: list[FaultyFile] = [
    faulty("a title of the month before", lambda: titled("BÁO CÁO THÁNG 6 NĂM 2025"), OTHER),
    faulty("a title of the month it is for", lambda: titled("BÁO CÁO THÁNG 7 NĂM 2025")),
    faulty("a title of the same month a year ago", lambda: titled("Tình hình giải quyết hồ sơ tháng 07/2024"), OTHER),
    faulty("a title that is the month alone", lambda: titled("(Tháng 6 năm 2025)"), OTHER),
    faulty("a title of two lines", lambda: titled("BÁO CÁO", "Kỳ báo cáo tháng: tháng 6/2025"),
           "title_of_other_period@A2"),
    faulty("a title of the month before twice",
           lambda: titled("BÁO CÁO THÁNG 6 NĂM 2025", "Tháng 6/2025"),
           "title_of_other_period@A2"),
    faulty("titles of this month and of the one before",
           lambda: titled("BÁO CÁO THÁNG 7 NĂM 2025", "Số liệu tháng 6 năm 2025 để đối chiếu")),
    faulty("a title of two months", lambda: titled("BÁO CÁO THÁNG 5 NĂM 2025 VÀ THÁNG 6 NĂM 2025")),
    faulty("a title of a quarter above a month", lambda: titled("BÁO CÁO QUÝ II NĂM 2025")),
    faulty("a title of a year above a month", lambda: titled("Báo cáo năm 2024")),
    faulty("a title of running months", lambda: titled("Báo cáo tháng 6 và 6 tháng đầu năm 2025")),
    faulty("a title without a year", lambda: titled("BÁO CÁO THÁNG 6")),
    faulty("a date line", lambda: titled("Thanh Hóa, ngày 30 tháng 6 năm 2025")),
    faulty("a date line to be filled in", lambda: titled("Hàm Rồng, ngày … tháng 6 năm 2025")),
    faulty("a title to be filled in", lambda: titled("BÁO CÁO THÁNG … NĂM 2025")),
    faulty("a legal basis", lambda: titled("(Theo Thông tư 01 tháng 6 năm 2025)", "Kèm theo văn bản tháng 6/2025")),
    faulty("a form's number with its act", lambda: titled("Biểu số 2, ban hành tháng 6 năm 2025")),
    faulty("a template with the month it was made", lambda: titled("Biểu mẫu số 2 (tháng 10/2020)")),
    faulty("a comparison with the month before", lambda: titled("Kết quả so với tháng 6 năm 2025")),
    faulty("a sum up to the month before", lambda: titled("Kết quả đến hết tháng 6 năm 2025")),
    faulty("a note about another month", lambda: titled("Tháng 7 năm 2025", "Hồ sơ tồn của tháng 6 năm 2025")),
    faulty("a table of another month above", below_a_table),
    faulty("a title of the quarter before", lambda: satisfaction("TỔNG HỢP QUÝ I/2025"), "title_of_other_period@A6"),
    faulty("a title of the quarter it is for", lambda: satisfaction("TỔNG HỢP QUÝ II/2025")),
]  # fmt: skip
