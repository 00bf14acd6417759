"""Filings for periods before units changed, sent after: about whom, by whom, and what is never guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import LateFiler
from tests.workbooks import district_book, hs01, list_rows, saved, stamp, workbook

AUGUST = datetime.fromisoformat("2025-08-05T09:00:00+07:00")
MAY = "2025-M05"

Late = Callable[..., Reading]


@pytest.fixture
def late(registry: Registry) -> Late:
    """Read a filing in August, where the registry names who files for some closed units."""

    def read(data: bytes, source: str = "communes", **named: str) -> Reading:
        rows = tuple(
            LateFiler(unit_id=f"{unit}@2025-01-01", filer_unit_id=filer, confirmed=False)
            for unit, filer in ((name.removeprefix("unit_"), filer) for name, filer in named.items())
        )
        known = replace(registry, late_filers=rows)
        name = "late.json" if data.startswith(b"{") else "late.xlsx"
        return read_submission(known, Submission(1, source, name, AUGUST, "", ""), data)

    return read


def may(unit: str, name: str | None = None) -> bytes:
    named: list[list[Any]] = [["Tên đơn vị", name]] if name else []
    return saved(workbook([*stamp("HS-01", unit, MAY), *named, *list_rows([("1.1", 12)])]))


def told(reading: Reading) -> list[str]:
    return [one.rule_id for one in reading.findings if one.rule_id != "unit_does_not_owe"]


def who(reading: Reading) -> tuple[str | None, str]:
    assert reading.identity is not None, reading.findings
    return reading.sender_code, reading.identity.unit.unit_id


@pytest.mark.parametrize("written", ["14761", "14761@2025-01-01", "Phường Nam Ngạn"])
def test_the_only_successor_files_for_a_closed_unit_and_it_is_said(late: Late, written: str) -> None:
    reading = late(may(written))
    assert reading.state == "read"
    assert who(reading) == ("14758", "14761@2025-01-01")
    assert reading.unit_code == "14761"
    assert told(reading) == ["filed_by_successor"]
    (note,) = [one for one in reading.findings if one.rule_id == "filed_by_successor"]
    assert (note.severity, note.subject, note.found) == ("info", "14761@2025-01-01", "14758@2025-07-01")


def test_a_reused_code_is_never_guessed(late: Late) -> None:
    """Code 14758 was Đông Thọ, which was split, and is Hàm Rồng, which files for four others."""
    reading = late(may("14758"))
    assert reading.state == "refused"
    (finding,) = reading.findings
    assert finding.rule_id == "sender_ambiguous"
    for unit_id in ("14758@2025-01-01", "14755@2025-01-01", "14761@2025-01-01"):
        assert unit_id in finding.action_vi


def test_a_successor_of_several_has_to_say_for_which_it_files(late: Late) -> None:
    reading = late(may("14758@2025-07-01"))
    assert told(reading) == ["sender_ambiguous"]
    assert "14758@2025-01-01" not in reading.findings[0].action_vi


def test_the_name_in_the_form_tells_which_unit_a_reused_code_means(late: Late) -> None:
    assert told(late(may("14797"))) == ["sender_ambiguous"]
    assert who(late(may("14797", "phường  Đông Hải"))) == ("14797", "14797@2025-01-01")
    assert told(late(may("14797", "Phường Không Đâu"))) == ["sender_ambiguous"]


def test_a_name_that_was_used_again_with_its_code_tells_nothing(late: Late) -> None:
    reading = late(
        saved(workbook([*stamp("HS-01", "so-khcn", "2025-M02"), ["Tên đơn vị", "Sở Khoa học và Công nghệ"]]))
    )
    assert told(reading) == ["sender_ambiguous"]


def test_for_a_split_unit_only_the_one_named_files(late: Late) -> None:
    refused = late(may("14758@2025-01-01"))
    assert (refused.state, told(refused)) == ("refused", ["no_late_filer"])
    assert "14797@2025-07-01" in refused.findings[0].message_en
    reading = late(may("14758@2025-01-01"), unit_14758="14797@2025-07-01")
    assert who(reading) == ("14797", "14758@2025-01-01")


def test_a_district_that_left_no_successor_needs_a_filer_too(late: Late) -> None:
    book = saved(district_book(period=MAY))
    assert told(late(book, "districts")) == ["no_late_filer"]
    assert who(late(book, "districts", unit_380="so-noi-vu@2025-03-01")) == ("so-noi-vu", "380@2025-01-01")


@pytest.mark.parametrize("code", ["15010", "14848"])
def test_a_new_name_or_parent_changes_nothing(late: Late, code: str) -> None:
    reading = late(may(code))
    assert who(reading) == (code, f"{code}@2024-11-01")
    assert told(reading) == []


def test_a_source_files_for_its_own_unit_and_those_it_answers_for(late: Late) -> None:
    body = b'{"form":"HS-01","unit":"%s","period":"2025-M02","rows":[{"item":"1.1","value":1}]}'
    assert told(late(body % b"so-tttt", "so-y-te")) == ["sender_mismatch"]
    assert who(late(body % b"so-tttt", "departments")) == ("so-khcn", "so-tttt@2020-10-06")


def test_a_unit_is_named_by_code_and_day_in_file_names(registry: Registry) -> None:
    data = saved(workbook(list_rows([("1.1", 12)])))
    name = "HS-01_v1_14761@2025-01-01_2025-M05.xlsx"
    reading = read_submission(registry, Submission(1, "communes", name, AUGUST, "", ""), data)
    assert who(reading) == ("14758", "14761@2025-01-01")


def test_a_dated_unit_of_other_days_is_told_when_it_existed(late: Late) -> None:
    reading = late(may("16387@2025-01-01"))
    assert told(reading) == ["unit_not_on_day"]
    assert told(late(hs01("14758@2025-02-02", MAY))) == ["unknown_unit"]
