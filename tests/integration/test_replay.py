"""A submission that was kept out is read again after what was at fault here was mended; it counts once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from typer.testing import CliRunner

from kpi_reporting import night
from kpi_reporting.cli import app
from kpi_reporting.errors import ReplayError
from kpi_reporting.settings import Settings
from kpi_reporting.warehouse import connect
from tests.golden.cases import HERE as GOLDEN
from tests.golden.chain import STEPS, run_night, settings_for
from tests.workbooks import saved, stamp, workbook

FIRST, SECOND, THIRD = (f"2025-07-{day}T01:00:00+07:00" for day in (17, 18, 19))
EVENING = datetime.fromisoformat("2025-07-16T20:00:00+07:00").timestamp()
STATES = """
select s.file_name, array_agg(st.state order by st.state_seq)
from raw.submissions as s inner join raw.submission_states as st using (submission_id) group by s.file_name
"""
KEPT = "select file_name, cell, rule_id, state from quality.quarantine order by file_name, night_id, rule_id"
FIGURES = """
select unit_code, indicator_code, value from reporting.indicator_values
where unit_code like '900%' and period_code = '2025-M07' order by 1, 2
"""


def filing(unit: str, header: str, total: int = 100) -> bytes:
    items = [("1", "Tổng số tiếp nhận", total), ("1.1", "Tiếp nhận trực tuyến", 30),
             ("1.2", "Tiếp nhận trực tiếp", 60), ("1.3", "Tiếp nhận qua bưu chính", 10)]  # fmt: skip
    return saved(
        workbook([*stamp("B-01", unit, "2025-M07"), ["Mã số", "Chỉ tiêu", header], *map(list, items)])
    )


@dataclass
class Province:
    """A province whose field map does not know what one of its senders calls a column."""

    dsn: str
    settings: Settings
    registry: Path
    inbox: Path

    def number(self, file_name: str) -> int:
        return int(
            self.ask(f"select submission_id from raw.submissions where file_name = '{file_name}'")[0][0]
        )

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with connect(self.dsn) as conn:
            return conn.execute(query.encode()).fetchall()

    def mend(self) -> None:
        path = self.registry / "form_fields.csv"
        path.write_text(path.read_text().replace("value,value,Số liệu", "value,value,Số lượng"))

    def replay(self, file_name: str, as_of: str) -> None:
        given = {
            "submission": self.number(file_name),
            "registry": str(self.registry),
            "inbox": str(self.inbox),
        }
        with mock.patch.object(night, "get_settings", return_value=self.settings):
            conf = night.replay_submission({**given, "as_of": as_of}, datetime.fromisoformat(as_of))
            for step in STEPS:
                getattr(night, step)(conf)


@pytest.fixture(scope="module")
def province(warehouse_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Province:
    place = tmp_path_factory.mktemp("replay")
    registry, inbox = place / "golden/registry", place / "inbox"
    shutil.copytree(GOLDEN / "registry", registry)
    shutil.copytree(GOLDEN / "expectations", registry.parent / "expectations")
    (inbox / "filings").mkdir(parents=True)
    files = {"known.xlsx": filing("90001", "Số liệu"), "unknown.xlsx": filing("90004", "Số lượng"),
             "wrong.xlsx": filing("90004", "Số liệu", total=7)}  # fmt: skip
    for name, data in files.items():
        (inbox / "filings" / name).write_bytes(data)
        os.utime(inbox / "filings" / name, (EVENING, EVENING))
    settings = settings_for(warehouse_dsn, place)
    run_night(settings, registry, inbox, FIRST)
    return Province(warehouse_dsn, settings, registry, inbox)


@pytest.fixture
def command(province: Province, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setattr("kpi_reporting.runtime.last_registry.registry_code", lambda *_: "thanh_hoa")
    return lambda *arguments: CliRunner().invoke(app, ["quarantine", *arguments]).output


def test_what_was_kept_out_is_listed_with_payload_cell_text_rule_and_state(
    province: Province, command: Callable[..., str]
) -> None:
    assert province.ask(KEPT) == [
        ("unknown.xlsx", "A5", "missing_columns", "waiting"),
        ("wrong.xlsx", "C6", "B-01.parts_make_the_total", "waiting"),
    ]
    told = command()
    assert "Kept out: 2 faults" in told
    assert "unknown.xlsx" in told
    assert "Kept out: 0 faults" in command("--sender", "90001")


def test_reading_again_without_mending_gives_the_same(province: Province) -> None:
    before = province.ask(FIGURES)
    for _ in range(2):
        province.replay("unknown.xlsx", SECOND)
        province.replay("wrong.xlsx", SECOND)
    assert province.ask(FIGURES) == before
    states = dict(province.ask(STATES))
    assert states["unknown.xlsx"] == ["received", "refused"] * 3
    assert states["wrong.xlsx"] == ["received", "read", "rejected"] * 3
    waiting = [row for row in province.ask(KEPT) if row[3] == "waiting"]
    assert [row[:3] for row in waiting] == [
        ("unknown.xlsx", "A5", "missing_columns"),
        ("wrong.xlsx", "C6", "B-01.parts_make_the_total"),
    ]


def test_after_mending_it_counts_once_and_is_replayed_no_more(
    province: Province, command: Callable[..., str]
) -> None:
    before = province.ask(FIGURES)
    province.mend()
    province.replay("unknown.xlsx", THIRD)
    assert dict(province.ask(STATES))["unknown.xlsx"][-3:] == ["received", "read", "accepted"]
    after = province.ask(FIGURES)
    assert [row for row in after if row[0] == "90001"] == before
    assert {indicator: int(value) for unit, indicator, value in after if unit == "90004"} == {
        "dossiers.received_direct": 60, "dossiers.received_online": 30, "dossiers.received_post": 10,
        "dossiers.received_total": 100,
    }  # fmt: skip
    assert "unknown.xlsx" not in command()
    assert "unknown.xlsx" in command("--all")
    with pytest.raises(ReplayError, match="is accepted; only what was refused or rejected is read again"):
        province.replay("unknown.xlsx", THIRD)


def test_what_cannot_be_read_again_is_said(province: Province) -> None:
    with mock.patch.object(night, "get_settings", return_value=province.settings):
        given = {"registry": str(province.registry), "inbox": str(province.inbox), "as_of": THIRD}
        with pytest.raises(
            ReplayError, match=r"There is no submission 999999\. `kpi-reporting quarantine` lists"
        ):
            night.replay_submission({**given, "submission": 999999}, datetime.fromisoformat(THIRD))
    with connect(province.dsn) as conn:
        for reason, said in (
            ("refused by a person at noon", "by a person"),
            ("state_secret", "were not kept"),
        ):
            conn.execute(
                "insert into raw.submission_states (submission_id, night_id, state, reason) values (%s, %s, 'rejected', %s)",
                (province.number("wrong.xlsx"), FIRST, reason),
            )
            conn.commit()
            with pytest.raises(ReplayError, match=said):
                province.replay("wrong.xlsx", THIRD)
