"""What is told of a table that stands otherwise than in the filing before."""

from __future__ import annotations

from kpi_reporting.checks.layouts import RULES, Column, Layout, Pair, layout_findings
from kpi_reporting.findings import Finding, Severity

NAMED = {"item_code": "Mã số", "value": "Số liệu", "remark": "Ghi chú"}


def layout(columns: dict[str, str], version: int = 1, measure: str | None = None, **said: object) -> Layout:
    """A table by the letters of its columns: the code of a field, or the header of a column nobody knows."""
    named = [
        Column(ord(letter) - ord("A") + 1, code if code in NAMED else None, NAMED.get(code, code))
        for letter, code in columns.items()
    ]
    period, name = ("2025-M07", "b.xlsx") if said else ("2025-M06", "a.xlsx")
    return Layout(period, name, version, named, measure, **said)  # type: ignore[arg-type]


def told(
    before: Layout, columns: dict[str, str], severities: dict[str, Severity] | None = None, **said: object
) -> list[Finding]:
    now = layout(columns, sheet_name="Biểu", header_row=6, **said)  # type: ignore[arg-type]
    return list(layout_findings(Pair(7, "14758", "HS-01", now, before, severities or {})))


BEFORE = layout({"A": "item_code", "D": "value", "E": "remark"}, measure="triệu đồng")
SAME: dict[str, object] = {"measure": "triệu đồng"}


def test_the_same_table_is_told_nothing() -> None:
    assert told(BEFORE, {"A": "item_code", "D": "value", "E": "remark"}, **SAME) == []


def test_a_column_that_moved_is_named_with_both_places_and_the_file_before() -> None:
    (finding,) = told(BEFORE, {"A": "item_code", "E": "value", "F": "remark"}, **SAME)
    assert (finding.rule_id, finding.severity, finding.sheet_name, finding.cell, finding.found) == (
        "history.columns_moved", "warning", "Biểu", "E6", "D → E, E → F",
    )  # fmt: skip
    assert "2025-M06, tệp a.xlsx" in finding.message_vi
    assert (
        "cột “Số liệu” đứng ở cột D, nay ở cột E; cột “Ghi chú” đứng ở cột E, nay ở cột F."
        in finding.message_vi
    )
    assert (finding.submission_id, finding.sender_code, finding.form_code) == (7, "14758", "HS-01")
    assert (finding.period_code, finding.file_name) == ("2025-M07", "b.xlsx")


def test_the_column_of_the_next_period_did_not_move() -> None:
    def with_months(column: int) -> list[Column]:
        return [Column(1, "item_code", "Mã số"), Column(column, "value", "{period}")]

    before = Layout("2025-M06", "a.xlsx", 1, with_months(7))
    now = Layout("2025-M07", "b.xlsx", 1, with_months(8), header_row=3)
    assert list(layout_findings(Pair(1, "a", "X", now, before))) == []


def test_of_many_columns_that_moved_ten_are_named_and_the_others_counted() -> None:
    def wide(first: int) -> list[Column]:
        return [Column(first + place, f"f{place}", f"Cột {place}") for place in range(12)]

    before = Layout("2025-M06", "a.xlsx", 1, wide(1))
    now = Layout("2025-M07", "b.xlsx", 1, wide(2), header_row=3)
    (finding,) = layout_findings(Pair(1, "a", "X", now, before))
    assert finding.message_vi.count("nay ở cột") == 10
    assert "; 2 cột." in finding.message_vi
    assert finding.cell == "B3"


def test_an_unknown_header_where_a_known_one_stood_is_a_renamed_column_and_told_so() -> None:
    gone, new = told(BEFORE, {"A": "item_code", "D": "value", "E": "Ghi thêm"}, **SAME)
    assert (gone.rule_id, gone.severity, gone.cell, gone.subject, gone.found) == (
        "history.column_gone", "warning", "E6", "remark", "Ghi thêm",
    )  # fmt: skip
    assert "“Ghi chú”" in gone.message_vi
    assert "Ở đó nay là “Ghi thêm”" in gone.message_vi
    assert (new.rule_id, new.severity, new.cell) == ("history.column_new", "info", "E6")


def test_a_column_that_is_gone_is_told_where_it_stood() -> None:
    (gone,) = told(BEFORE, {"A": "item_code", "D": "value"}, **SAME)
    assert (gone.rule_id, gone.cell, gone.found) == ("history.column_gone", "E6", None)
    assert "đứng ở cột E, nay không còn." in gone.message_vi


def test_an_unknown_column_is_new_only_once() -> None:
    columns = {"A": "item_code", "D": "value", "E": "remark", "F": "Lũy kế"}
    (new,) = told(BEFORE, columns, **SAME)
    assert (new.rule_id, new.cell, new.found) == ("history.column_new", "F6", "Lũy kế")
    before = layout({**columns, "F": "LŨY  KẾ"})
    assert told(before, columns, **SAME) == []


def test_another_spelling_is_told_and_another_way_to_compose_letters_is_not() -> None:
    def headed(header: str, **said: object) -> Layout:
        return Layout("2025-M06", "a.xlsx", 1, [Column(4, "value", header)], **said)  # type: ignore[arg-type]

    def findings(header: str) -> list[Finding]:
        return list(layout_findings(Pair(1, "a", "X", headed(header), headed("Số liệu"))))

    (finding,) = findings("SỐ LIỆU")
    assert (finding.rule_id, finding.severity, finding.found) == (
        "history.header_respelled",
        "info",
        "SỐ LIỆU",
    )
    assert "“Số liệu” nay là “SỐ LIỆU”" in finding.message_vi
    assert findings("So\u0302\u0301 lie\u0323\u0302u") == []


def test_another_measure_and_one_left_out_are_told_and_one_that_came_is_not() -> None:
    columns = {"A": "item_code", "D": "value", "E": "remark"}
    (other,) = told(BEFORE, columns, measure="đồng")
    assert (other.rule_id, other.severity, other.found) == ("history.measure_changed", "warning", "đồng")
    assert "ghi đơn vị tính “triệu đồng” phía trên bảng, nay ghi “đồng”." in other.message_vi
    (left_out,) = told(BEFORE, columns)
    assert (left_out.rule_id, left_out.found) == ("history.measure_changed", None)
    assert left_out.message_vi.endswith("nay không ghi.")
    assert told(layout(columns), columns, measure="đồng") == []


def test_a_new_version_of_the_form_moves_its_columns_itself() -> None:
    (measure,) = told(BEFORE, {"B": "item_code", "E": "value"}, version=2, measure="đồng")
    assert measure.rule_id == "history.measure_changed"


def test_the_registry_says_how_grave_it_is_for_a_sender() -> None:
    (finding,) = told(BEFORE, {"A": "item_code", "D": "value"}, {"history.column_gone": "error"}, **SAME)
    assert finding.severity == "error"


def test_every_rule_is_tried_here() -> None:
    everything = told(BEFORE, {"B": "item_code", "D": "Số", "E": "remark"}, measure="đồng")
    assert {one.rule_id for one in everything} == set(RULES) - {"history.header_respelled"}
