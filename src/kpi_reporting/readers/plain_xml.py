"""A sheet's XML written anew in the plain way most programs write it: no prefixes, double quotes, every address.

What a strict parser reads is what is written; what has two meanings is refused with the cell it stands in.
"""

from __future__ import annotations

from typing import Any
from xml.parsers.expat import ParserCreate
from xml.sax.saxutils import escape

from kpi_reporting.findings import cell_address
from kpi_reporting.readers.addresses import place_of
from kpi_reporting.readers.plain_sheet import is_plain_cell

_QUOTE = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
# Above which element each of a table's stands.
_ABOVE = {"row": "sheetData", "c": "row", "f": "c", "v": "c", "is": "c"}
_PHONETIC = "rPh"


class Unclear(ValueError):
    """A cell, or a row, that says two things, or says one as no program writes it."""

    def __init__(self, address: str, what_vi: str, what_en: str) -> None:
        self.address, self.what_vi, self.what_en = address, what_vi, what_en
        super().__init__(f"{address} {what_en}")


def rewritten(part: bytes) -> bytes:
    """Return the same sheet, or the same shared texts, in plain XML.

    Raises:
        xml.parsers.expat.ExpatError: it is no well-formed XML.
        Unclear: a cell or row is told twice, stands out of order, or holds what no cell holds.
    """
    writer = _Writer()
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.text
    parser.Parse(part, True)
    return "".join(writer.parts).encode()


def _tag(name: str, named: dict[str, str]) -> str:
    written = "".join(f' {key}="{escape(value, _QUOTE)}"' for key, value in named.items())
    return f"<{name}{written}>"


class _Writer:
    """Collects the parts; counts rows and cells that do not say where they stand."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._path: list[str] = []
        self._passed_over = 0
        self._row = self._column = 0
        self._cell: _Cell | None = None

    def start(self, tag: str, attributes: dict[str, Any]) -> None:
        space, _, name = tag.rpartition(" ")
        is_own = space in ("", *_MAIN)
        if self._passed_over or name == "extLst" or not is_own:
            if not is_own and not self._passed_over and "sheetData" in self._path:
                raise self._unclear("chứa phần tử lạ", f"holds a foreign element, {name}")
            self._passed_over += 1
            return
        named = {key: value for key, value in attributes.items() if " " not in key}
        self._path.append(name)
        if self._cell is not None or (name in _ABOVE and name != "is"):
            self._start_in_table(name, named)
        elif name == "si":
            self._cell = _Cell("", {"t": "inlineStr"})
            self._cell.start("is", {})
        else:
            self.parts.append(_tag(name, {**named, "xmlns": _MAIN[0]} if len(self._path) == 1 else named))

    def end(self, tag: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
            return
        name = self._path.pop()
        if name == "si" and self._cell is not None:
            self.parts.append(f"<si>{self._cell.shared_text()}</si>")
            self._cell = None
        elif name == "c" and self._cell is not None:
            self.parts.append(self._cell.written())
            self._cell = None
        elif self._cell is None:
            self.parts.append(f"</{name}>")

    def text(self, text: str) -> None:
        if self._passed_over:
            return
        if self._cell is not None:
            self._cell.text(text, self._path)
        elif "sheetData" not in self._path:
            self.parts.append(escape(text))
        elif text.strip():
            raise self._unclear("có chữ ngoài giá trị", "is followed by text outside of any cell")

    def _start_in_table(self, name: str, named: dict[str, str]) -> None:
        above = self._path[-2] if len(self._path) > 1 else ""
        if _ABOVE.get(name, above) != above or above in ("f", "v", "t"):
            raise self._unclear("nằm sai chỗ trong trang", f"is near <{name}> in <{above}>")
        if name == "row":
            self.parts.append(_tag("row", {"r": str(self._next_row(named.pop("r", None))), **named}))
        elif name == "c":
            self._cell = _Cell(self._next_address(named.get("r")), named)
        elif self._cell is not None and above == "c":
            self._cell.start(name, named)
        elif self._cell is not None and name == "t" and above in ("is", "si"):
            self._cell.start_text()

    def _next_row(self, given: str | None) -> int:
        number = int(given) if given else self._row + 1
        if number <= self._row:
            raise Unclear(
                f"A{number}", "thuộc dòng ghi hai lần hoặc sai thứ tự", "is in a row told twice or late"
            )
        self._row, self._column = number, 0
        return number

    def _next_address(self, given: str | None) -> str:
        row, column = place_of(given) if given else (self._row, self._column + 1)
        address = cell_address(row, column)
        if row != self._row:
            raise Unclear(address, f"nằm trong dòng {self._row}", f"stands in row {self._row}")
        if column <= self._column:
            raise Unclear(address, "được ghi hai lần hoặc sai thứ tự", "is told twice or out of order")
        self._column = column
        return address

    def _unclear(self, what_vi: str, what_en: str) -> Unclear:
        address = self._cell.address if self._cell else cell_address(self._row or 1, self._column or 1)
        return Unclear(address, what_vi, what_en)


class _Cell:
    """What one cell says, until it ends."""

    def __init__(self, address: str, named: dict[str, str]) -> None:
        self.address = address
        self._kind, self._style = named.get("t"), named.get("s", "")
        self._formula: dict[str, str] = {}
        self._texts: dict[str, list[str]] = {}
        self._is_told = False

    def start(self, name: str, named: dict[str, str]) -> None:
        if name not in ("f", "v", "is"):
            raise Unclear(self.address, f"chứa phần tử lạ <{name}>", f"holds <{name}>")
        if name in self._texts or "v" in self._texts or "is" in self._texts:
            raise Unclear(self.address, "ghi nhiều hơn một giá trị", "holds more than one value")
        self._texts[name] = []
        if name == "f":
            self._formula = named

    def start_text(self) -> None:
        if self._is_told:
            raise Unclear(self.address, "ghi nhiều hơn một giá trị", "holds more than one text")
        self._is_told = True

    def text(self, text: str, path: list[str]) -> None:
        name = path[-1]
        if name in ("f", "v"):
            self._texts[name].append(text)
        elif name == "t":
            if _PHONETIC not in path:
                self._texts["is"].append(text)
        elif text.strip():
            raise Unclear(self.address, "có chữ ngoài giá trị", "holds text outside of its value")

    def written(self) -> str:
        named = {"r": self.address} | ({"s": self._style} if self._style else {})
        named |= {"t": self._kind} if self._kind is not None else {}
        if self._kind == "inlineStr" and not self._texts:
            named.pop("t")
        cell = f"{_tag('c', named)}{self._content()}</c>"
        if not is_plain_cell(cell.encode()):
            raise Unclear(self.address, "ghi giá trị sai quy cách", "holds a value of no known form")
        return cell

    def shared_text(self) -> str:
        return f'<t xml:space="preserve">{self._text_of("is")}</t>'

    def _content(self) -> str:
        formula = f"{_tag('f', self._formula)}{self._text_of('f')}</f>" if "f" in self._texts else ""
        if "is" in self._texts:
            return f"{formula}<is>{self.shared_text()}</is>"
        if "v" not in self._texts:
            return formula
        is_text = self._kind in ("str", "e")
        value = self._text_of("v") if is_text else self._text_of("v").strip()
        space = ' xml:space="preserve"' if self._kind == "str" and value else ""
        return f"{formula}<v{space}>{value}</v>"

    def _text_of(self, name: str) -> str:
        return escape("".join(self._texts[name]).replace("\r", "\n"))
