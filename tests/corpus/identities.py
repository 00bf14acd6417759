"""Files that do not say clearly who files what for when, and tables that are not those of the form."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from unicodedata import normalize

from tests.corpus.cases import JUNE, FaultyFile, faulty
from tests.corpus.making import district, filled
from tests.workbooks import LIST_HEADER, hs01, list_rows, saved, stamp, workbook

TONES = "\u0300\u0301\u0303\u0309\u0323"
AUGUST = datetime.fromisoformat("2025-08-05T09:00:00+07:00")
TABLE = list_rows([("1.1", 12)])
PAYLOAD = b'{"form":"HS-01","version":1,"unit":"%s","period":"2025-M07","rows":[{"item":"1.1","value":1}]}'


def stamped(*without: str, **said: Any) -> bytes:
    """A commune's filing whose stamp lacks some rows or says something else."""
    told = {"Mã biểu": "HS-01", "Phiên bản": 1, "Mã đơn vị": "14758", "Kỳ báo cáo": "2025-M07"}
    told |= {"Mã biểu": said["form"]} if "form" in said else {}
    rows = [[word, value] for word, value in told.items() if word not in without]
    return saved(workbook([*rows, [], *TABLE]))


def called(name: str, unit: str = "15274") -> bytes:
    """A commune's filing that says its code and a name."""
    return saved(workbook([*stamp("HS-01", unit, "2025-M07"), ["Tên đơn vị", name], [], *TABLE]))


def with_header(*header: str) -> bytes:
    """A list whose columns are not those of the form."""
    rows = [
        *stamp("HS-01", "14758", "2025-M07"),
        [],
        list(header),
        ["1.1", "Chỉ tiêu 1.1", 5, 6][: len(header)],
    ]
    return saved(workbook(rows))


def labelled(*labels: str) -> bytes:
    """A list whose first items have these labels, one after the other."""
    rows = [[code, label, 5] for code, label in zip(("1.1", "1.2"), labels, strict=True)]
    head = ["Mã số", "Chỉ tiêu", "Số liệu"]
    return saved(filled("HS-01", "14758", "2025-M07", [head, *rows]))


def old_text() -> bytes:
    """A filing saved with Vietnamese letters and tone marks apart, as Windows did before Unicode."""
    rows = (
        "Mã biểu;HS-01",
        "Phiên bản;1",
        "Mã đơn vị;14758",
        "Kỳ báo cáo;2025-M07",
        "",
        "Mã số;Chỉ tiêu;Số liệu",
    )
    return "".join(_apart(letter) for letter in "\n".join([*rows, "1.1;Chỉ tiêu 1.1;5"])).encode("cp1258")


def _apart(letter: str) -> str:
    """A letter with its vowel mark composed and its tone mark behind it."""
    tone = "".join(mark for mark in normalize("NFD", letter) if mark in TONES)
    return normalize("NFC", "".join(mark for mark in normalize("NFD", letter) if mark not in TONES)) + tone


def nil(value: Any = None) -> bytes:
    rows = [*stamp("HS-01", "14758", "2025-M07", nil="x"), *list_rows([("1.1", value)])]
    return saved(workbook(rows))


def inspections(version: int) -> bytes:
    """A department's filing of a form of two items, with their labels."""
    items = [["1.1", "Tổng số cuộc kiểm tra", 4], ["1.2", "Số cuộc kiểm tra thực hiện qua môi trường số", 2]]
    rows = [
        *stamp("KT-01", "so-y-te", "2025-Q2", version=version),
        [],
        ["Mã số", "Chỉ tiêu", "Số liệu"],
        *items,
    ]
    return saved(workbook(rows))


SERVICES = (
    "Dịch vụ", "Khách hàng không dùng tiền mặt", "Tổng số khách hàng", "Giao dịch không dùng tiền mặt",
    "Tổng số giao dịch", "Giá trị không dùng tiền mặt (triệu đồng)", "Tổng giá trị (triệu đồng)",
)  # fmt: skip


def services(*header: str) -> bytes:
    """A table of payments with one service."""
    rows = [header, ["Điện", *[1] * (len(header) - 1)]]
    return saved(filled("TT-01", "so-cong-thuong", "2025-Q2", rows))


