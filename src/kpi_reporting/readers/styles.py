"""Which styles of a workbook write in a font from before Unicode."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

from kpi_reporting.readers.legacy_text import is_legacy_font
from kpi_reporting.remembered import once_if_small

_IN_EVERY_LEGACY_NAME = (b'".v', b'".V', b'"V', b"'", b"&")


@once_if_small(longest=16 * 1024, most=256)
def cell_fonts(part: bytes) -> dict[int, str]:
    """Return the fonts from before Unicode by the number of the style that uses them; mostly none.

    Raises:
        xml.etree.ElementTree.ParseError: the part is no XML.
    """
    if not any(letter in part for letter in _IN_EVERY_LEGACY_NAME):
        return {}
    root = fromstring(part)  # noqa: S314 - what declares entities was refused
    fonts = [_font_name(font) for font in _children(root, "fonts")]
    used = [int(style.get("fontId", "0")) for style in _children(root, "cellXfs")]
    named = {number: fonts[font] for number, font in enumerate(used) if font < len(fonts)}
    return {number: name for number, name in named.items() if is_legacy_font(name)}


def _children(root: Element, name: str) -> list[Element]:
    return [child for group in root if group.tag.endswith(f"}}{name}") for child in group]


def _font_name(font: Element) -> str:
    return next((part.get("val", "") for part in font if part.tag.endswith("}name")), "")
