"""The same sentence in each encoding from before Unicode."""

from __future__ import annotations

import string
import unicodedata
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_reporting.legacy_vietnamese import decode_viscii, decode_vni, decode_windows_1258
from kpi_reporting.readers.legacy_text import recognised, to_unicode

MOTTO = "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc"
IN_VNI = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc"
VOWELS = "aăâeêioôơuưy"
LETTERS = [
    unicodedata.normalize("NFC", vowel + tone)
    for vowel, tone in product(
        VOWELS + VOWELS.upper(), ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
    )
]
ALPHABET = [*LETTERS, "đ", "Đ", *string.ascii_letters, *string.digits, " "]
words = st.lists(st.sampled_from(ALPHABET), max_size=40).map("".join)


def in_vni(text: str) -> str:
    return "".join(_IN_VNI[letter] for letter in text)


def _vni_of(letter: str) -> str:
    """Find a letter's VNI spelling by trying all of them: the decoder is the table."""
    one_byte = [chr(code) for code in range(0xC0, 0x100)]
    base = unicodedata.normalize("NFD", letter)[0].replace("đ", "ñ").replace("Đ", "Ñ")
    bases = [base, {"o": "ô", "O": "Ô", "u": "ö", "U": "Ö"}.get(base, base)]
    spellings = [*one_byte, *(first + second for first in bases for second in ["", *one_byte])]
    fitting = [one for one in spellings if decode_vni(one) == letter]
    assert fitting, f"VNI has no way to write {letter}"
    return min(fitting, key=len)


_IN_VNI = {letter: letter if letter.isascii() else _vni_of(letter) for letter in ALPHABET}


def test_a_sentence_in_vni() -> None:
    assert decode_vni(IN_VNI) == MOTTO


def test_vni_capitals() -> None:
    assert decode_vni("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM ÑOÄC LAÄP TÖÏ DO") == (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM ĐỘC LẬP TỰ DO"
    )


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_can_be_written_in_vni(letter: str) -> None:
    assert decode_vni(in_vni(letter)) == letter


@given(words)
def test_windows_1258_is_read_as_python_writes_it(text: str) -> None:
    spread = "".join(_for_1258(letter) for letter in text)
    assert decode_windows_1258(spread.encode("cp1258").decode("latin-1")) == text


def _for_1258(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    tones = "".join(part for part in parts if part in "\u0301\u0300\u0309\u0303\u0323")
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones)) + tones


def test_viscii_holds_every_letter_once() -> None:
    letters = [decode_viscii(chr(code)) for code in (0x02, 0x05, 0x06, 0x14, 0x19, 0x1E, *range(0x80, 0x100))]
    assert len(set(letters)) == len(letters) == 134
    assert {letter for letter in [*LETTERS, "đ", "Đ"] if not letter.isascii()} == set(letters)


@pytest.mark.parametrize(
    ("font", "text", "read"),
    [
        ("VNI-Times", IN_VNI, MOTTO),
        ("vni-helve", "Toång soá hoà sô", "Tổng số hồ sơ"),
        ("VNI-Times", "Tổng số", "Tổng số"),
        (".VnTime", "Tæng sè hå s¬", "Tổng số hồ sơ"),
        ("Arial VISCII", "Vi\xaet Nam", "Việt Nam"),
        ("Times New Roman", "Toång soá", "Toång soá"),
        (None, "Tæng sè", "Tæng sè"),
    ],
)
def test_the_font_of_a_cell_decides(font: str | None, text: str, read: str) -> None:
    assert to_unicode(text, font, legacy_text=False) == read


STAMP = "Mã biểu;HS-01\nPhiên bản;1\nMã đơn vị;14758\nKỳ báo cáo;2025-M07\n"


def test_bytes_are_recognised_by_the_words_of_a_stamp() -> None:
    assert recognised(in_vni_text(STAMP).encode("latin-1")) == (STAMP, "vni")
    assert recognised("".join(_for_1258(one) for one in STAMP).encode("cp1258")) == (STAMP, "windows-1258")
    assert recognised(b"\xff\xfe\xfd; words of nobody") is None


def in_vni_text(text: str) -> str:
    return "".join(_IN_VNI.get(letter, letter) for letter in text)