FILES: list[FaultyFile] = [
    faulty("a stamp", hs01),
    faulty("CSV in Windows-1258", old_text, "legacy_encoding", file_name="a.csv"),
    faulty("a version written as a decimal number", lambda: hs01(version="1.0")),
    faulty("a version behind its word", lambda: hs01(version="Phiên bản 1")),
    faulty("a stamp alone", lambda: saved(workbook(stamp("HS-01", "14758", "2025-M07"))), "!no_table"),
    faulty("a stamp without form", lambda: stamped("Mã biểu"), "!no_form"),
    faulty("a stamp without period", lambda: stamped("Kỳ báo cáo"), "!no_period"),
    faulty("a stamp without unit", lambda: stamped("Mã đơn vị"), "!no_unit"),
    faulty("a form nobody knows", lambda: stamped(form="XX-99"), "!unknown_form"),
    faulty(
        "a version nobody knows",
        lambda: hs01(version=7),
        "!unknown_version",
        "!version_difference",
        "!version_difference@B7",
        "!version_difference@B8",
    ),
    faulty(
        "a version nobody knows on the right table",
        lambda: inspections(version=7),
        "!unknown_version",
        "!same_as_version",
        source="departments",
    ),
    faulty(
        "a form that had ended",
        lambda: saved(workbook([*stamp("HS-01H", "380", "2025-M07"), *TABLE])),
        "!form_not_valid",
    ),
    faulty(
        "a form in its last month",
        lambda: saved(district([["14797", None, *[1] * 16]])),
        received_at=JUNE,
        source="districts",
    ),
    faulty("a thirteenth month", lambda: hs01(period="2025-M13"), "!unknown_period"),
    faulty("a quarter for a monthly form", lambda: hs01(period="2025-Q2"), "!wrong_period_kind"),
    faulty("a year far away", lambda: hs01(period="2035-M07"), "!period_outside_registry"),
    faulty("a month that has not ended", lambda: hs01(period="2025-M08"), "!period_not_ended"),
    faulty("a unit nobody knows", lambda: hs01(unit="99999"), "!unknown_unit"),
    faulty("a unit that had ended", lambda: hs01(unit="380"), "!unit_not_on_day"),
    faulty(
        "a form the unit does not owe",
        lambda: hs01(period="2025-M06"),
        "unit_does_not_owe",
        received_at=JUNE,
    ),
    *(
        faulty(
            f"a code with {whose}", lambda name=name, unit=unit: called(name, unit), "!unit_name_contradicts"
        )
        for whose, unit, name in (
            ("the name of another unit", "15274", "Xã Hoạt Giang"),
            ("the name of another unit without marks", "15274", "UBND xa Hoat Giang"),
            ("the name of another unit and its province", "15274", "Hoạt Giang, tỉnh Thanh Hóa"),
            ("the name of another unit that differs by its tone", "15853", "Xã Đồng Tiến"),
        )
    ),
    *(
        faulty(f"a code with {which}", lambda name=name: called(name))
        for which, name in (
            ("its name in other letters", normalize("NFD", "UBND XÃ HÀ LONG")),
            ("its name without marks", "xa ha long"),
            ("a name it had before", "Thị trấn Hà Long"),
            ("its name and its province", "Xã Hà Long, tỉnh Thanh Hóa"),
        )
    ),
    faulty("a code with the name of nobody", lambda: called("Xã Không Có"), "unit_name_unknown"),
    faulty(
        "a filing in the name of another",
        lambda: PAYLOAD % b"so-noi-vu",
        "!sender_mismatch",
        file_name="1.json",
        source="so-y-te",
    ),
    faulty(
        "a filing by its own source",
        lambda: PAYLOAD % b"so-y-te",
        file_name="1.json",
        source="so-y-te",
    ),
    faulty("a payload", lambda: PAYLOAD % b"so-y-te", file_name="2.json", source="so-y-te"),
    faulty(
        "a code that means two units",
        lambda: hs01(unit="14758", period="2025-M05"),
        "!sender_ambiguous",
        received_at=AUGUST,
    ),
    faulty(
        "a code with its first day",
        lambda: hs01(unit="14761@2025-01-01", period="2025-M05"),
        "filed_by_successor",
        "unit_does_not_owe",
        received_at=AUGUST,
    ),
    faulty(
        "a closed unit its successor files for",
        lambda: hs01(unit="14761", period="2025-M05"),
        "filed_by_successor",
        "unit_does_not_owe",
        received_at=AUGUST,
    ),
    faulty(
        "a closed unit nobody files for",
        lambda: hs01(unit="14758@2025-01-01", period="2025-M05"),
        "!no_late_filer",
        received_at=AUGUST,
    ),
    faulty(
        "a file name of another month", hs01, "file_name_differs", file_name="HS-01_v1_14758_2025-M06.xlsx"
    ),
    faulty("a file name that agrees", hs01, file_name="HS-01_v1_14758_2025-M07.xlsx"),
    faulty(
        "a table without a column that may be left out",
        lambda: services(*SERVICES[:-1]),
        "absent_columns@A6",
        source="departments",
        optional=("value_total",),
    ),
    faulty("a table with all its columns", lambda: services(*SERVICES), source="departments"),
    faulty("a table without its figures", lambda: with_header("Mã số", "Chỉ tiêu"), "!missing_columns@A6"),
    faulty(
        "a column that stands twice",
        lambda: with_header("Mã số", "Chỉ tiêu", "Số liệu", "Số liệu"),
        "!doubled_columns@A6",
    ),
    faulty(
        "a column nobody knows",
        lambda: with_header("Mã số", "Chỉ tiêu", "Số liệu", "Điểm thi đua"),
        "unknown_column@D6",
    ),
    faulty(
        "labels of two rows swapped",
        lambda: labelled("hồ sơ tiếp nhận  TRỰC TIẾP", "1.1. Ho so tiep nhan truc tuyen"),
        "!label_of_other_item@B7",
        "!label_of_other_item@B8",
    ),
    faulty("labels in other words", lambda: labelled("Nhận trực tuyến", "Ho so tiep nhan truc tiep")),
    faulty(
        "a header without rows",
        lambda: saved(workbook([*stamp("HS-01", "14758", "2025-M07"), [], list(LIST_HEADER)])),
        "!no_rows@A7",
    ),
    faulty("nothing filed and said so", nil),
    faulty("nothing filed with a figure", lambda: nil(5), "!figure_despite_nil@D7"),
]
