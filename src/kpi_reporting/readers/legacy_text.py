"""Text from before Unicode: a cell's font says which, or the registry of a form, or the words of a stamp."""

from __future__ import annotations

from collections.abc import Callable

from kpi_reporting.legacy_vietnamese import decode_viscii, decode_vni, decode_windows_1258
from kpi_reporting.text import decode_tcvn3, match_key

_LAST_ONE_BYTE = 0xFF
_PUNCTUATION = range(0x2000, 0x2070)
_WORDS = ("mã biểu", "phiên bản", "mã đơn vị", "tên đơn vị", "kỳ báo cáo", "không phát sinh")
_FEWEST_WORDS = 2
_ENCODINGS: dict[str, Callable[[str], str]] = {
    "windows-1258": decode_windows_1258,
    "tcvn3": decode_tcvn3,
    "vni": decode_vni,
    "viscii": decode_viscii,
}


def to_unicode(text: str, font: str | None, legacy_text: bool) -> str:
    """Decode a cell's text by its font; as TCVN3 if ``legacy_text`` says so of the whole form.

    Text with letters that no encoding of one byte has codes for was typed in Unicode, whatever its font is called.
    """
    encoding = encoding_of_font(font) or ("tcvn3" if legacy_text else None)
    if encoding is None or not _is_one_byte(text):
        return text
    return decode_tcvn3(text, font) if encoding == "tcvn3" else _ENCODINGS[encoding](text)


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


def recognised(data: bytes) -> tuple[str, str] | None:
    """Return text and encoding of bytes that are no Unicode, if in exactly one encoding they say words of a stamp."""
    candidates = ((decode(data.decode("latin-1")), name) for name, decode in _ENCODINGS.items())
    found = [(text, name) for text, name in candidates if _is_stamped(text)]
    return found[0] if len(found) == 1 else None


def _is_stamped(text: str) -> bool:
    key = match_key(text[:5_000])
    return sum(word in key for word in _WORDS) >= _FEWEST_WORDS


def _is_one_byte(text: str) -> bool:
    return all(ord(letter) <= _LAST_ONE_BYTE or ord(letter) in _PUNCTUATION for letter in text)
