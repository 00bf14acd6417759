"""A night answers every filing it settled: real files, real staging and door, one folder per sender."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

import json
import logging
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from unittest import mock

import psycopg
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from kpi_reporting import night
from kpi_reporting.answers import answer_submission
from kpi_reporting.cli import app
from kpi_reporting.errors import AnswerError
from kpi_reporting.settings import Settings
from kpi_reporting.warehouse import connect
from tests.golden.cases import HERE as GOLDEN
from tests.golden.chain import run_night, settings_for
from tests.integration.s3_store import KEY, NOBODY, SECRET, Store, pointed, s3, s3_url
from tests.workbooks import saved, stamp, workbook

NIGHT = "2025-07-17T01:00:00+07:00"
EVENING = datetime.fromisoformat("2025-07-16T20:00:00+07:00").timestamp()
STEPS = ("read", "stage", "check_at_door", "answer_senders")


def filing(unit: str, online: object, form: str = "B-01") -> bytes:
    items = [("1", "Tổng số tiếp nhận", 100), ("1.1", "Tiếp nhận trực tuyến", online),
             ("1.2", "Tiếp nhận trực tiếp", 60), ("1.3", "Tiếp nhận qua bưu chính", 10)]  # fmt: skip
    return saved(
        workbook([*stamp(form, unit, "2025-M07"), ["Mã số", "Chỉ tiêu", "Số liệu"], *map(list, items)])
    )


FILES = {
    "good.xlsx": filing("90001", 30),
    "wrong.xlsx": filing("90004", "ba mươi"),
    "foreign.xlsx": filing("90004", 30, form="XX-99"),
    "x_MẬT.xlsx": filing("90001", 30),
}


@dataclass(frozen=True)
class Answered:
    """What a night left: its settings, and the answers by sender."""

    settings: Settings
    registry: Path
    inbox: Path
    folder: Path

    def names(self) -> dict[str, list[str]]:
        """What kinds of answer lie in each folder, without the number of the submission."""
        return {
            sender.name: sorted(re.sub(r"_?\d+\.", ".", path.name) for path in sender.iterdir())
            for sender in self.folder.iterdir()
        }

    def one(self, sender: str, suffix: str) -> Path:
        (path,) = (self.folder / sender).glob(f"*{suffix}")
        return path


@pytest.fixture(scope="module")
def answered(warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Answered:
    place = tmp_path_factory.mktemp("answers")
    registry, inbox = place / "golden/registry", place / "inbox"
    shutil.copytree(GOLDEN / "registry", registry)
    shutil.copytree(GOLDEN / "expectations", registry.parent / "expectations")
    (inbox / "filings").mkdir(parents=True)
    for name, data in FILES.items():
        (inbox / "filings" / name).write_bytes(data)
        os.utime(inbox / "filings" / name, (EVENING, EVENING))
    settings = replace(settings_for(warehouse_dsn, place), answers=f"file://{place}/answers")
    said = run_night(settings, registry, inbox, NIGHT, STEPS)
    assert said["answer_senders"] == {"answered": 4, "failed": ()}
    return Answered(settings, registry, inbox, place / "answers/golden")


@pytest.fixture
def conn(warehouse_dsn: str) -> Iterator[psycopg.Connection]:
    with connect(warehouse_dsn) as conn:
        yield conn


def test_each_sender_has_a_folder_and_whom_nobody_knows_gets_that_of_its_source(answered: Answered) -> None:
    assert answered.names() == {
        "90001": ["B-01_2025-M07.html"],
        "90004": ["B-01_2025-M07.html", "B-01_2025-M07.xlsx"],
        "nguon-filings": [".html", ".html"],
    }


def test_the_sender_of_a_faulty_figure_gets_its_workbook_back_marked(answered: Answered) -> None:
    sheet = load_workbook(answered.one("90004", ".xlsx"))["Biểu"]
    assert sheet["C7"].comment.text.startswith("Ô số liệu không đọc được thành số.")
    assert sheet["C7"].value == "ba mươi"
    page = answered.one("90004", ".html").read_text()
    assert "Báo cáo chưa được tiếp nhận" in page
    assert "Xã An Lập (90004)" in page


def test_a_good_filing_is_told_so(answered: Answered) -> None:
    page = answered.one("90001", ".html").read_text()
    assert "Báo cáo đã được tiếp nhận" in page
    assert "Không có lỗi hay cảnh báo nào." in page


def test_of_a_state_secret_no_name_and_no_content_comes_back(answered: Answered) -> None:
    pages = [path.read_text() for path in answered.folder.rglob("*.html")]
    assert not [page for page in pages if "MẬT" in page]
    assert sum("bí mật nhà nước" in page for page in pages) == 1


def test_the_same_night_again_writes_the_same_bytes(answered: Answered) -> None:
    before = {path: path.read_bytes() for path in answered.folder.rglob("*") if path.is_file()}
    run_night(answered.settings, answered.registry, answered.inbox, NIGHT, STEPS)
    assert {path: path.read_bytes() for path in answered.folder.rglob("*") if path.is_file()} == before


def answers_written_to(answered: Answered, url: str) -> None:
    elsewhere = replace(answered.settings, answers=url)
    conf = {"registry": str(answered.registry), "inbox": str(answered.inbox), "as_of": NIGHT}
    with mock.patch.object(night, "get_settings", return_value=elsewhere):
        night.answer_senders(conf)


def test_one_answer_that_cannot_be_written_stops_no_other(answered: Answered, tmp_path: Path) -> None:
    (tmp_path / "golden").mkdir()
    (tmp_path / "golden/90004").write_text("a file where a folder is needed")
    with pytest.raises(
        AnswerError, match=r"1 of 4 filings could not be answered, the others were\. submission \d"
    ):
        answers_written_to(answered, f"file://{tmp_path}")
    assert (tmp_path / "golden/90001").is_dir()


def test_in_an_object_store_the_answers_are_the_same_and_nothing_lies_beside_them(
    answered: Answered, s3: Store
) -> None:
    place = f"s3://{s3.bucket}-answers"
    for _ in range(2):
        answers_written_to(answered, place)
    told = {name.rpartition("golden/")[2]: s3.files.cat_file(name) for name in s3.files.find(place)}
    files = [path for path in answered.folder.rglob("*") if path.is_file()]
    assert told == {path.relative_to(answered.folder).as_posix(): path.read_bytes() for path in files}


def test_an_object_store_that_nobody_reaches_is_waited_for_once_and_told_once(
    answered: Answered, s3: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pointed(monkeypatch, endpoint_url=NOBODY)
    with caplog.at_level(logging.ERROR), pytest.raises(AnswerError) as error:
        answers_written_to(answered, f"s3://{s3.bucket}")
    told = str(error.value)
    assert told.startswith("4 of 4 filings could not be answered")
    assert told.count("Could not connect to the endpoint URL") == 1
    assert told.count(": the same") == 3
    assert len(caplog.records) == 1
    assert "Traceback" not in caplog.text
    assert not [word for word in (SECRET, KEY) if word in caplog.text + told]


def test_a_filing_that_came_from_a_program_is_answered_as_json(
    conn: psycopg.Connection, answered: Answered, tmp_path: Path
) -> None:
    (submission,) = conn.execute(
        "select submission_id from raw.submissions where file_name = 'wrong.xlsx'"
    ).fetchone() or (0,)
    conn.execute("update raw.submissions set channel = 'http_api' where submission_id = %s", (submission,))
    (place,) = answer_submission(conn, "golden", f"file://{tmp_path}", submission)
    conn.rollback()
    told = json.loads(Path(place.removeprefix("file://")).read_text())
    assert (told["sender"], told["state"], told["counts"]["error"]) == ("90004", "rejected", 1)
    assert told["findings"][0]["cell"] == "C7"


def test_the_command_writes_one_answer_and_says_where(
    conn: psycopg.Connection, answered: Answered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (submission,) = conn.execute(
        "select submission_id from raw.submissions where file_name = 'good.xlsx'"
    ).fetchone() or (0,)
    monkeypatch.setattr("kpi_reporting.runtime.last_registry.registry_code", lambda *_: "thanh_hoa")
    done = CliRunner().invoke(app, ["answer", str(submission), "--to", f"file://{tmp_path}"])
    assert done.output.strip().endswith(f"90001/B-01_2025-M07_{submission}.html")
    assert Path(done.output.strip().removeprefix("file://")).exists()
    unknown = CliRunner().invoke(app, ["answer", "999999", "--to", str(tmp_path)])
    assert "There is no submission 999999" in str(unknown.exception)
