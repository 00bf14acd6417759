"""The page a sender reads, and the payload a program does."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from kpi_reporting.answers.page import summary_page, summary_payload
from tests.unit.answers.told import ERROR, WARNING, answer

HOSTILE = """<script>alert(1)</script>"><img src=x onerror='x'>=cmd|'/C calc'!A0{{ 7 * 7 }}"""


def test_it_says_what_became_of_the_filing_and_what_to_do_cell_by_cell() -> None:
    page = summary_page(answer(ERROR, WARNING))
    for told in (
        "Báo cáo chưa được tiếp nhận", "Phường Hàm Rồng (14758)", "HS-01 – Hồ sơ", "20:00 ngày 16/07/2025",
        "1 lỗi, 1 cảnh báo, 0 lưu ý", "Ô số liệu không đọc được thành số.", "D8", "ba mươi",
        "Nhập lại ô này bằng số.", "structure.figure_unreadable",
    ):  # fmt: skip
        assert told in page
    assert page.index("Phải sửa rồi gửi lại") < page.index("Cần kiểm tra")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("accepted", "đã được tiếp nhận"),
        ("refused", "chưa được tiếp nhận"),
        ("held", "được giữ lại, chưa được tính"),
        ("duplicate", "trùng với báo cáo đã nhận"),
        ("superseded", "thay bằng báo cáo gửi sau"),
        ("withdrawn", "đã được rút"),
        ("read", "đang chờ kiểm tra"),
    ],
)
def test_every_state_has_a_verdict(state: str, said: str) -> None:
    assert said in summary_page(answer(state=state))


def test_nothing_of_the_file_acts_on_the_page() -> None:
    found = replace(
        ERROR, found=HOSTILE, sheet_name=HOSTILE, message_vi=HOSTILE, action_vi=HOSTILE, cell=HOSTILE
    )
    page = summary_page(answer(found, file_name=HOSTILE, sender_vi=HOSTILE, form_code=HOSTILE))
    tags = set(re.findall(r"<\s*([a-zA-Z!]+)", page))
    assert not tags & {"script", "img", "iframe", "object", "link", "form", "a"}
    assert "49" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert "default-src 'none'" in page
    assert "&lt;script&gt;" in page


def test_many_cells_of_one_rule_are_told_once_and_counted() -> None:
    page = summary_page(answer(*(replace(ERROR, cell=f"D{row}") for row in range(8, 100))))
    assert page.count("Ô số liệu không đọc được thành số.") == 1
    assert "… và 52 chỗ khác." in page


def test_who_is_not_known_is_named_by_its_source_alone() -> None:
    page = summary_page(answer(is_known=False, sender_code="38000", sender_vi=None))
    assert "chưa xác định, gửi qua nguồn communes" in page
    assert "38000" not in page


def test_of_a_state_secret_not_even_the_name_is_repeated() -> None:
    page = summary_page(
        answer(replace(ERROR, rule_id="state_secret", cell=None, found=None), file_name="x_MẬT.xlsx")
    )
    assert "MẬT" not in page


def test_a_program_gets_codes_addresses_and_counts() -> None:
    told = json.loads(
        summary_payload(answer(replace(ERROR, cell="B3", sheet_name="JSON"), channel="http_api"))
    )
    assert (told["state"], told["sender"], told["counts"]) == (
        "rejected",
        "14758",
        {"error": 1, "warning": 0, "info": 0},
    )
    (finding,) = told["findings"]
    assert (finding["rule"], finding["cell"], finding["pointer"]) == (
        "structure.figure_unreadable",
        "B3",
        "/rows/1",
    )
    assert told["received_at"] == "2025-07-16T20:00:00+07:00"
