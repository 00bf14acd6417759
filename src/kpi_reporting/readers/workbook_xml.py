"""The table of contents of an Excel workbook: its sheets, where their XML lies, and the day its dates count from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.parsers.expat import ParserCreate

from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.defined_names import DefinedName, defined_in_excel, names_in_excel
from kpi_reporting.remembered import once_if_small

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
Tag = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class SheetPart:
    """A sheet of cells; ``place`` is its place among all sheets, from 0, ``part`` the name of its XML."""

    name: str
    place: int
    part: str
    is_visible: bool


@dataclass(frozen=True)
class Workbook:
    """What a workbook says of itself before its sheets are read.

    ``names`` are those of all sheets, charts too; ``named_formulas`` are formulas that cells call by a name.
    """

    sheets: list[SheetPart]
    names: list[str]
    dates_from_1904: bool
    defined_names: list[DefinedName]
    named_formulas: list[str]


def workbook_of(archive: Archive) -> Workbook | None:
    """Read the contents of a workbook; None when the archive is something else.

    Raises:
        xml.parsers.expat.ExpatError, LookupError: they are broken.
    """
    part = archive.read_xml(_WORKBOOK)
    if not part:
        return None
    tags, parts = _tags(part), _parts_of_sheets(archive.read_xml(_RELATIONS))
    properties = next((attributes for name, attributes in tags if name == "workbookPr"), {})
    from_1904 = properties.get("date1904") in ("1", "true")
    names = [attributes["name"] for name, attributes in tags if name == "sheet"]
    defined = defined_in_excel(part) if any(name == "definedName" for name, _ in tags) else []
    formulas = [text for _, text in defined]
    return Workbook(list(_sheets(tags, parts)), names, from_1904, list(names_in_excel(defined)), formulas)


@once_if_small(longest=16 * 1024, most=256)
def _tags(part: bytes) -> list[Tag]:
    """Return the tags of a small part, names without prefixes."""
    found: list[Tag] = []
    parser = ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(":")[2], attributes))
    parser.Parse(part, True)
    return found


@once_if_small(longest=16 * 1024, most=256)
def _parts_of_sheets(relations: bytes) -> dict[str, str]:
    """Return the names of the parts of sheets by identifier."""
    parts: dict[str, str] = {}
    for _, attributes in _tags(relations):
        if attributes.get("Type", "").endswith("/worksheet"):
            identifier, target = attributes["Id"], attributes["Target"]
            if identifier in parts:
                raise LookupError("two sheets have one identifier")
            parts[identifier] = target[1:] if target.startswith("/") else f"xl/{target}"
    return parts


def _sheets(tags: Iterable[Tag], parts: dict[str, str]) -> Iterator[SheetPart]:
    listed = (attributes for name, attributes in tags if name == "sheet")
    for place, sheet in enumerate(listed):
        identifier = next((value for key, value in sheet.items() if key.endswith(":id")), "")
        if identifier in parts:
            is_visible = sheet.get("state", "visible") == "visible"
            yield SheetPart(sheet["name"], place, parts[identifier], is_visible)
