"""Vietnamese text from before Unicode: VNI, VISCII and Windows-1258, read as if it were Latin-1 or Windows-1252.

TCVN3 stands in ``text``, as a registry may declare it. Sources: the VNI table for Windows as its fonts lay it out;
VISCII 1.1 (RFC 1456); Windows code page 1258.
"""

from __future__ import annotations

import re
import unicodedata

_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
# A mark that follows its vowel, as a letter of its own.
_VNI_MARKS = {
    "ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _CIRCUMFLEX, "á": _CIRCUMFLEX + _ACUTE, "à": _CIRCUMFLEX + _GRAVE, "å": _CIRCUMFLEX + _HOOK,
    "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE, "é": _BREVE + _ACUTE, "è": _BREVE + _GRAVE, "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE,
    "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì"}
_VNI = re.compile(f"([aeouyôö])([{''.join(_VNI_MARKS)}])|([{''.join(_VNI_LETTERS)}])", re.IGNORECASE)

_VISCII = dict(zip((0x02, 0x05, 0x06, 0x14, 0x19, 0x1E), "ẲẴẪỶỸỴ", strict=True)) | dict(
    zip(
        range(0x80, 0x100),
        "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ",
        strict=True,
    )
)


def decode_vni(text: str) -> str:
    """Turn VNI text into composed Unicode: vowels and the marks behind them become one letter."""
    return unicodedata.normalize("NFC", _VNI.sub(_composed, text))


def _composed(found: re.Match[str]) -> str:
    letter = found[1] or found[3]
    plain = _VNI_LETTERS.get(letter.lower(), letter.lower())
    marks = _VNI_MARKS[found[2].lower()] if found[2] else ""
    return (plain.upper() if letter.isupper() else plain) + marks


def decode_viscii(text: str) -> str:
    """Turn VISCII text that was read as Latin-1 into Unicode."""
    return text.translate(_VISCII)


def decode_windows_1258(text: str) -> str:
    """Turn Windows-1258 text that was read as Latin-1 into composed Unicode; bytes it does not have stay."""
    data = text.encode("latin-1", "replace")
    return unicodedata.normalize("NFC", data.decode("cp1258", "replace"))
