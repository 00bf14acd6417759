"""Text from before Unicode: a cell's font says which, or the registry of a form, or the words of a stamp."""

from __future__ import annotations

from collections.abc import Callable

from kpi_reporting.legacy_vietnamese import decode_viscii, decode_vni, decode_windows_1258
from kpi_reporting.text import decode_tcvn3, match_key

_LAST_ONE_BYTE = 0xFF
_PUNCTUATION = range(0x2000, 0x2070)
_WORDS = ("mã biểu", "phiên bản", "mã đơn vị", "tên đơn vị", "kỳ báo cáo", "không phát sinh")
_FEWEST_WORDS = 2
ENCODINGS: dict[str, Callable[[str], str]] = {
    "windows-1258": decode_windows_1258,
    "tcvn3": decode_tcvn3,
    "vni": decode_vni,
    "viscii": decode_viscii,
}
_FROM_BYTES = {
    code: shown for code in range(0x80, 0xA0) if (shown := bytes([code]).decode("cp1252", "ignore"))
}
_TO_BYTES = {ord(shown): code for code, shown in _FROM_BYTES.items()}


def to_unicode(text: str, font: str | None, legacy_text: bool) -> str:
    """Decode a cell's text by its font; as TCVN3 if ``legacy_text`` says so of the whole form.

    Text with letters that no encoding of one byte has codes for was typed in Unicode, whatever its font is called.
    """
    encoding = encoding_of_font(font) or ("tcvn3" if legacy_text else None)
    if encoding is None or not _is_one_byte(text):
        return text
    return decode_tcvn3(text, font) if encoding == "tcvn3" else ENCODINGS[encoding](text)


def encoding_of_font(font: str | None) -> str | None:
    """Return the encoding that a font's name stands for: .VnTime, VNI-Times, Arial VISCII; None for others."""
    name = (font or "").casefold()
    if name.startswith(".vn"):
        return "tcvn3"
    if name.startswith("vni"):
        return "vni"
    return "viscii" if "viscii" in name else None


def is_legacy_font(font: str | None) -> bool:
    """Tell whether a font writes in an encoding from before Unicode."""
    return encoding_of_font(font) is not None


def as_one_byte(text: str) -> str | None:
    """Return a text as the bytes a Windows of the West has for it, one letter each; None when it has none for some.

    Programs keep the bytes of an old font as the letters that Windows-1252 shows for them: VISCII's ế as Š.
    """
    written = text.translate(_TO_BYTES)
    return written if all(ord(letter) <= _LAST_ONE_BYTE for letter in written) else None


def from_one_byte(written: str, encoding: str) -> str:
    """Turn such bytes into Unicode; quotes and dashes that the encoding has no letter for are what Windows shows."""
    return ENCODINGS[encoding](written).translate(_FROM_BYTES)


def recognised(data: bytes) -> tuple[str, str] | None:
    """Return text and encoding of bytes that are no Unicode, if in exactly one encoding they say words of a stamp."""
    candidates = ((decode(data.decode("latin-1")), name) for name, decode in ENCODINGS.items())
    found = [(text, name) for text, name in candidates if is_stamped(text)]
    return found[0] if len(found) == 1 else None


def is_stamped(text: str) -> bool:
    """Tell whether a text says two words of a stamp."""
    return words_of_a_stamp(text[:5_000]) >= _FEWEST_WORDS


def words_of_a_stamp(text: str) -> int:
    """Return how many of the words of a stamp a text says."""
    key = match_key(text)
    return sum(word in key for word in _WORDS)


def _is_one_byte(text: str) -> bool:
    return all(ord(letter) <= _LAST_ONE_BYTE or ord(letter) in _PUNCTUATION for letter in text)
