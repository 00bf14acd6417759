"""Who files which form for which period, and every way in which that can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry
from tests.workbooks import hs01, list_rows, saved, stamp, workbook

Read = Callable[..., Reading]
JUNE = datetime.fromisoformat("2025-06-16T09:00:00+07:00")
TABLE = list_rows([("1.1", 12)])


def who(reading: Reading) -> tuple[Any, ...]:
    return (reading.sender_code, reading.form_code, reading.form_version, reading.period_code)


def rules(reading: Reading) -> list[str]:
    return [finding.rule_id for finding in reading.findings]


def test_the_stamp_says_what_a_file_is(read: Read) -> None:
    reading = read(hs01())
    assert reading.state == "read"
    assert who(reading) == ("14758", "HS-01", 1, "2025-M07")
    assert reading.claim.claimed_by == "stamp"
    assert not reading.findings


@pytest.mark.parametrize(
    "rows",
    [
        [["MÃ BIỂU:", None, "hs-01"], ["Mã đơn vị", 14758, "Kỳ báo cáo", "2025-m07"]],
        [
            [None, "Mã biểu", "HS-01", None, "Phiên bản", "v1"],
            ["Mã đơn vị ", "14758"],
            ["Kỳ báo cáo", "2025-M07"],
        ],
    ],
)
def test_a_stamp_may_be_written_in_several_ways(read: Read, rows: list[list[Any]]) -> None:
    assert who(read(saved(workbook([*rows, *TABLE])))) == ("14758", "HS-01", 1, "2025-M07")


@pytest.mark.parametrize(
    "version", [1, 1.0, "1", "1.0", "V1", "v1.0", "Phiên bản 1", "phiên  bản 1.0", "PHIÊN BẢN: 1", " 1 "]
)
def test_a_version_may_be_written_in_several_ways(read: Read, version: Any) -> None:
    reading = read(hs01(version=version))
    assert (reading.state, who(reading), rules(reading)) == (
        "read", ("14758", "HS-01", 1, "2025-M07"), [],
    )  # fmt: skip


@pytest.mark.parametrize("version", ["1.5", "10", "1.01", "bản một", "1 hoặc 2", "-1", "0", "1.0.0"])
def test_what_is_no_version_of_the_form_stays_refused(read: Read, version: str) -> None:
    reading = read(hs01(version=version))
    assert (reading.state, rules(reading)[0]) == ("refused", "unknown_version")


def test_without_a_stamp_the_file_name_says_it(read: Read) -> None:
    reading = read(saved(workbook(TABLE)), "HS-01_v1_14758_2025-M07 (sửa lần 2).xlsx")
    assert who(reading) == ("14758", "HS-01", 1, "2025-M07")
    assert reading.claim.claimed_by == "file_name"


def test_a_stamp_is_completed_by_the_file_name_and_both_must_agree(read: Read) -> None:
    data = saved(workbook([["Mã biểu", "HS-01"], ["Kỳ báo cáo", "2025-M07"], *TABLE]))
    reading = read(data, "HS-01_v1_14758_2025-M06.xlsx")
    assert who(reading) == ("14758", "HS-01", 1, "2025-M07")
    assert rules(reading) == ["file_name_differs"]
    assert reading.state == "read"


def test_the_source_says_what_nothing_else_says(read: Read) -> None:
    body = b'{"form":"HS-01","period":"2025-M07","rows":[{"item":"1.1","value":1}]}'
    assert who(read(body, "1.json", "so-y-te")) == ("so-y-te", "HS-01", 1, "2025-M07")


def test_an_alias_or_a_name_means_its_unit(read: Read) -> None:
    assert read(hs01("Phường Hàm Rồng")).sender_code == "14758"


@pytest.mark.parametrize(
    ("data", "rule_id"),
    [
        (saved(workbook(TABLE)), "no_form"),
        (saved(workbook([["Mã biểu", "HS-01"], *TABLE])), "no_period"),
        (saved(workbook([["Mã biểu", "HS-01"], ["Kỳ báo cáo", "2025-M07"], *TABLE])), "no_unit"),
        (saved(workbook([*stamp("XX-99", "14758", "2025-M07"), *TABLE])), "unknown_form"),
        (hs01(period="tháng 7"), "unknown_period"),
        (hs01(period="2025-M13"), "unknown_period"),
        (hs01(period="2025-Q2"), "wrong_period_kind"),
        (hs01(period="2035-M07"), "period_outside_registry"),
        (hs01(period="2025-M08"), "period_not_ended"),
        (saved(workbook([*stamp("HS-01H", "380", "2025-M07"), *TABLE])), "form_not_valid"),
        (hs01(unit="99999"), "unknown_unit"),
        (hs01(unit="380"), "unit_not_on_day"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_was_found(read: Read, data: bytes, rule_id: str) -> None:
    reading = read(data)
    assert reading.state == "refused"
    assert rules(reading) == [rule_id]
    (finding,) = reading.addressed()
    assert finding.layer == "structure"
    assert finding.file_name == "bao-cao.xlsx"
    assert finding.action_vi.endswith(".")


@pytest.mark.parametrize(
    ("received_at", "state"),
    [
        ("2025-07-14T23:59:59+07:00", "refused"),
        ("2025-07-15T00:00:00+07:00", "read"),
        ("2025-07-14T17:00:00+00:00", "read"),
        ("2025-07-14T16:59:59+00:00", "refused"),
    ],
)
def test_a_period_ends_at_midnight_in_vietnam(read: Read, received_at: str, state: str) -> None:
    assert read(hs01(), received_at=datetime.fromisoformat(received_at)).state == state


def test_a_code_means_the_unit_of_the_periods_last_day(read: Read) -> None:
    before, after = read(hs01(period="2025-M06"), received_at=JUNE), read(hs01(period="2025-M07"))
    assert before.identity is not None
    assert after.identity is not None
    assert (before.identity.unit.unit_id, after.identity.unit.unit_id) == (
        "14758@2025-01-01",
        "14758@2025-07-01",
    )


def test_a_unit_that_does_not_owe_is_read_and_told(read: Read) -> None:
    reading = read(hs01(period="2025-M06"), received_at=JUNE)
    assert reading.state == "read"
    assert [(finding.rule_id, finding.severity) for finding in reading.findings] == [
        ("unit_does_not_owe", "warning")
    ]


def test_nobody_files_in_the_name_of_another(read: Read) -> None:
    body = b'{"form":"HS-01","unit":"so-noi-vu","period":"2025-M07","rows":[{"item":"1.1","value":1}]}'
    reading = read(body, "1.json", "so-y-te")
    assert rules(reading) == ["sender_mismatch"]


def test_the_finding_of_a_broken_file_names_its_sender_by_the_file_name(read: Read) -> None:
    reading = read(hs01()[:1500], "HS-01_v1_14758_2025-M07.xlsx")
    assert reading.state == "refused"
    assert who(reading) == ("14758", "HS-01", 1, "2025-M07")
    assert rules(reading) == ["unreadable_file"]


def test_a_crash_in_a_library_refuses_the_file_alone(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("kpi_reporting.readers.xlsx.marks_of", crash)
    assert rules(read(hs01())) == ["unreadable_file"]


def test_nil_is_an_act_and_needs_no_table(read: Read) -> None:
    reading = read(saved(workbook(stamp("HS-01", "14758", "2025-M07", nil="X"))))
    assert (reading.state, reading.claim.is_nil, reading.table) == ("read", True, None)


@pytest.mark.parametrize(("value", "state"), [(5, "refused"), (0, "read"), (None, "read")])
def test_nil_with_figures_contradicts_itself(read: Read, value: int | None, state: str) -> None:
    rows = [*stamp("HS-01", "14758", "2025-M07", nil="x"), *list_rows([("1.1", value)])]
    reading = read(saved(workbook(rows)))
    assert reading.state == state
    assert rules(reading) == (["figure_despite_nil"] if state == "refused" else [])


@pytest.mark.parametrize("file_name", ["a.xlsx", "HS-01_v1_14758_2025-M07.xlsx"])
def test_a_form_that_carries_state_secrets_is_refused_unread(registry: Registry, file_name: str) -> None:
    forms = tuple(form.model_copy(update={"carries_state_secrets": True}) for form in registry.forms)
    secret = replace(registry, forms=forms)
    submission = Submission(1, "communes", file_name, JUNE, "", "")
    reading = read_submission(secret, submission, hs01())
    assert (reading.state, reading.sender_code, reading.form_code, reading.period_code) == (
        "refused", "14758", None, None,
    )  # fmt: skip
    assert rules(reading) == ["state_secret"]
    assert [one.file_name for one in reading.addressed()] == [None]
