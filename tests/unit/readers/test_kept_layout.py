"""What is kept of a table to hold the sender's next one against it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from kpi_reporting.readers.submissions import Reading
from tests.corpus.cases import JUNE
from tests.corpus.making import filled
from tests.workbooks import district_book, hs01, list_rows, saved, stamp, workbook

Read = Callable[..., Reading]
GRDP = "Mã số", "Chỉ tiêu", "Đơn vị tính", "Số liệu"


def headers(reading: Reading) -> dict[int, str]:
    assert reading.table is not None
    return reading.table.headers


def test_headers_are_kept_as_they_are_spelled(read: Read) -> None:
    header = ("MÃ SỐ", "Chỉ  tiêu", "Đơn vị tính", "Số liệu", "Lũy kế")
    table = list_rows([("1.1", 12)], header)
    table[1][4] = 99
    reading = read(saved(workbook([*stamp("HS-01", "14758", "2025-M07"), [], *table])))
    assert headers(reading) == {1: "MÃ SỐ", 2: "Chỉ tiêu", 3: "Đơn vị tính", 4: "Số liệu"}
    assert reading.table is not None
    assert reading.table.unknown == {5: "Lũy kế"}


def test_headers_of_several_rows_are_one_text(read: Read) -> None:
    reading = read(saved(district_book()), source="districts", received_at=JUNE)
    assert headers(reading)[3] == "Hồ sơ tiếp nhận Tổng số"


def test_what_a_program_sends_has_no_headers(read: Read) -> None:
    body = {"form": "HS-01", "unit": "14758", "period": "2025-M07", "rows": [{"item": "1.1", "value": 12}]}
    reading = read(json.dumps(body).encode(), "a.json")
    assert (reading.state, headers(reading)) == ("read", {})


@pytest.mark.parametrize(
    ("above", "measure"),
    [
        ((), None),
        (("Đơn vị tính: Tỷ đ",), "tỷ đồng"),
        (("ĐVT:", "tỉ  đồng"), "tỷ đồng"),
        (("(tỷ đồng)",), "tỷ đồng"),
    ],
)
def test_a_measure_of_money_has_one_name_however_it_is_spelled(
    read: Read, above: Sequence[str], measure: str | None
) -> None:
    rows = [list(above), list(GRDP), ["1.1", "Giá trị", None, 12]]
    reading = read(saved(filled("KTS-01", "thong-ke", "2024-Y", rows)), source="departments")
    assert reading.table is not None
    assert reading.measure == measure


def test_a_measure_that_is_no_money_is_kept_in_its_words(read: Read) -> None:
    rows = [*stamp("HS-01", "14758", "2025-M07"), ["Đơn vị tính:  hồ  sơ"], *list_rows([("1.1", 12)])]
    assert read(saved(workbook(rows))).measure == "hồ sơ"
    assert read(hs01()).measure is None
