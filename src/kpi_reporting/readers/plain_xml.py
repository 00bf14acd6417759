"""A sheet's XML written anew in the plain way most programs write it: no prefixes, double quotes, every address."""

from __future__ import annotations

from typing import Any
from xml.parsers.expat import ParserCreate
from xml.sax.saxutils import escape

from kpi_reporting.findings import cell_address
from kpi_reporting.readers.addresses import place_of

_QUOTE = {'"': "&quot;"}


def rewritten(part: bytes) -> bytes:
    """Return the same sheet in plain XML; the text of cells outside formulas and values stays where it is.

    Raises:
        xml.parsers.expat.ExpatError: it is no well-formed XML.
    """
    writer = _Writer()
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.text
    parser.Parse(part, True)
    return "".join(writer.parts).encode()


class _Writer:
    """Collects the parts; counts rows and cells that do not say where they stand."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._row = self._column = 0

    def start(self, tag: str, attributes: list[Any]) -> None:
        name = tag.rpartition(" ")[2]
        named = {
            key.rpartition(" ")[2]: value
            for key, value in zip(attributes[::2], attributes[1::2], strict=True)
        }
        if name in ("row", "c"):
            named["r"] = self._address(name, named.get("r"))
        written = "".join(f' {key}="{escape(value, _QUOTE)}"' for key, value in named.items())
        self.parts.append(f"<{name}{written}>")

    def end(self, tag: str) -> None:
        self.parts.append(f"</{tag.rpartition(' ')[2]}>")

    def text(self, text: str) -> None:
        self.parts.append(escape(text))

    def _address(self, name: str, given: str | None) -> str:
        if name == "row":
            self._row, self._column = int(given) if given else self._row + 1, 0
            return str(self._row)
        self._column = place_of(given)[1] if given else self._column + 1
        return given or cell_address(self._row, self._column)
