"""A dry run and the night say the same of every file: corpus, sandbox, duplicates, corrections, after the lock."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kpi_reporting.checks import Waiver, record_waiver
from kpi_reporting.cli import app
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.registry import load_registry
from sandbox.faults import FAULTS
from sandbox.maker import Maker
from sandbox.obligations import obligations
from sandbox.sendings import sendings
from tests.corpus.dangers import zipped
from tests.corpus.test_corpus import FILES
from tests.integration.dry_run.place import EVENING, NIGHT, Place, placed
from tests.integration.dry_run.told import as_the_dry_run_tells, as_the_night_tells, everything
from tests.workbooks import THANH_HOA, hs01, list_rows, saved, stamp, workbook


@pytest.fixture(scope="module")
def here(warehouse_dsn: str, settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with placed(
        warehouse_dsn, settings, tmp_path_factory.mktemp("dry-run"), load_registry(THANH_HOA)
    ) as place:
        yield place


def corpus(here: Place) -> list[Path]:
    """Every file of the corpus that needs no limits of its own and is received before the night."""
    folders, until = ("communes", "departments", "districts"), datetime.fromisoformat(NIGHT)
    cases = [one for one in FILES if not one.limits and one.source in folders and one.received_at < until]
    return [
        here.drop(f"{case.source}/{number}/{case.file_name}", case.make(), case.received_at)
        for number, case in enumerate(cases)
    ]


def province(here: Place) -> list[Path]:
    """A commune for every mistake of the sandbox, and for what others do."""
    maker = Maker(here.registry, here.inbox, datetime.fromisoformat(NIGHT), 3)
    owed = [
        one
        for one in obligations(here.registry, datetime.fromisoformat(NIGHT))
        if one.form.form_code == "HS-01"
    ]
    owed = [one for one in owed if one.unit.kind == "commune" and one.period.code == "2025-M07"]
    made = []
    for particular in (*FAULTS, "corrected", "sent_twice", "late", "nil", "legacy_font", "left_open"):
        fault = FAULTS.get(particular)
        if particular == "total_misses_a_row":
            continue
        one = next(one for one in owed if fault is None or fault.fits(here.registry, 3, one))
        owed.remove(one)
        sent = sendings(here.registry, 3, one, particular)
        made += [maker.made(sending) for sending in sent if sending.received_at.isoformat() < NIGHT]
    return [here.inbox / entry.origin for entry in made]


def test_of_every_file_both_say_the_same_and_the_dry_run_leaves_no_trace(here: Place) -> None:
    data = hs01("14797")
    twice = [here.drop(f"communes/{name}.xlsx", data) for name in ("b", "a")]
    first = here.drop("communes/z.xlsx", data, EVENING.replace(hour=8))
    paths = [*corpus(here), *province(here), *twice, first]
    here.night("2025-06-01T01:00:00+07:00")
    before = everything(here.conn)
    verdicts = here.check(*paths)
    assert everything(here.conn) == before
    assert not (here.inbox.parent / "landing").exists()

    here.night()
    said = as_the_dry_run_tells(verdicts, here.inbox)
    made = as_the_night_tells(here.conn, NIGHT)
    assert {one: what for one, what in said.items() if what[0] != "not_collected"} == made
    assert all("~$" in one for one, what in said.items() if what[0] == "not_collected")
    assert {state for state, _ in made.values()} == {
        "accepted",
        "superseded",
        "rejected",
        "refused",
        "duplicate",
    }
    assert {name: said[f"communes/{name}.xlsx"][0] for name in "abz"} == {
        "a": "duplicate",
        "b": "duplicate",
        "z": "rejected",
    }


@pytest.fixture(scope="module")
def filed(here: Place) -> Path:
    """A filing in force."""
    path = here.drop("communes/in force.xlsx", nil_filing(here.commune(-1)))
    here.night()
    return path


def nil_filing(unit: str, period: str = "2025-M07") -> bytes:
    return saved(workbook(stamp("HS-01", unit, period, nil="x")))


def other_bytes(unit: str) -> bytes:
    return saved(workbook([*stamp("HS-01", unit, "2025-M07", nil="x"), ["Ghi chú", "sửa"]]))


def test_what_was_filed_before_decides(here: Place, filed: Path) -> None:
    again = here.drop("communes/again.xlsx", filed.read_bytes(), EVENING.replace(day=17))
    later = EVENING.replace(day=17, hour=21)
    correction = here.drop("communes/correction.xlsx", other_bytes(here.commune(-1)), later)
    verdicts = here.check(filed, again, correction)
    assert [one.outcome for one in verdicts] == ["known", "duplicate", "accepted"]
    assert [one.is_well for one in verdicts] == [True, True, True]
    assert (verdicts[1].findings[0].found, verdicts[2].replaces) == ("in force.xlsx", "in force.xlsx")

    last = here.last_number()
    here.night()
    made = as_the_night_tells(here.conn, NIGHT, last)
    assert as_the_dry_run_tells(verdicts[1:], here.inbox) == made


def test_what_waits_in_the_inbox_is_looked_at_when_asked(here: Place, tmp_path: Path) -> None:
    commune = here.commune(-7)
    (correction := tmp_path / "sửa.xlsx").write_bytes(other_bytes(commune))
    here.drop("communes/waits.xlsx", nil_filing(commune), EVENING.replace(day=17))
    asked = {"received_at": EVENING.replace(day=17, hour=21)}
    (alone,) = here.check(correction, **asked)
    (beside,) = here.check(correction, with_inbox=True, **asked)
    assert (alone.outcome, alone.replaces) == ("accepted", None)
    assert (beside.outcome, beside.replaces) == ("accepted", "waits.xlsx")
    here.night()
    known, replaced = here.check(here.inbox / "communes/waits.xlsx", correction, with_inbox=True, **asked)
    assert (known.outcome, replaced.replaces) == ("known", "waits.xlsx")


def test_after_the_lock_it_would_be_held(here: Place, filed: Path) -> None:
    late = datetime.fromisoformat("2025-09-16T09:00:00+07:00")
    verdict, first = here.check(
        here.drop("communes/late correction.xlsx", nil_filing(here.commune(-1)), late),
        here.drop("communes/late.xlsx", other_bytes(here.commune(-2)), late),
    )
    assert (verdict.outcome, first.outcome) == ("held", "held")
    assert verdict.sentence_vi() == (
        "Sẽ được giữ lại, chưa tính: nhận lúc 09:00 ngày 16/09/2025, sau thời điểm khóa sổ."
    )
    last, as_of = here.last_number(), "2025-09-17T01:00:00+07:00"
    here.night(as_of)
    made = as_the_night_tells(here.conn, as_of, last)
    assert as_the_dry_run_tells([verdict, first], here.inbox) == made


def whole_list(here: Place, unit: str, **figures: int) -> bytes:
    """A filing with every item of the form, zero but for the figures given."""
    items = [
        (one.item_code or "", figures.get(one.field_code, 0))
        for one in here.registry.form_fields
        if one.form_code == "HS-01" and one.indicator_code
    ]
    return saved(workbook([*stamp("HS-01", unit, "2025-M07"), [], *list_rows(items)]))


def test_a_waived_rule_stops_a_filing_in_neither(here: Place) -> None:
    unit, rule = here.commune(-4), "HS-01.full_online_within_online"
    here.drop("communes/before the waiver.xlsx", whole_list(here, unit, full_online=1))
    here.night()
    again = here.drop("communes/waived.xlsx", whole_list(here, unit, full_online=2), EVENING.replace(day=17))
    assert [one.outcome for one in here.check(again)] == ["rejected"]

    last, approved = here.last_number(), EVENING.replace(hour=21)
    act = Waiver(
        last, rule, "Phần mềm một cửa đang sửa lỗi", "Văn thư", "Lãnh đạo Sở", approved, date(2025, 12, 31), "Trực đêm"
    )  # fmt: skip
    with here.conn.transaction():
        record_waiver(here.conn, act)
    (verdict,) = here.check(again)
    here.night()
    made = as_the_night_tells(here.conn, NIGHT, last)
    assert verdict.outcome == "accepted"
    assert rule in {one.rule_id for one in verdict.findings}
    assert as_the_dry_run_tells([verdict], here.inbox) == made


def test_of_an_archive_each_report_is_told(here: Place) -> None:
    reports = {
        "a.xlsx": nil_filing(here.commune(-5)),
        "b.xlsx": hs01("14797")[:2000],
        "xã/c.xlsx": nil_filing(here.commune(-6)),
    }
    archive = here.drop("communes/several.zip", zipped(reports))
    verdicts = here.check(archive)
    assert [(one.path.relative_to(archive).as_posix(), one.outcome) for one in verdicts] == [
        (".", "unpacked"), ("a.xlsx", "accepted"), ("b.xlsx", "refused"), ("xã/c.xlsx", "accepted"),
    ]  # fmt: skip
    last = here.last_number()
    here.night()
    assert as_the_dry_run_tells(verdicts, here.inbox) == as_the_night_tells(here.conn, NIGHT, last)


def test_a_file_from_elsewhere_is_told_through_whose_source_it_will_come(here: Place, tmp_path: Path) -> None:
    bare = tmp_path / "số liệu.csv"
    bare.write_text("Không phát sinh;x\n", "utf-8")
    assert [one.rule_id for one in here.check(bare)[0].findings] == ["no_form"]
    (verdict,) = here.check(
        bare, received_at=EVENING, unit_code="14812", form_code="HS-01", period_code="2025-M07"
    )
    assert (verdict.sender_code, verdict.form_code, verdict.period_code) == ("14812", "HS-01", "2025-M07")
    payload = tmp_path / "1.json"
    payload.write_text(
        json.dumps({"form": "HS-01", "unit": "14812", "period": "2025-M07", "nil": True}), "utf-8"
    )
    (verdict,) = here.check(payload, received_at=EVENING, unit_code="so-y-te")
    assert (verdict.outcome, [one.rule_id for one in verdict.findings]) == ("refused", ["sender_mismatch"])
    payload.write_text("[]", "utf-8")
    with pytest.raises(KpiReportingError, match="is no JSON object"):
        here.check(payload, unit_code="so-y-te")


def test_a_sender_with_an_sftp_server_is_checked_as_its_source_says(here: Place, tmp_path: Path) -> None:
    source = next(one for one in here.registry.sources if one.source_code == "communes")
    own = {
        "source_code": "own",
        "kind": "sftp",
        "location": "out",
        "unit_code": here.commune(-3),
        "form_code": "HS-01",
    }
    place = replace(here, registry=replace(here.registry, sources=(source.model_copy(update=own),)))
    bare = tmp_path / "so lieu.csv"
    bare.write_text("Kỳ báo cáo;2025-M07\nKhông phát sinh;x\n", "utf-8")
    (verdict,) = place.check(bare, received_at=EVENING, unit_code=here.commune(-3))
    assert (verdict.outcome, verdict.sender_code, verdict.form_code) == (
        "accepted",
        here.commune(-3),
        "HS-01",
    )


def test_the_command_tells_senders_and_programs(
    here: Place, filed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpi_reporting.cli.filing.get_settings", lambda: here.settings)
    shutil.copy(filed, tmp_path / "bản sao.xlsx")
    (tmp_path / "HS-01_v1_14797_2025-M07.xlsx").write_bytes(hs01("14797")[:2000])
    files = [str(tmp_path / name) for name in ("bản sao.xlsx", "HS-01_v1_14797_2025-M07.xlsx")]
    printed = CliRunner().invoke(app, ["check", *files, "--received-at", "2025-07-16T20:30"])
    assert printed.exit_code == 1
    assert "bản sao.xlsx: Trùng hoàn toàn với báo cáo đã nhận" in printed.output
    assert "✗ unreadable_file" in printed.output
    assert "Đơn vị 14797, biểu HS-01 phiên bản 1, kỳ 2025-M07" in printed.output

    asked = CliRunner().invoke(app, ["check", files[0], "--received-at", "2025-07-16T20:30", "--json"])
    (one,) = json.loads(asked.output)
    assert asked.exit_code == 0
    assert (one["outcome"], one["is_well"], one["form_code"]) == ("duplicate", True, "HS-01")
    assert one["findings"][0]["rule_id"] == "duplicate"
