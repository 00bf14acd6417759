"""Text as it was typed before Unicode: TCVN3, the way a file keeps it."""

from __future__ import annotations

import unicodedata

from kpi_reporting.text import decode_tcvn3

_CODES = {decode_tcvn3(chr(code)): chr(code) for code in range(0xA1, 0x100)}


def in_tcvn3(text: str) -> str:
    """Return text so that the readers' decoder gives it back: ``Chỉ tiêu`` becomes ``ChØ tiªu``."""
    return "".join(_CODES.get(letter) or _in_parts(letter) for letter in unicodedata.normalize("NFC", text))


def _in_parts(letter: str) -> str:
    """Capitals with a tone have no code of their own: the letter comes first, its tone after it."""
    parts = unicodedata.normalize("NFD", letter)
    marks, tones = [part for part in parts if part not in _CODES], [part for part in parts if part in _CODES]
    whole = unicodedata.normalize("NFC", "".join(marks))
    return _CODES.get(whole, whole) + "".join(_CODES[tone] for tone in tones)
