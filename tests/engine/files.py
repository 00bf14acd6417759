"""A random province on disk: the registry folder, an expectations folder without rules, and an inbox night by night."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.engine.ledgers import YEARS, Filing
from tests.engine.worlds import FIELDS, LIST, Registry

GOLDEN_REGISTRY = Path(__file__).parents[1] / "golden" / "registry"


def write_registry(place: Path, registry: Registry) -> Path:
    """Write the registry, taking from the golden cases what is the same everywhere."""
    folder = place / "registry"
    shutil.copytree(GOLDEN_REGISTRY, folder)
    (place / "expectations").mkdir()
    for name, rows in registry.items():
        write_csv(folder / f"{name}.csv", [list(rows[0]), *(row.values() for row in rows)])
    settings = (folder / "settings.csv").read_text(encoding="utf-8")
    (folder / "settings.csv").write_text(
        settings.replace("first_year,2025", f"first_year,{YEARS[0]}"), "utf-8"
    )
    return folder


def drop(inbox: Path, filings: Iterable[Filing]) -> None:
    """Lay filings into the inbox with the time at which they were received."""
    folder = inbox / "filings"
    folder.mkdir(parents=True, exist_ok=True)
    for filing in filings:
        path = folder / filing.name
        write_csv(path, _sheet(filing))
        seconds = filing.received_at.timestamp()
        os.utime(path, (seconds, seconds))


def write_csv(path: Path, rows: Iterable[Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _sheet(filing: Filing) -> list[Sequence[str]]:
    """The number of the letter keeps a correction that returns to earlier figures from being a duplicate."""
    stamp: list[Sequence[str]] = [
        ("Mã biểu", filing.form_code), ("Phiên bản", "1"), ("Mã đơn vị", filing.sender_code),
        ("Kỳ báo cáo", filing.period.code), ("Số công văn", str(filing.number)),
    ]  # fmt: skip
    nil = [("Không phát sinh", "x")] if filing.is_nil else []
    return [*stamp, *nil, *(_list(filing) if filing.form_code in LIST else _table(filing))]


def _list(filing: Filing) -> list[Sequence[str]]:
    figures = next(iter(filing.content.values()), {})
    names = [name for name, *_ in FIELDS[filing.form_code]]
    rows = [(str(item), f"Số liệu {name}", figures.get(name, "")) for item, name in enumerate(names, 1)]
    return [("Mã số", "Chỉ tiêu", "Số liệu"), *rows]


def _table(filing: Filing) -> list[Sequence[str]]:
    names = [name for name, *_ in FIELDS[filing.form_code]]
    rows = [(code, *(figures.get(name, "") for name in names)) for code, figures in filing.content.items()]
    return [("Mã xã", *(f"Số liệu {name}" for name in names)), *rows]
