"""Reading workbooks: every hazard found, against libraries that read the values alone."""

from __future__ import annotations

import io
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import cycle, islice
from pathlib import Path

from benchmarks.figures import Figure
from kpi_reporting.periods import ZONE
from kpi_reporting.readers.content import open_content
from kpi_reporting.readers.limits import limits_of
from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Submission
from kpi_reporting.registry import load_registry
from kpi_reporting.settings import get_settings

_SMALL_FILES, _LARGE_ROWS, _LARGE_COLUMNS = 210, 100_000, 20
_TIMES = 5
Read = Callable[[bytes], object]


def reading_figures() -> Iterator[Figure]:
    """Measure the forms of the sandbox's province, and one large sheet; each ratio is of CPU time, best of five."""
    small, large, rules = _forms(), [_large_sheet()], _with_rules()
    for name, files in (
        (f"{_SMALL_FILES} forms", small),
        (f"{_LARGE_ROWS:,} × {_LARGE_COLUMNS} cells", large),
    ):
        own = _seconds(_ours, files)
        yield Figure(f"reading {name}", own, 60, "s", "values and the hazards of a file, CPU")
        for other, read, limit in (
            ("python-calamine", _calamine, 3), ("pandas, calamine engine", _pandas("calamine"), 1.5),
            ("openpyxl read-only", _openpyxl, 1), ("pandas, openpyxl engine", _pandas("openpyxl"), 1),
        ):  # fmt: skip
            ratio = own / _seconds(read, files)
            yield Figure(f"{name}: ratio to {other}", ratio, limit, "×", "CPU time; they see values alone")
    whole = _seconds(rules, small)
    for other, read in (("openpyxl read-only", _openpyxl), ("pandas, openpyxl engine", _pandas("openpyxl"))):
        name = f"{_SMALL_FILES} forms and all rules of readers: ratio to {other}"
        yield Figure(
            name,
            whole / _seconds(read, small),
            1,
            "×",
            f"{whole:.2f} s; {whole / _seconds(_calamine, small):.0f} × calamine",
        )


def _seconds(read: Read, files: Sequence[bytes]) -> float:
    return min(_once(read, files) for _ in range(_TIMES if len(files) > 1 else 2))


def _once(read: Read, files: Sequence[bytes]) -> float:
    began = time.process_time()
    for data in files:
        read(data)
    return time.process_time() - began


def _ours(data: bytes) -> object:
    return open_content(data, "a.xlsx")


def _with_rules() -> Read:
    """Whose form for which period it is, where its table stands, and every rule that needs to know that."""
    registry = load_registry(get_settings().project_dir / "dbt_project/seeds/thanh_hoa")
    submission = Submission(1, "communes", "a.xlsx", datetime(2025, 7, 16, 9, tzinfo=ZONE), "", "")
    return lambda data: read_submission(registry, submission, data)


def _calamine(data: bytes) -> object:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_object(io.BytesIO(data))
    places = range(len(book.sheet_names))
    return [book.get_sheet_by_index(place).to_python(skip_empty_area=False) for place in places]


def _openpyxl(data: bytes) -> object:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


def _pandas(engine: str) -> Read:
    import pandas as pd

    return lambda data: pd.read_excel(io.BytesIO(data), sheet_name=None, header=None, engine=engine)  # type: ignore[call-overload]


def _forms() -> list[bytes]:
    """Workbooks of an invented province that can be read, some of them more than once."""
    from sandbox.province import make_province

    registry = load_registry(get_settings().project_dir / "dbt_project/seeds/thanh_hoa")
    with tempfile.TemporaryDirectory() as folder:
        make_province(Path(folder), datetime(2025, 7, 17, 1, tzinfo=ZONE), registry=registry)
        files = [path.read_bytes() for path in sorted(Path(folder).rglob("*.xlsx"))]
    whole = [data for data in files if data.endswith(b"\0\0") and len(data) > 1000]
    return list(islice(cycle(whole), _SMALL_FILES))


def _large_sheet() -> bytes:
    """A sheet of two columns of text and figures with up to two decimals; its limits are those of a filing."""
    from openpyxl import Workbook

    chance = random.Random(2025)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Biểu")
    for row in range(min(_LARGE_ROWS, limits_of().rows)):
        figures = [round(chance.random() * 10_000, chance.choice((0, 2))) for _ in range(_LARGE_COLUMNS - 2)]
        sheet.append([f"{row:05d}", f"Xã số {row}", *figures])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
