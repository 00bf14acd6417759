"""Texts of an office file that stand in no cell: text boxes, comments, page headers, titles and keywords."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

# What ends a paragraph in drawings, comments, properties, shared texts and pages of any office format.
_BLOCK = re.compile(
    r"</?(?:[\w-]{1,40}:)?(?:p|h|br|line-break|div|text|comment|si|is|c|td|title|subject|keywords?|category|contentStatus"
    r"|description|lpwstr|lpstr|user-defined)(?:[\s/][^<>]*)?>"
)
_TAG = re.compile(r"<[^<>]*>")
_PEOPLE = re.compile(
    r"<((?:[\w-]{1,40}:)?(?:creator|initial-creator|lastModifiedBy|author))(?:\s[^<>]*)?>[^<]*<"
)
_WORD_ART = re.compile(r"<v:textpath\b[^<>]{0,2000}?\bstring=[\"']([^\"'<>]{0,200})[\"']")

Part = Callable[[str], bytes]
"""Returns a part of an office file by its name; what is not there is empty."""


def paragraphs(part: bytes) -> Iterator[str]:
    """Yield the texts of a part of XML, each paragraph by itself; it need not be well-formed, or whole.

    Names of people are left out.
    """
    text = part.decode("utf-8", "replace")
    yield from (unescape(found) for found in _WORD_ART.findall(text))
    for block in _BLOCK.split(_PEOPLE.sub(r"<\1><", text)):
        yield from unescape(_TAG.sub("", block)).splitlines()
