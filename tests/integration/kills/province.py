"""Three nights of a small province: the first, one with changes of every kind, and one after the registry changed."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from kpi_reporting.checks import Withdrawal, record_withdrawal
from tests.engine.files import write_csv
from tests.golden.cases import HERE as GOLDEN
from tests.golden.chain import PROJECT

NIGHTS = {
    "first": "2025-08-17T01:00:00+07:00",
    "changes": "2025-08-19T01:00:00+07:00",
    "new_registry": "2025-08-21T01:00:00+07:00",
}


@dataclass(frozen=True)
class Filed:
    """A form B-01 as a commune sends it: three counts, and their total unless another one is written."""

    name: str
    sender: str
    period: str
    received_at: str
    counts: tuple[int, int, int]
    total: int | None = None


FILED = {
    "first": (
        Filed("a7.csv", "90001", "2025-M07", "2025-07-15T09:00:00+07:00", (30, 60, 10)),
        Filed("b7.csv", "90004", "2025-M07", "2025-07-15T10:00:00+07:00", (10, 20, 10)),
        Filed("a8.csv", "90001", "2025-M08", "2025-08-15T09:00:00+07:00", (50, 40, 10)),
        Filed("b8.csv", "90004", "2025-M08", "2025-08-15T10:00:00+07:00", (12, 20, 8)),
    ),
    "changes": (
        Filed("a8 corrected.csv", "90001", "2025-M08", "2025-08-18T08:00:00+07:00", (55, 35, 10)),
        Filed("a7 renamed.csv", "90001", "2025-M07", "2025-08-18T09:00:00+07:00", (30, 60, 10)),
        Filed("a7 after the lock.csv", "90001", "2025-M07", "2025-08-18T10:00:00+07:00", (31, 60, 10)),
        Filed("b8 wrong total.csv", "90004", "2025-M08", "2025-08-18T15:00:00+07:00", (1, 2, 3), 7),
        Filed("unknown period.csv", "90004", "2025-M13", "2025-08-18T16:00:00+07:00", (1, 2, 3)),
    ),
    "new_registry": (Filed("b8 good.csv", "90004", "2025-M08", "2025-08-20T08:00:00+07:00", (14, 20, 8)),),
}
TAKEN_BACK = {"changes": ("b8.csv", "2025-08-18T12:00:00+07:00")}


def lay_out(place: Path) -> Path:
    """Write the registry of the first two nights, with rules at door and exit; return its folder."""
    shutil.copytree(GOLDEN / "registry", place / "registry")
    shutil.copytree(GOLDEN / "expectations", place / "expectations")
    shutil.copy(PROJECT / "expectations/exit.yml", place / "expectations/exit.yml")
    return place / "registry"


def prepare(conn: psycopg.Connection, registry: Path, inbox: Path, night: str) -> None:
    """Let happen what happens before a night: files arrive, a filing is taken back, the registry changes."""
    for one in FILED[night]:
        path = inbox / "filings" / one.name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_csv(path, _sheet(one))
        seconds = datetime.fromisoformat(one.received_at).timestamp()
        os.utime(path, (seconds, seconds))
    if night in TAKEN_BACK:
        name, asked_at = TAKEN_BACK[night]
        (row,) = conn.execute("select submission_id from raw.submissions where file_name = %s", (name,))
        record_withdrawal(conn, Withdrawal(row[0], "a", datetime.fromisoformat(asked_at), "b", "c"))
    if night == "new_registry":
        _change(registry)


def _change(registry: Path) -> None:
    """From August on another formula holds, and a commune has another name."""
    formulas = (registry / "kpi_formulas.csv").read_text("utf-8")
    old = next(line for line in formulas.splitlines() if line.startswith("ONLINE-a,1,"))
    ended = old.replace("2020-01-01,,", "2020-01-01,2025-07-31,")
    began = old.replace("ONLINE-a,1,", "ONLINE-a,2,").replace("2020-01-01,,", "2025-08-01,,")
    (registry / "kpi_formulas.csv").write_text(formulas.replace(old, f"{ended}\n{began}"), "utf-8")
    with (registry / "kpi_terms.csv").open("a", encoding="utf-8") as terms:
        terms.write("ONLINE-a,2,numerator,dossiers.received_direct,total,1\n")
        terms.write("ONLINE-a,2,denominator,dossiers.received_total,total,1\n")
    units = (registry / "units.csv").read_text("utf-8")
    (registry / "units.csv").write_text(units.replace("Xã An Lập", "Xã An Lập Mới"), "utf-8")


def _sheet(one: Filed) -> list[tuple[str, ...]]:
    total = sum(one.counts) if one.total is None else one.total
    rows = zip(("1", "1.1", "1.2", "1.3"), (total, *one.counts), strict=True)
    labels = ("Tổng số tiếp nhận", "Tiếp nhận trực tuyến", "Tiếp nhận trực tiếp", "Tiếp nhận qua bưu chính")
    return [
        ("Mã biểu", "B-01"), ("Phiên bản", "1"), ("Mã đơn vị", one.sender), ("Kỳ báo cáo", one.period),
        ("Mã số", "Chỉ tiêu", "Số liệu"),
        *((item, label, str(value)) for (item, value), label in zip(rows, labels, strict=True)),
    ]  # fmt: skip
