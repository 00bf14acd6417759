"""Texts of a cell in several fonts: a run in a font from before Unicode is decoded by that font, the others are not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from xml.etree.ElementTree import Element, fromstring

from kpi_reporting.readers.legacy_text import is_legacy_font, to_unicode

Runs = tuple[tuple[str | None, str], ...]
"""Font and text of each run, in their order; None is the font of the cell."""

# What may be such a font; its name is looked at again when it is parsed.
_PERHAPS_LEGACY = re.compile(rb"rFont [^>]*?val\s*=\s*[\"'](?:\.?vn|[^\"'>]*viscii)", re.IGNORECASE)


def may_hold_legacy_runs(part: bytes) -> bool:
    """Tell whether looking at each text of a part may be worth it; mostly it is not."""
    return b"rFont" in part and _PERHAPS_LEGACY.search(part) is not None


def shared_runs(part: bytes) -> dict[int, Runs]:
    """Return the runs of the shared texts of a workbook that write in a font from before Unicode, by their number.

    Raises:
        xml.etree.ElementTree.ParseError: the part is no XML.
    """
    if not may_hold_legacy_runs(part):
        return {}
    texts = _children(fromstring(part), "si")  # noqa: S314 - what declares entities was refused
    runs = ((number, _runs(text)) for number, text in enumerate(texts))
    return {number: found for number, found in runs if is_legacy(found)}


def inline_runs(written: bytes) -> Runs:
    """Return the runs of a text that stands in its cell.

    Raises:
        xml.etree.ElementTree.ParseError: it is no XML.
    """
    return _runs(fromstring(written))  # noqa: S314 - what declares entities was refused


def is_legacy(runs: Iterable[tuple[str | None, str]]) -> bool:
    """Tell whether a run names a font from before Unicode."""
    return any(is_legacy_font(font) for font, _ in runs)


def decoded(runs: Runs, font: str | None, legacy_text: bool) -> str:
    """Return the text of a cell, each run read by its own font and those without one by the cell's."""
    by_font = groupby(runs, itemgetter(0))
    return "".join(
        to_unicode("".join(text for _, text in same), own or font, legacy_text) for own, same in by_font
    )


def _runs(text: Element) -> Runs:
    plain = [(None, one.text or "") for one in _children(text, "t")]
    return tuple(plain) + tuple(_run(one) for one in _children(text, "r"))


def _run(run: Element) -> tuple[str | None, str]:
    fonts = (
        font.get("val") for properties in _children(run, "rPr") for font in _children(properties, "rFont")
    )
    return next(fonts, None), "".join(one.text or "" for one in _children(run, "t"))


def _children(parent: Element, name: str) -> Iterator[Element]:
    return (child for child in parent if child.tag.rpartition("}")[2] == name)
