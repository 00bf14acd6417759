"""What a file does to the process that reads it stays with that file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import psutil
import pytest

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.readers.limits import DEFAULTS, Limits, limits_of
from kpi_reporting.readers.process import ReadingProcess
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry
from tests.corpus.making import SHEET, changed, hs01_rows, replacing
from tests.workbooks import hs01, saved, workbook

RECEIVED = datetime.fromisoformat("2025-07-16T09:00:00+07:00")


class FaultyReading(ReadingProcess):
    """A process whose reader does what a file is named after."""

    module = "tests.unit.readers.faulty_child"


def submission(file_name: str) -> Submission:
    return Submission(7, "communes", file_name, RECEIVED, "", "")


@pytest.fixture
def reader(registry: Registry) -> Iterator[ReadingProcess]:
    with FaultyReading(registry, replace(DEFAULTS, seconds=5)) as process:
        yield process


def readers_running() -> list[psutil.Process]:
    """The reading processes of this one, which may have others."""
    return [child for child in psutil.Process().children() if ReadingProcess.module in child.cmdline()]


def rules(reading: Reading) -> list[str]:
    return [finding.rule_id for finding in reading.findings]


def test_a_reading_comes_back_with_its_rows_and_without_the_cells(registry: Registry) -> None:
    with ReadingProcess(registry, DEFAULTS) as process:
        reading = process.read(submission("a.xlsx"), hs01())
    assert (reading.state, reading.unit_code, reading.sheet) == ("read", "14758", None)
    assert reading.kept is not None
    assert reading.kept.sheet_name == "Biểu"
    assert reading.kept.rows[6] == '["1.1","Chỉ tiêu 1.1","hồ sơ",12]'


@pytest.mark.parametrize(
    ("effect", "rule_id"),
    [
        ("segfault", "reading_crashed"),
        ("exit", "reading_crashed"),
        ("memory", "reading_crashed"),
        ("deep", "reading_crashed"),
        ("endless", "reading_too_slow"),
    ],
)
def test_a_file_that_ends_the_process_is_refused_alone(
    reader: ReadingProcess, effect: str, rule_id: str
) -> None:
    before = reader.read(submission("a.xlsx"), hs01())
    ended = reader.read(submission(f"{effect}.xlsx"), hs01())
    after = reader.read(submission("b.xlsx"), hs01())
    assert (before.state, ended.state, after.state) == ("read", "refused", "read")
    assert rules(ended) == [rule_id]
    assert ended.submission.file_name == f"{effect}.xlsx"


@pytest.mark.parametrize(
    "written",
    [
        b"a" * 400_000 + b"|",
        b"CALL" * 100_000 + b"(",
        b"CALL " * 80_000 + b"a(",
        b"CALL" + b" " * 400_000 + b"x(",
        b"CALL'" + b"'\"" * 100_000 + b"(",
        b"a." * 200_000 + b"CALL[(",
    ],
    ids=["letters and a bar", "one word over and over", "words", "blanks", "quotes", "dots"],
)
def test_a_formula_of_many_letters_is_read_in_time(reader: ReadingProcess, written: bytes) -> None:
    book = workbook(hs01_rows(("1.1", "=A1")))
    long = changed(saved(book), {SHEET: replacing(b"<f>A1</f>", b"<f>%s</f>" % written)})
    assert rules(reader.read(submission("a.xlsx"), long)) == ["formula_without_value"]


def test_many_files_are_read_by_one_process_that_is_gone_afterwards(registry: Registry) -> None:
    with ReadingProcess(registry, DEFAULTS) as process:
        processes = set()
        for _ in range(5):
            assert process.read(submission("a.xlsx"), hs01()).state == "read"
            processes |= {child.pid for child in readers_running()}
    assert len(processes) == 1
    assert not psutil.pid_exists(processes.pop())


def test_a_process_that_was_killed_between_two_files_costs_none(registry: Registry) -> None:
    with ReadingProcess(registry, DEFAULTS) as process:
        process.read(submission("a.xlsx"), hs01())
        (child,) = readers_running()
        child.kill()
        child.wait()
        assert process.read(submission("b.xlsx"), hs01()).state == "read"


def test_limits_are_variables_of_the_machine() -> None:
    assert limits_of({}) == Limits()
    assert limits_of({"KPI_READING_ROWS": "7", "KPI_READING_MACROS": "refuse"}) == Limits(
        rows=7, macros="refuse"
    )


@pytest.mark.parametrize(("name", "text"), [("ROWS", "viele"), ("ROWS", "0"), ("ROWS", "-1"), ("DDE", "yes")])
def test_a_limit_that_is_none_is_an_error(name: str, text: str) -> None:
    with pytest.raises(KpiReportingError, match=f"KPI_READING_{name}"):
        limits_of({f"KPI_READING_{name}": text})
