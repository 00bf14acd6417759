"""How findings are grouped and told."""

from __future__ import annotations

from typing import Any

from kpi_reporting.cli.findings import Found, by_file, by_rule, counted, messages


def finding(rule_id: str = "HS-01.not_negative", **changed: Any) -> Found:
    row = {
        "severity": "error", "rule_id": rule_id, "sender_code": "14758", "sender_vi": "Phường Hàm Rồng",
        "sender_confirmed": True, "about": "HS-01 2025-M07", "file_name": "a.xlsx", "submission_id": 1,
        "sheet_name": "Biểu", "place": "D7", "is_cell": True, "is_figure": False, "found": "",
        "message_en": "The figure cannot be negative.", "action_vi": "Sửa ô này.",
    }  # fmt: skip
    return Found(**{**row, **changed})


def test_a_rule_is_told_once_per_file_and_errors_only() -> None:
    findings = [
        finding(place="D7"),
        finding(place="D8"),
        finding("HS-01.whole_number"),
        finding(severity="warning"),
        finding(submission_id=2, file_name="b.xlsx"),
    ]
    files = [[one.rule_id for one in group] for group in by_file(findings)]
    assert files == [["HS-01.not_negative"] * 2 + ["HS-01.whole_number"], ["HS-01.not_negative"]]


def test_figures_at_the_exit_are_one_group_whatever_their_period_and_broken_rules_one_per_form() -> None:
    nobody: dict[str, Any] = {"sender_code": "", "sender_vi": None, "submission_id": None}
    figures = [finding(**nobody, is_figure=True, about=period) for period in ("2025-M06", "2025-M07")]
    broken = [finding(**nobody, about=form) for form in ("HS-01", "KT-01")]
    assert [len(group) for group in by_file([*figures, *broken])] == [2, 1, 1]


def test_rules_come_by_severity() -> None:
    findings = [finding("b", severity="info"), finding("z"), finding("a", severity="warning"), finding("z")]
    assert [(group[0].rule_id, len(group)) for group in by_rule(findings)] == [("z", 2), ("a", 1), ("b", 1)]


def test_one_sentence_for_all_cells_and_what_was_found_when_it_is_one_thing() -> None:
    assert messages([finding(found="-1"), finding(found="-2")]) == ["The figure cannot be negative."]
    assert messages([finding(found="-1")]) == ["The figure cannot be negative.", "found: -1"]


def test_sentences_that_differ_are_told_with_their_cells_the_first_ones_only() -> None:
    different = [finding(place=f"D{row}", message_en=f"says {row}") for row in range(5)]
    assert messages(different) == ["D0: says 0", "D1: says 1", "D2: says 2", "… and 2 more"]


def test_who_is_the_sender_and_a_figure_is_named_as_on_the_board() -> None:
    assert finding(sender_confirmed=False).who == "Phường Hàm Rồng* (14758)"
    assert finding(sender_code="", sender_vi=None).who == "a.xlsx"
    figure = finding(is_figure=True, place="DT05/DT05-a/38@2020-10-06/administrative/2025-M07")
    assert figure.who == figure.where == "DT05-a 38 2025-M07"


def test_findings_are_counted_by_severity_and_files() -> None:
    findings = [finding(), finding(submission_id=2), finding(severity="warning", submission_id=None)]
    assert counted(findings) == "2 errors, 1 warning; 2 files with findings"
    assert counted([]) == "none"
