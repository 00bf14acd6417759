"""Text typed in fonts from before Unicode: the font of a cell says so, or the registry says it of a form."""

from __future__ import annotations

from kpi_reporting.text import decode_tcvn3

_LAST_ONE_BYTE = 0xFF
_PUNCTUATION = range(0x2000, 0x2070)


def to_unicode(text: str, font: str | None, legacy_text: bool) -> str:
    """Decode a cell's text if its font is a TCVN3 one, or if ``legacy_text`` says so of the whole form.

    Text with letters that TCVN3 has no codes for was typed in Unicode, whatever its font is called.
    """
    in_tcvn3 = legacy_text or is_legacy_font(font)
    return decode_tcvn3(text, font) if in_tcvn3 and _is_one_byte(text) else text


def is_legacy_font(font: str | None) -> bool:
    """Tell whether a font is one of the TCVN3 family (.VnTime, .VnArialH)."""
    return font is not None and font.casefold().startswith(".vn")


def _is_one_byte(text: str) -> bool:
    return all(ord(letter) <= _LAST_ONE_BYTE or ord(letter) in _PUNCTUATION for letter in text)
