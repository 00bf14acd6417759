"""Vietnamese text: comparing names, sorting them, and reading TCVN3 text of old workbooks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kpi_reporting.remembered import once_if_small

_A_LABEL, _MOST_LABELS = 200, 20_000
_MARKS = re.compile("[\u0300-\u036f]+")
_TONES = ("\u0300", "\u0309", "\u0303", "\u0301", "\u0323")  # huyền, hỏi, ngã, sắc, nặng: dictionary order
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"

# "hoá" and "hóa", "thuỷ" and "thủy" are one name: the tone goes on the first vowel of an open oa, oe, uy.
# "quý" keeps its place, since its u belongs to the consonant.
_MOVABLE_TONE = re.compile(rf"(?:(o)([ae])|(?<!q)(u)(y))([{''.join(_TONES)}])(?!\w)")

# Words before the name of an office or an administrative unit, as match_key leaves them, with and without marks.
_PREFIX = re.compile(
    r"^(?:(?:ubnd|(?:ủy|uy) ban (?:nhân|nhan) (?:dân|dan)) )?"
    r"(?:(?:xã|xa|phường|phuong|thị trấn|thi tran|thị xã|thi xa|thành phố|thanh pho|huyện|huyen|tỉnh|tinh|tp|tx|tt) "
    r"|(?:tp|tx|tt|p|x|h)\. ?)?(?=.)"
)

_TCVN3 = dict(
    zip(
        range(0xA1, 0x100),
        "ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ",
        strict=True,
    )
)


@once_if_small(longest=_A_LABEL, most=_MOST_LABELS)
def match_key(text: str) -> str:
    """Return the form in which two spellings of a name are equal.

    Composed characters, single blanks, no case, and one place for the tone mark. Diacritics and đ stay:
    without them different communes of one district would become equal.
    """
    folded = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    moved = _MOVABLE_TONE.sub(_tone_first, _split_tones(folded))
    return unicodedata.normalize("NFC", moved)


@once_if_small(longest=_A_LABEL, most=_MOST_LABELS)
def bare_key(text: str) -> str:
    """Return `match_key` of a unit's name without words such as "UBND", "xã" or "TP." before it."""
    return _PREFIX.sub("", match_key(text))


@once_if_small(longest=_A_LABEL, most=_MOST_LABELS)
def folded_key(text: str) -> str:
    """Return `bare_key` in plain letters and digits; what differs by tone marks alone becomes equal."""
    return re.sub("[^a-z0-9]+", " ", without_marks(bare_key(text))).strip()


def without_marks(key: str) -> str:
    """Return a text of small letters without any marks, its signs kept."""
    return _MARKS.sub("", unicodedata.normalize("NFD", key.replace("đ", "d")))


def _split_tones(text: str) -> str:
    """Decompose with the tone after the vowel's own mark, so that a tone directly follows its letter."""
    return text if text.isascii() else "".join(map(_split_tone, text))


@lru_cache(maxsize=5_000)
def _split_tone(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    tones = "".join(part for part in parts if part in _TONES)
    rest = "".join(part for part in parts if part not in _TONES)
    return unicodedata.normalize("NFC", rest) + tones


def _tone_first(found: re.Match[str]) -> str:
    first, second, tone = found[1] or found[3], found[2] or found[4], found[5]
    return first + tone + second


def sort_key(text: str) -> str:
    """Return digits that sort like a Vietnamese dictionary under any collation.

    Syllable by syllable, the letters first (a ă â b … d đ e ê …), then the tone
    (none, huyền, hỏi, ngã, sắc, nặng).
    """
    return "".join(_syllable_key(syllable) for syllable in re.findall(r"[^\W_]+", match_key(text)))


def _syllable_key(syllable: str) -> str:
    parts = _split_tones(syllable)
    tone = next((str(1 + _TONES.index(part)) for part in parts if part in _TONES), "0")
    letters = "".join(_letter_key(part) for part in parts if part not in _TONES)
    return f"{letters}0{tone}"


def _letter_key(letter: str) -> str:
    if letter.isdecimal():
        return f"1{unicodedata.decimal(letter)}"
    place = _LETTERS.find(letter)
    return f"{20 + place}" if place >= 0 else "99"


def decode_tcvn3(text: str, font: str | None = None) -> str:
    """Turn TCVN3 (ABC) text that was read as Latin-1 into composed Unicode.

    Fonts whose name ends in H (.VnTimeH, .VnArialH) show lower-case codes as capitals.
    Whether a cell holds TCVN3 at all is the caller's knowledge: its font or its form says so.
    Table: TCVN 5712:1993, graphic part.
    """
    decoded = unicodedata.normalize("NFC", text.translate(_TCVN3))
    return decoded.upper() if font and font.upper().endswith("H") else decoded
