"""What an Excel workbook says beside its visible sheets: hidden ones, text boxes, comments and its properties.

Only marks are looked for there. So a part is searched for the letters of a grade before it is taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kpi_reporting.readers.paragraphs import Part, paragraphs
from kpi_reporting.readers.secrets_of_state import may_say_grade
from kpi_reporting.readers.sheet import Sheet
from kpi_reporting.readers.sheet_top import shared_strings, top_rows
from kpi_reporting.readers.sheet_xml import page_texts_of

STRINGS = "xl/sharedStrings.xml"
_BESIDE = re.compile(
    r"(?:xl/(?:drawings/|diagrams/|comments|threadedcomments/)|docprops/(?:core|custom)\.xml|"
    r"(?P<sheet>xl/(?:chart|dialog|macro)sheets/)).*",
    re.IGNORECASE | re.DOTALL,
)
_WRITTEN = (".xml", ".vml")


def texts_beside(names: Iterable[str], part: Part) -> Iterator[str]:
    """Yield the texts that may be a mark and stand in no cell and on no page of a sheet of cells."""
    for found in filter(None, map(_BESIDE.fullmatch, names)):
        if found[0].lower().endswith(_WRITTEN):
            content = part(found[0])
            if found["sheet"]:
                yield from page_texts_of(content)
            elif may_say_grade(content):
                yield from paragraphs(content)


class SheetTops:
    """The first rows and the page texts of sheets, as far as their XML goes; one that cannot be marked has no rows."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._strings: list[str] | None = None

    def sheet(self, name: str, part_name: str) -> Sheet:
        """Return a sheet by its name and the name of its part."""
        part = self._part(part_name)
        is_worth_it = may_say_grade(part) or bool(self._shared())
        rows = top_rows(part, self._shared()) if is_worth_it else []
        return Sheet(name, rows, page_texts=list(page_texts_of(part)))

    def _shared(self) -> list[str]:
        """The shared texts, none when no grade is among them."""
        if self._strings is None:
            part = self._part(STRINGS)
            self._strings = shared_strings(part) if may_say_grade(part) else []
        return self._strings
