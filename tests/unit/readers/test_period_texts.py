"""Periods are read from Vietnamese text as people mean them, and dates, blanks and spans are none."""

from __future__ import annotations

import unicodedata

import pytest

from kpi_reporting.readers.period_texts import periods_in

NAMED = {
    "tháng 7/2025": "2025-M07",
    "Tháng 07 năm 2025": "2025-M07",
    "BÁO CÁO THÁNG 7 NĂM 2025": "2025-M07",
    "Báo cáo tháng 12-2024": "2024-M12",
    "Tháng 7, năm 2025": "2025-M07",
    "tháng 7 2025": "2025-M07",
    "Tháng 07.2025": "2025-M07",
    "tháng bảy năm 2025": "2025-M07",
    "tháng năm năm 2025": "2025-M05",
    "tháng mười một năm 2025": "2025-M11",
    "tháng chạp/2025": "2025-M12",
    "(Tháng 7 năm 2025)": "2025-M07",
    "Kỳ báo cáo:tháng\u00a07/2025": "2025-M07",
    "quý III năm 2025": "2025-Q3",
    "Quý III/2025": "2025-Q3",
    "quý 3/2025": "2025-Q3",
    "QUÝ IV-2025": "2025-Q4",
    "Quí I năm 2025": "2025-Q1",
    "qúy hai năm 2025": "2025-Q2",
    "6 tháng đầu năm 2025": "2025-H1",
    "6 tháng cuối năm 2025": "2025-H2",
    "6 tháng năm 2025": "2025-H1",
    "sáu tháng đầu năm 2025": "2025-H1",
    "9 tháng năm 2025": "2025-N9",
    "9 tháng đầu năm 2025": "2025-N9",
    "năm 2025": "2025-Y",
    "BÁO CÁO CẢ NĂM 2025": "2025-Y",
    "kỳ 2025-M07": "2025-M07",
    "2025-Y": "2025-Y",
    "tháng 7 năm 2025 và 7 tháng năm 2025": "2025-M07",
    "Thanh Hóa, ngày 15 tháng 8 năm 2025 – báo cáo tháng 7 năm 2025": "2025-M07",
}
NOTHING = (
    "ngày 15 tháng 7 năm 2025",
    "Thanh Hóa, ngày … tháng … năm 2025",
    "ngày     tháng 7 năm 2025",
    "15 tháng 7 năm 2025",
    "từ ngày 15/6/2025 đến ngày 14/7/2025",
    "Tháng … năm 2025",
    "Tháng      năm 2025",
    "tháng năm 2025",
    "quý ..../2025",
    "tháng 6 và tháng 7 năm 2025",
    "từ tháng 1 đến tháng 7 năm 2025",
    "tháng 1-7/2025",
    "tháng 7 và 7 tháng đầu năm 2025",
    "quý II và quý III năm 2025",
    "8 tháng năm 2025",
    "3 tháng đầu năm 2025",
    "tháng 13 năm 2025",
    "quý 5 năm 2025",
    "đến năm 2025",
    "đầu năm 2025",
    "giai đoạn 2021-2025",
    "năm 2024-2025",
    "năm 2024, 2025",
    "năm 2024 và 2025",
    "năm học 2024-2025",
    "tháng trước",
    "quý vị",
    "7/2025",
    "20250",
    "",
    f"tháng 7/2025 {'.' * 1000}",
)


@pytest.mark.parametrize(("text", "code"), NAMED.items())
def test_a_text_names_its_period(text: str, code: str) -> None:
    assert periods_in(text) == [code]
    assert periods_in(unicodedata.normalize("NFD", text)) == [code]


@pytest.mark.parametrize("text", NOTHING)
def test_a_text_that_names_no_period_or_leaves_it_open_gives_none(text: str) -> None:
    assert periods_in(text) == []


def test_every_period_of_a_text_is_named_once_and_in_its_order() -> None:
    text = "Tháng 7/2025 so với tháng 6/2025 và tháng 7 năm 2025; cả năm 2024"
    assert periods_in(text) == ["2025-M07", "2025-M06", "2024-Y"]
