"""Sheets in an older encoding under an ordinary font: read when their stamp says so, in one encoding alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kpi_reporting.readers.legacy_sheets import by_their_evidence
from kpi_reporting.readers.legacy_text import ENCODINGS
from kpi_reporting.readers.sheet import Document, Sheet
from kpi_reporting.readers.submissions import Reading
from tests.corpus.old_texts import DECODERS, NOTE, in_runs, of, rows_in, written
from tests.workbooks import saved, workbook

Read = Callable[..., Reading]


@pytest.mark.parametrize("encoding", DECODERS)
def test_a_sheet_is_read_in_the_encoding_of_its_stamp(read: Read, encoding: str) -> None:
    reading = read(saved(workbook(rows_in(encoding, unit="Phường Hàm Rồng"))))
    (finding,) = reading.findings
    assert (reading.state, reading.sender_code, reading.period_code) == ("read", "14758", "2025-M07")
    assert (finding.rule_id, finding.severity, finding.found) == ("legacy_encoding", "info", encoding)
    assert f"“Biểu” dùng bảng mã cũ {encoding}" in finding.message_vi
    assert reading.sheet is not None
    assert reading.sheet.rows[5] == ["Mã số", "Chỉ tiêu", "Đơn vị tính", "Số liệu", "Ghi chú"]
    assert reading.sheet.rows[6][:4] == ["1", "Chỉ tiêu 1", "hồ sơ", 5]


@pytest.mark.parametrize("encoding", DECODERS)
def test_rows_in_unicode_stay_as_they_stand(read: Read, encoding: str) -> None:
    reading = read(of(encoding, NOTE, ["2.1", "cà phê", "m²", 1, None]))
    assert reading.sheet is not None
    assert reading.sheet.rows[8][:5] == NOTE
    assert reading.sheet.rows[9][:4] == ["2.1", "cà phê", "m²", 1]
    assert reading.sheet.rows[5][4] == "Ghi chú"


def test_a_sign_that_is_no_letter_stays_in_a_sheet_of_one_encoding(read: Read) -> None:
    reading = read(of("tcvn3", ["2", "x", "m²", 1, None]))
    assert reading.sheet is not None
    assert reading.sheet.rows[8][2] == "m²"


def test_runs_of_an_old_font_give_the_stamp(read: Read) -> None:
    reading = read(in_runs())
    assert (reading.state, reading.period_code, reading.findings) == ("read", "2025-M07", [])


def test_where_two_encodings_fit_none_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document("xlsx", [Sheet("a", rows_in("tcvn3"))])
    assert by_their_evidence(document).sheets[0].rows[0][0] == "Mã biểu"
    monkeypatch.setitem(ENCODINGS, "another", ENCODINGS["tcvn3"])
    assert by_their_evidence(document) == document


def test_one_word_or_a_sheet_that_is_stamped_gives_no_encoding_away() -> None:
    old_word = written("Mã biểu", "tcvn3")
    for rows in (
        [[old_word, "HS-01"]],
        [["Mã biểu", "HS-01"], [old_word, "HS-02"], [old_word, "x"]],
        [["Sè", 1]],
    ):
        document = Document("xlsx", [Sheet("a", rows)])
        assert by_their_evidence(document) == document
