"""Lists that name unit and period of each row beside its item: one figure a row."""

from __future__ import annotations

from typing import Any

from kpi_reporting.registry.models import FieldRole, FormField
from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.field_maps import as_csv, one_sheet
from tests.workbooks import stamp

HEADER = ["Mã xã", "Kỳ", "Mã số", "Số liệu"]
SAID = stamp("HS-01", "14758", "2025-M07")


def column(code: str, role: FieldRole, label: str) -> FormField:
    return FormField(
        form_code="HS-01", form_version=1, field_code=code, role=role, label=label, required=True
    )


FIELDS = (
    column("commune", FieldRole.UNIT_CODE, "Mã xã"),
    column("period", FieldRole.PERIOD, "Kỳ"),
    column("item_code", FieldRole.ITEM_CODE, "Mã số"),
    column("value", FieldRole.VALUE, "Số liệu"),
    FormField(form_code="HS-01", form_version=1, field_code="online", role=FieldRole.INDICATOR, label="Trực tuyến",
              item_code="1.1", indicator_code="dossiers.received_online", required=True),
)  # fmt: skip


def rows(*said: tuple[Any, ...], stamped: bool = True) -> list[list[Any]]:
    """Below the stamp and an empty row, the header in row 6 and the rows from row 7; one less without a period."""
    top = [row for row in SAID if stamped or row[0] != "Kỳ báo cáo"]
    return [*top, [], HEADER, *(list(row) for row in said)]


def long(name: str, data: bytes, *found: str, **said: object) -> FaultyFile:
    return faulty(name, lambda: data, *found, **{"instead": FIELDS, **said})


JULY, JUNE = "Tháng 7/2025", "Tháng 6/2025"
FILES: list[FaultyFile] = [
    long("a list of units", one_sheet(rows(("14758", JULY, "1.1", 12), ("14759", "2025-M07", "1.1", 3)))),
    long("a list of units in CSV", as_csv(rows(("14758", JULY, "1.1", 12))), file_name="a.csv"),
    long("a list with a row of another period", one_sheet(rows(("14758", JULY, "1.1", 12), ("14758", JUNE, "1.1", 3))),
         "!row_of_other_period@B8"),
    long("a list of one period in a file that says none",
         one_sheet(rows(("14758", JULY, "1.1", 12), ("14759", JULY, "1.1", 3), stamped=False))),
    long("a list without its column of units", one_sheet([*SAID, [], HEADER[1:], [JULY, "1.1", 12]]),
         "!missing_columns@A6"),
    long("a list of units whose figures are words", one_sheet(rows(("14758", JULY, "1.1", "12.3.4"))), "other_locale@D7"),
]  # fmt: skip
