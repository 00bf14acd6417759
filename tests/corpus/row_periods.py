"""Tables with a column that says the period of each row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from kpi_reporting.registry.models import FieldRole, FormField
from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.identities import SERVICES
from tests.corpus.making import filled
from tests.workbooks import saved, stamp, workbook

FIGURES = [1] * 6
PERIODS = (
    FormField(
        form_code="TT-01", form_version=1, field_code="quarter", role=FieldRole.PERIOD, label="Quý", required=False
    ),
)  # fmt: skip


def payments(*periods: Any, below: tuple[Any, ...] = ()) -> bytes:
    """A department's filing for 2025-Q2: a row for each period, which stands in column A, from row 7."""
    rows = [[period, "Điện", *FIGURES] for period in periods]
    closing = [list(below)] if below else []
    return saved(filled("TT-01", "so-cong-thuong", "2025-Q2", [["Quý", *SERVICES], *rows, *closing]))


def untimed(*periods: Any, below: tuple[Any, ...] = ()) -> bytes:
    """The same in a file that says no period: a row for each, which stands in column A, from row 6."""
    rows = [[period, "Điện", *FIGURES] for period in periods]
    said = [row for row in stamp("TT-01", "so-cong-thuong", "") if row[0] != "Kỳ báo cáo"]
    closing = [list(below)] if below else []
    return saved(workbook([*said, [], ["Quý", *SERVICES], *rows, *closing]))


def told(name: str, data: bytes, *found: str) -> FaultyFile:
    return faulty(name, lambda: data, *found, source="departments", columns=PERIODS)


OTHER, UNKNOWN = "!row_of_other_period", "!row_period_unknown"
FILES: list[FaultyFile] = [
    told("rows of the quarter it is for", payments("Quý II/2025", "2025-Q2", "quý 2 năm 2025", "II/2025", "2/2025")),
    told("a row of the quarter before", payments("Quý II/2025", "Quý I/2025"), f"{OTHER}@A8"),
    told("rows of two other quarters", payments("I/2025", "II/2025", "2024-Q2"), f"{OTHER}@A7", f"{OTHER}@A9"),
    told("a row of a month in a table of quarters", payments("Tháng 6/2025"), f"{OTHER}@A7"),
    told("a row of a period nobody can read", payments("Quý II/2025", "quý này"), f"{UNKNOWN}@A8"),
    told("a row of two periods", payments("2025-Q1, 2025-Q2"), f"{UNKNOWN}@A7"),
    told("a row with a day for its period", payments(date(2025, 4, 1)), f"{UNKNOWN}@A7"),
    told("a row that names no period", payments("Quý II/2025", None)),
    told("rows of one quarter in a file that says none", untimed("Quý II/2025", "2025-Q2")),
    replace(told("rows of two quarters in a file that says none", untimed("I/2025", "II/2025")), state="unpacked"),
    told("a row without a quarter in a file of two", untimed("I/2025", None, "II/2025"), f"{UNKNOWN}@A7"),
    told("a total in a file of two quarters", untimed("I/2025", "Cộng", "II/2025"), f"{UNKNOWN}@A7"),
    told("rows of no quarter in a file that says none", untimed(None, "quý này"), "!no_period"),
    told("a closing line below a column of periods", payments("Quý II/2025", below=("Người lập biểu",))),
]  # fmt: skip
