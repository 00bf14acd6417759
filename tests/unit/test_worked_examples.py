"""The rows shown in the how-to pages really make a valid registry."""

from __future__ import annotations

import csv
import io
import re
import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kpi_reporting.checks import load_suite
from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Submission
from kpi_reporting.registry import load_registry

PROJECT = Path(__file__).parents[2]
REGISTRY = PROJECT / "dbt_project/seeds/thanh_hoa"
NEW_FORM = "docs/how-to/add-a-form.md"
PAGES = ["CONTRIBUTING.md", NEW_FORM, "docs/how-to/add-a-kpi.md"]
EXAMPLE = re.compile(r"`(\w+)\.csv`[^`]*?```csv\n(.*?)```", re.DOTALL)


def examples(page: str) -> list[tuple[str, list[dict[str, str]]]]:
    found = EXAMPLE.findall((PROJECT / page).read_text())
    return [(name, list(csv.DictReader(io.StringIO(rows)))) for name, rows in found]


def append(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open(newline="") as file:
        header = next(csv.reader(file))
    assert list(rows[0]) == header, f"{path.name} has other columns than its example"
    with path.open("a", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerows(rows)


def with_examples(page: str, folder: Path) -> Path:
    """Copy the registry and append the rows the page shows."""
    shutil.copytree(REGISTRY, folder)
    for name, rows in examples(page):
        append(folder / f"{name}.csv", rows)
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_registry_with_the_shown_rows_is_valid(page: str, tmp_path: Path) -> None:
    before, after = load_registry(REGISTRY), load_registry(with_examples(page, tmp_path / "registry"))
    shown = examples(page)
    assert shown
    for name in {name for name, _ in shown}:
        added = sum(len(rows) for other, rows in shown if other == name)
        assert len(getattr(after, name)) == len(getattr(before, name)) + added


def test_shown_rule_is_a_valid_suite(tmp_path: Path) -> None:
    suite = tmp_path / "BD-01.yml"
    suite.write_text(re.findall(r"```yaml\n(.*?)```", (PROJECT / NEW_FORM).read_text(), re.DOTALL)[0])
    shown = dict(examples(NEW_FORM))["form_fields"]
    assert load_suite(suite, frozenset(row["field_code"] for row in shown)).rules[0].severity == "error"


def test_the_shown_source_is_that_of_the_registry() -> None:
    ((name, shown),) = examples("docs/how-to/add-a-source.md")
    with (REGISTRY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        (row,) = (row for row in csv.DictReader(file) if row["kind"] == "sftp")
    assert shown == [row]


def test_shown_file_is_read_as_the_shown_form(tmp_path: Path) -> None:
    registry = load_registry(with_examples(NEW_FORM, tmp_path / "registry"))
    content = re.findall(r"```\n(Mã biểu.*?)```", (PROJECT / NEW_FORM).read_text(), re.DOTALL)[0].encode()
    received_at = datetime(2025, 6, 16, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    submission = Submission(1, "departments", "any name.csv", received_at, "", "")
    reading = read_submission(registry, submission, content)
    assert (reading.state, list(reading.findings)) == ("read", [])
    assert (reading.form_code, reading.sender_code, reading.period_code) == (
        "BD-01",
        "so-cong-thuong",
        "2025-Q2",
    )
