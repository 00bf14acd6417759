"""What an old Excel workbook says beside its values, as its records tell it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from kpi_reporting.readers.biff import MACRO_SHEET, WORKSHEET, Streams, sheets_of, streams_of, u16
from kpi_reporting.readers.biff_links import Links, links_of
from kpi_reporting.readers.biff_names import names_of
from kpi_reporting.readers.biff_sheets import SheetMarks, marks_of
from kpi_reporting.readers.biff_tokens import Around, called_in
from kpi_reporting.readers.old_properties import property_texts
from kpi_reporting.readers.secrets_of_state import is_grade, shouts_grade

# The letters "mậ" in UTF-16, composed or not; how far a counted text may begin before them.
_PERHAPS = re.compile(
    rb"[mM]\0(?:[\xac\xad]\x1e|[aA]\0\x02\x03|[aA]\0\x23\x03|[\xc2\xe2]\0\x23\x03|[\xa0\xa1]\x1e\x02\x03)"
)
_MOST_LETTERS, _MOST_PLACES = 40, 5_000


@dataclass(frozen=True)
class OldMarks:
    """What an old workbook says beside its values.

    ``sheets`` are those of cells in their order; ``texts`` may be a mark and stand in no cell; ``named_calls`` are
    calls of functions in formulas that cells use by a name. ``has_macros``: there is a sheet of macros.
    """

    sheets: list[SheetMarks]
    links: Links
    texts: list[str]
    named_calls: list[str]
    has_macros: bool


def old_marks(streams: Streams) -> OldMarks:
    """Return what a workbook says beside its values; less of a broken one."""
    links, listed, names = links_of(streams.workbook), sheets_of(streams.workbook), names_of(streams.workbook)
    around = Around(links.by_reference, [one.name for one in names], links.names_by_reference)
    marks = [marks_of(streams.workbook, sheet, around) for sheet in listed]
    calls = (called_in(one.tokens, around) for one in names)
    said = [text for one in marks for text in (*one.page_texts, *one.texts)]
    return OldMarks(
        [one for one, sheet in zip(marks, listed, strict=True) if sheet.kind == WORKSHEET],
        links,
        [*(sheet.name for sheet in listed), *said, *property_texts(streams.properties)],
        [f"{call}()" for call in calls if call],
        any(sheet.kind == MACRO_SHEET for sheet in listed),
    )


def is_marked_old_workbook(data: bytes) -> bool:
    """Tell whether an old workbook that cannot be read bears a mark; in its cells a grade has to be in capitals."""
    streams = streams_of(data)
    return any(map(shouts_grade, _counted_texts(data))) or (
        streams is not None and any(map(is_grade, old_marks(streams).texts))
    )


def _counted_texts(data: bytes) -> Iterator[str]:
    """Yield the texts around such letters: a text stands behind the number of its letters, of one byte or of two."""
    for found in islice(_PERHAPS.finditer(data), _MOST_PLACES):
        for start in range(found.start(), max(found.start() - 2 * _MOST_LETTERS, 2), -2):
            if data[start - 1] & 1:
                for letters in {u16(data, start - 3), data[start - 2]}:
                    if 3 <= letters <= _MOST_LETTERS:
                        yield data[start : start + 2 * letters].decode("utf-16-le", "replace")
