"""Comparing, sorting and decoding Vietnamese text."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_reporting.text import bare_key, decode_tcvn3, folded_key, match_key, sort_key

LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
VIETNAMESE = st.text(LETTERS + LETTERS.upper() + "  .-1", max_size=30)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoá", "Hóa"),
        ("Xã Thuỷ  Xuân", " xã Thủy Xuân "),
        ("KHOẺ", "khỏe"),
        ("Hoà, Huỳ", "hòa, hùy"),
        ("Ho\u0301a", "Hoá"),
        ("Thanh\u00a0Hóa", "Thanh Hoá"),
        (unicodedata.normalize("NFD", "Thiệu Toán"), "Thiệu Toán"),
    ],
)
def test_spellings_of_one_name_are_equal(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Xã Hoằng Đồng", "Xã Hoằng Đông"),
        ("Xã Hoằng Quỳ", "Xã Hoằng Quý"),
        ("Xã Hoằng Thành", "Xã Hoằng Thanh"),
        ("Xã Hoa Lộc", "Xã Hòa Lộc"),
        ("Xã Vĩnh Hưng", "Xã Vĩnh Hùng"),
        ("Xã Đồng Tiến", "Phường Đông Tiến"),
        ("Lý", "Lí"),
        ("Đa", "Da"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert match_key(one) != match_key(other)


@pytest.mark.parametrize("name", ["quý", "hoàng", "thuyền", "hoài", "huỳnh", "khuỷu", "thuở", "toán"])
def test_the_tone_moves_in_open_syllables_alone(name: str) -> None:
    assert match_key(name) == name


@given(VIETNAMESE)
def test_a_match_key_is_its_own_match_key(text: str) -> None:
    assert match_key(match_key(text)) == match_key(text)


@given(VIETNAMESE)
def test_case_blanks_and_composition_do_not_matter(text: str) -> None:
    assert match_key(f" {text.upper()} ") == match_key(unicodedata.normalize("NFD", text))


def test_names_sort_as_in_a_dictionary() -> None:
    given = ["Ba", "Bà", "Bả", "Bã", "Bá", "Bạ", "Ba Đình", "Băng", "Bân", "Cao", "Da", "Dũng", "Đa", "Đông"]
    by_syllable = ["Ba", "Ba Đình", *given[1:6], *given[7:]]
    assert sorted(set(given), key=sort_key) == by_syllable


@given(VIETNAMESE)
def test_a_sort_key_is_digits_under_any_collation(text: str) -> None:
    assert sort_key(text) == "" or sort_key(text).isdecimal()


@given(VIETNAMESE, VIETNAMESE)
def test_equal_names_sort_together(one: str, other: str) -> None:
    if match_key(one) == match_key(other):
        assert sort_key(one) == sort_key(other)


@pytest.mark.parametrize(
    ("stored", "font", "text"),
    [
        ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", ".VnTime", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
        ("B×nh ThuËn", None, "Bình Thuận"),
        ("tæng sè", ".VnTimeH", "TỔNG SỐ"),
        ("§Çu t­", ".VnArial", "Đầu tư"),
        ("10.361", ".VnTime", "10.361"),
    ],
)
def test_tcvn3_becomes_unicode(stored: str, font: str | None, text: str) -> None:
    assert decode_tcvn3(stored, font) == text


@pytest.mark.skipif(
    shutil.which("iconv") is None, reason="iconv is not installed; it is only the second opinion"
)
def test_the_table_agrees_with_iconv() -> None:
    every = bytes(range(0xA1, 0x100))
    answer = subprocess.run(
        ["iconv", "-f", "TCVN5712-1", "-t", "UTF-8"],
        input=b"|".join(bytes([b]) for b in every),
        capture_output=True,
        check=False,
    )
    if answer.returncode:
        pytest.skip("this iconv does not know TCVN5712-1")
    expected = [unicodedata.normalize("NFC", part) for part in answer.stdout.decode().split("|")]
    assert [decode_tcvn3(chr(byte)) for byte in every] == expected


@pytest.mark.parametrize(
    ("name", "bare", "folded"),
    [
        ("Xã Hà Long", "hà long", "ha long"),
        ("UBND Phường Đông Thọ", "đông thọ", "dong tho"),
        ("Uy ban nhan dan xa Ha Long", "ha long", "ha long"),
        ("TP. Thanh Hoá", "thanh hóa", "thanh hoa"),
        ("TX Bỉm Sơn", "bỉm sơn", "bim son"),
        ("Sở VH,TT&DL", "sở vh,tt&dl", "so vh tt dl"),
        ("Xã", "xã", "xa"),
    ],
)
def test_names_of_units_are_compared_without_their_kind_and_without_marks(
    name: str, bare: str, folded: str
) -> None:
    assert (bare_key(name), folded_key(name)) == (bare, folded)
