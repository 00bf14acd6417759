"""Checks every form gets without a suite: they follow from the registry alone.

Each check is one SELECT over all submissions under judgement; it yields submission, sheet, cell, subject,
what was found, and a detail for either language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from kpi_reporting.checks.built_in_queries import (
    FIGURE_MISSING_IN_LIST,
    FIGURE_MISSING_IN_TABLE,
    FIGURE_UNREADABLE,
    ITEM_TWICE,
    NIL_WITH_FIGURES,
    NO_DATA_ROWS,
    ROW_NOTE,
    TOTAL_FIGURE_UNREADABLE,
    TOTAL_MISMATCH,
    UNIT_TWICE,
    UNIT_UNKNOWN,
)
from kpi_reporting.checks.record import record_run
from kpi_reporting.warehouse.nights import Night

SUITE = "structure"


@dataclass(frozen=True)
class BuiltInCheck:
    """A registry-driven check: its name, how grave it is, what it tells, and the SELECT that finds it."""

    rule_id: str
    layer: str
    severity: str
    query: str
    message_vi: str
    message_en: str
    action_vi: str


CHECKS: tuple[BuiltInCheck, ...] = (
    BuiltInCheck(
        "structure.figure_unreadable", "structure", "error", FIGURE_UNREADABLE,
        "Ô số liệu không đọc được thành số.",
        "A figure cannot be read as a number.",
        "Nhập lại ô này bằng số, không kèm chữ hay ký hiệu, rồi nộp lại báo cáo.",
    ),
    BuiltInCheck(
        "structure.total_unreadable", "structure", "warning", TOTAL_FIGURE_UNREADABLE,
        "Ô của dòng tổng không đọc được thành số; hệ thống tự cộng từ các dòng dữ liệu.",
        "A figure of a total row cannot be read; sums are computed from the data rows.",
        "Sửa công thức hoặc số ở dòng tổng cho lần nộp sau.",
    ),
    BuiltInCheck(
        "structure.figure_missing", "structure", "error", FIGURE_MISSING_IN_LIST,
        "Thiếu số liệu của một chỉ tiêu bắt buộc.",
        "A required figure is missing.",
        "Điền số liệu (ghi 0 nếu bằng không) hoặc nộp báo cáo không phát sinh.",
    ),
    BuiltInCheck(
        "structure.cell_empty", "structure", "warning", FIGURE_MISSING_IN_TABLE,
        "Ô số liệu bắt buộc của một dòng bị bỏ trống; dòng này không được tính vào chỉ tiêu đó.",
        "A required figure of a row is empty; the row does not count for that indicator.",
        "Điền số liệu (ghi 0 nếu bằng không) và nộp lại báo cáo.",
    ),
    BuiltInCheck(
        "structure.no_data_rows", "structure", "error", NO_DATA_ROWS,
        "Báo cáo không có dòng số liệu nào.",
        "The submission has no data row.",
        "Điền số liệu vào biểu, hoặc ghi rõ không phát sinh, rồi nộp lại.",
    ),
    BuiltInCheck(
        "structure.nil_with_figures", "structure", "error", NIL_WITH_FIGURES,
        "Báo cáo ghi không phát sinh nhưng lại có số liệu khác 0.",
        "The submission is declared nil but holds figures other than zero.",
        "Bỏ dấu không phát sinh, hoặc xóa số liệu, rồi nộp lại.",
    ),
    BuiltInCheck(
        "structure.unit_unknown", "structure", "error", UNIT_UNKNOWN,
        "Không xác định được một dòng là của đơn vị, phân tổ hoặc chỉ tiêu nào.",
        "It cannot be told which unit, breakdown or item a row is about.",
        "Sửa mã và tên theo danh mục có hiệu lực trong kỳ báo cáo rồi nộp lại.",
    ),
    BuiltInCheck(
        "structure.unit_twice", "structure", "error", UNIT_TWICE,
        "Một đơn vị (hoặc phân tổ) xuất hiện hai lần trong cùng một bảng.",
        "A unit or breakdown stands twice in one table.",
        "Gộp hoặc xóa dòng lặp rồi nộp lại báo cáo.",
    ),
    BuiltInCheck(
        "structure.item_twice", "structure", "error", ITEM_TWICE,
        "Một mã chỉ tiêu xuất hiện hai lần trong biểu.",
        "An item stands twice in the list.",
        "Chỉ giữ một dòng cho mỗi mã số rồi nộp lại báo cáo.",
    ),
    BuiltInCheck(
        "structure.other_period", "row", "warning", ROW_NOTE.format(meaning="other_period"),
        "Dòng ghi chú là số liệu của kỳ khác; số liệu được tính cho kỳ đó, không cho kỳ báo cáo này.",
        "The row says that it reports another period; it counts for that one, not for this one.",
        "Nộp số liệu đúng kỳ báo cáo cho đơn vị này.",
    ),
    BuiltInCheck(
        "structure.no_data", "row", "info", ROW_NOTE.format(meaning="no_data"),
        "Đơn vị ghi không có số liệu; được giữ là thiếu, không phải bằng 0.",
        "The unit says that it has no data; kept as missing, not as zero.",
        "Bổ sung số liệu khi có.",
    ),
    BuiltInCheck(
        "structure.total_mismatch", "cross_form", "warning", TOTAL_MISMATCH,
        "Dòng tổng không bằng tổng các dòng dữ liệu; hệ thống dùng tổng tự cộng.",
        "A total row differs from the sum of its data rows; the computed sum is used.",
        "Kiểm tra vùng cộng của công thức và các dòng dữ liệu.",
    ),
)  # fmt: skip

_INSERT = """
insert into quality.findings (
    night_id, submission_id, layer, rule_id, severity, sender_code, form_code, period_code, file_name,
    sheet_name, cell, subject, found, message_vi, message_en, action_vi
)
select
    %(night_id)s, s.submission_id, %(layer)s, %(rule_id)s, %(severity)s, s.sender_code, s.form_code,
    s.period_code, s.file_name, at.sheet_name, at.cell, coalesce(at.subject, ''), at.found,
    concat_ws(' ', %(message_vi)s::text, at.detail_vi), concat_ws(' ', %(message_en)s::text, at.detail_en),
    %(action_vi)s
from ({query}) as at
inner join staging.stg_submissions as s on s.submission_id = at.submission_id
on conflict do nothing
"""


def run_built_in(conn: psycopg.Connection, night: Night, submissions: Sequence[int]) -> None:
    """Keep a finding for everything the registry-driven checks see in these submissions."""
    for check in CHECKS:
        found = conn.execute(
            _INSERT.replace("{query}", check.query).encode(),
            {
                "night_id": night.night_id, "submissions": list(submissions), "rule_id": check.rule_id,
                "layer": check.layer, "severity": check.severity, "message_vi": check.message_vi,
                "message_en": check.message_en, "action_vi": check.action_vi,
            },
        ).rowcount  # fmt: skip
        record_run(
            conn, night, SUITE, check.rule_id, "failed" if found else "passed", len(submissions), found
        )
