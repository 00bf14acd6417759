"""How a sender reads what a dry run says."""

from __future__ import annotations

from datetime import datetime
from io import StringIO
from pathlib import Path

from rich.console import Console

from kpi_reporting.cli.verdicts import print_verdicts
from kpi_reporting.dry_run import Verdict
from kpi_reporting.periods import ZONE

AT = datetime(2025, 7, 16, 9, tzinfo=ZONE)


def test_what_a_file_holds_is_named_with_the_file() -> None:
    screen = Console(file=StringIO(), width=200)
    quarter, inside = Path("in/departments/quý 2.xlsx"), Path("in/departments/quý 2.xlsx/Kiểm")
    print_verdicts(
        [
            Verdict(quarter, "unpacked", AT),
            Verdict(inside, "accepted", AT, "so-gddt", "KT-01", 1, "2025-Q2"),
            Verdict(Path("in/departments/quý 2.xls"), "refused", AT),
        ],
        screen,
    )
    assert isinstance(screen.file, StringIO)
    names = [line.partition(":")[0] for line in screen.file.getvalue().splitlines() if ": " in line]
    assert names == ["quý 2.xlsx", "quý 2.xlsx/Kiểm", "quý 2.xls"]
