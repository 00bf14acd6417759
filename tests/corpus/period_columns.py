"""Tables with a column of figures for each month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kpi_reporting.registry.models import FieldRole, FormField
from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.field_maps import as_csv, one_sheet
from tests.corpus.single_cells import changed
from tests.workbooks import stamp


def column(code: str, role: FieldRole, label: str, **said: Any) -> FormField:
    return FormField(
        form_code="HS-01", form_version=1, field_code=code, role=role, label=label, required=True, **said
    )


LIST = (
    column("item_code", FieldRole.ITEM_CODE, "Mã số"),
    column("value", FieldRole.VALUE, "{period}"),
    column("online", FieldRole.INDICATOR, "Trực tuyến", item_code="1.1", indicator_code="dossiers.received_online"),
)  # fmt: skip
GROUPED = (
    column("unit_name", FieldRole.UNIT_NAME, "Đơn vị"),
    column("received", FieldRole.INDICATOR, "Tiếp nhận {period}", indicator_code="dossiers.received_total"),
    column(
        "completed", FieldRole.INDICATOR, "Giải quyết {period}", indicator_code="dossiers.completed_total"
    ),
)
SAID_IN_LABEL = (LIST[0], column("value", FieldRole.VALUE, "Tháng {period}"), LIST[2])
STAMP = stamp("HS-01", "14758", "2025-M07")
UNTIMED = STAMP[:3]
MONTHS = ["Tháng 5/2025", "Tháng 6/2025", "Tháng 7/2025"]


def months(
    *headers: Any, said: Sequence[Sequence[Any]] = STAMP, figures: Sequence[Any] = ()
) -> list[list[Any]]:
    """Below what is said and an empty row, a header and the row of item 1.1: its figures are 1, 2, 3 …"""
    return [
        *(list(row) for row in said),
        [],
        ["Mã số", *headers],
        ["1.1", *(figures or range(1, len(headers) + 1))],
    ]


def wide(name: str, data: bytes, *found: str, **said: object) -> FaultyFile:
    return faulty(name, lambda: data, *found, **{"instead": LIST, **said})


def merged(rows: Sequence[Sequence[Any]], areas: tuple[str, ...]) -> bytes:
    return changed([list(row) for row in rows], merge=areas, names={})


UPPER = ["Đơn vị", "Tiếp nhận", None, "Giải quyết", None]
LOWER = [None, "Tháng 6", "Tháng 7", "Tháng 6", "Tháng 7"]
GROUPS = [*STAMP, UPPER, LOWER, ["Phường Hàm Rồng", 1, 2, 3, 4]]
IN_ONE_CELL = [
    *STAMP,
    ["Đơn vị", "Tiếp nhận Tháng 6", "Tiếp nhận tháng 7/2025", "Giải quyết T7"],
    ["Phường Hàm Rồng", 1, 2, 3],
]
NUMBERED = [
    *STAMP,
    [],
    ["Mã số", *(f"Tháng {month}" for month in range(1, 9))],
    ["A", *range(1, 9)],
    ["1.1", *range(10, 90, 10)],
]
ROW = ["1.1", 1, 2, 3]
NUMBERS = [["Mã số", "Tháng", None, None], [None, 5, 6, 7], ROW]
BELOW_YEAR = [["Mã số", "Năm 2025", None, None], [None, "Tháng 5", "T6", "Tháng bảy"], ROW]
BELOW_YEAR_BEFORE = [["Mã số", "Năm 2024", None, None], [None, "Tháng 5", "Tháng 6", "Tháng 7"], ROW]
NUMBERS_BELOW_YEAR = [["Mã số", "Năm 2025", None, None], [None, "Tháng", None, None], *NUMBERS[1:]]
BELOW_QUARTER = [["Mã số", "Quý II", None, "Quý III"], [None, "Tháng 5", "Tháng 6", "Tháng 7"], ROW]
NUMBERS_OF_COLUMNS = [["TT", "Mã số", "Tháng", None, None], [3, None, 5, 6, 7], ["1", *ROW]]
OTHERS = "columns_of_other_periods"
FILES: list[FaultyFile] = [
    wide("columns of other months", one_sheet(months(*MONTHS)), f"{OTHERS}@B6"),
    wide("columns of months without their year", one_sheet(months("Tháng 6", "T7")), f"{OTHERS}@B6"),
    wide("a column of the month it is for", one_sheet(months("7/2025"))),
    wide("columns of months in CSV", as_csv(months(*MONTHS)), f"{OTHERS}@B6", file_name="a.csv"),
    wide("columns of months that are dates", one_sheet(months(datetime(2025, 6, 1), date(2025, 7, 1))), f"{OTHERS}@B6"),
    wide("columns of months still to come", one_sheet(months("Tháng 7", "Tháng 8", "Tháng 9", figures=[7, None, None]))),
    wide("columns of months without the one it is for", one_sheet(months(*MONTHS[:2])),
         "!missing_columns@A6", f"{OTHERS}@B6"),
    wide("columns of months that are numbered in CSV", as_csv(NUMBERED), f"{OTHERS}@B6", file_name="a.csv"),
    wide("months behind a word of the label", one_sheet(months("Tháng 6", "Tháng 7/2025")), f"{OTHERS}@B6",
         instead=SAID_IN_LABEL),
    wide("two columns of one month", one_sheet(months("Tháng 7/2025", "T7/2025")), "!doubled_columns@A6"),
    wide("a running sum beside the month", one_sheet(months("Tháng 7/2025", "Lũy kế tháng 7/2025")), "unknown_column@C6"),
    wide("a running sum alone", one_sheet(months("Lũy kế đến tháng 7/2025")), "!missing_columns@A6", "unknown_column@B6"),
    wide("the same month of another year", one_sheet(months("Tháng 7/2024", "Tháng 7/2025")), f"{OTHERS}@B6"),
    wide("a quarter beside a month", one_sheet(months("Quý II/2025", "Tháng 7/2025")), "unknown_column@B6"),
    wide("a column for each month", one_sheet(months("Tháng 7/2025", said=UNTIMED))),
    wide("a column of a month without its year",
         one_sheet(months("Tháng 5/2025", "Tháng 6/2025", "Tháng 7", said=UNTIMED)), "!column_period_unknown@D5"),
    wide("columns of months without any year, and no other period", one_sheet(months("Tháng 6", "Tháng 7", said=UNTIMED)),
         "!no_period"),
    wide("words in the column of the month", one_sheet(months(*MONTHS, figures=[1, 2, "1,5 triệu"])),
         f"{OTHERS}@B6", "unit_in_figure@D7"),
    wide("months below groups", merged(GROUPS, ("A5:A6", "B5:C5", "D5:E5")), f"{OTHERS}@B5",
         instead=GROUPED, form={"layout": "table"}),
    wide("months below groups in CSV", as_csv(GROUPS), f"{OTHERS}@B5", instead=GROUPED, form={"layout": "table"}, file_name="a.csv"),
    wide("months behind a label in one cell", one_sheet(IN_ONE_CELL), f"{OTHERS}@B5", instead=GROUPED,
         form={"layout": "table"}),
    wide("numbers of months below the word", merged([*STAMP, *NUMBERS], ("B5:D5",)), f"{OTHERS}@B5"),
    wide("numbers of months below the word in CSV", as_csv([*STAMP, *NUMBERS]), f"{OTHERS}@B5", file_name="a.csv"),
    wide("months below their year", merged([*STAMP, *BELOW_YEAR], ("A5:A6", "B5:D5")), f"{OTHERS}@B5"),
    wide("months below their year in CSV", as_csv([*STAMP, *BELOW_YEAR]), f"{OTHERS}@B5", file_name="a.csv"),
    wide("months below the year before", merged([*STAMP, *BELOW_YEAR_BEFORE], ("B5:D5",)), "!missing_columns@A5",
         "unknown_column@B5", "unknown_column@C5", "unknown_column@D5"),
    wide("months below the year before in CSV", as_csv([*STAMP, *BELOW_YEAR_BEFORE]), "!missing_columns@A5", f"{OTHERS}@B5",
         file_name="a.csv"),
    wide("numbers of months of which nobody knows the year", one_sheet([*UNTIMED, *NUMBERS]), "!no_period"),
    wide("months below their quarters", one_sheet([*STAMP, *BELOW_QUARTER]), f"{OTHERS}@B5"),
    wide("a month below another quarter", one_sheet([*STAMP, ["Mã số", "Quý II"], [None, "Tháng 7"], ROW[:2]]),
         "!missing_columns@A5", "unknown_column@B5"),
    wide("numbers of all columns below the word", merged([*STAMP, *NUMBERS_OF_COLUMNS], ("C5:E5",)),
         "!missing_columns@B5", "unknown_column@A5", "unknown_column@C5", "unknown_column@D5", "unknown_column@E5"),
]  # fmt: skip
