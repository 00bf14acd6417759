"""Formulas of old workbooks: so much of their tokens as tells a plain sum, a link, a function that acts, or a number.

Tokens stand in the order of a pocket calculator: what a formula does last is its last token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kpi_reporting.findings import cell_address
from kpi_reporting.readers.addresses import Place
from kpi_reporting.readers.biff import u8, u16

_EXP, _STRING, _ATTRIBUTE = 0x01, 0x17, 0x19
_CHOOSE, _SUM_OF_ONE = 0x04, 0x10
_FUNCTION, _FUNCTION_OF_MANY, _AREA, _RELATIVE_AREA = 0x21, 0x22, 0x25, 0x2D
_NAMED, _OTHER_NAME, _OTHER_CELL, _OTHER_AREA = 0x23, 0x39, 0x3A, 0x3B
_SUM = 4
_FUNCTIONS_OF_NUMBERS = frozenset({0, _SUM, 5, 6, 7, 27, 169, 183})
"""COUNT, SUM, AVERAGE, MIN, MAX, ROUND, COUNTA, PRODUCT: none of them gives a text."""
_ACTING = {0x6E: "EXEC", 0x95: "REGISTER", 0x96: "CALL", 0x10B: "REGISTER.ID", 0x17B: "RTD"}
_BY_NAME = 0xFF
_ARITHMETIC = frozenset({0x03, 0x04, 0x05, 0x06, 0x07, 0x13, 0x14})
_COLUMN, _COLUMN_MOVES, _ROW_MOVES = 0x00FF, 0x4000, 0x8000
_LENGTHS: Mapping[int, int] = {
    **dict.fromkeys(range(0x03, 0x17), 1), _EXP: 5, 0x02: 5, 0x1C: 2, 0x1D: 2, 0x1E: 3, 0x1F: 9,
    0x20: 8, _FUNCTION: 3, _FUNCTION_OF_MANY: 4, _NAMED: 5, 0x24: 5, _AREA: 9, 0x26: 7, 0x27: 7, 0x28: 7, 0x29: 3,
    0x2A: 5, 0x2B: 9, 0x2C: 5, _RELATIVE_AREA: 9, _OTHER_NAME: 7, _OTHER_CELL: 7, _OTHER_AREA: 11, 0x3C: 7, 0x3D: 11,
}  # fmt: skip


class Token(NamedTuple):
    """A token by its number, whatever class of value it asks for, and its bytes."""

    number: int
    body: bytes


@dataclass(frozen=True)
class Around:
    """What the numbers in formulas mean: files and sheets, names of the workbook, names of add-ins and other files."""

    links: Mapping[int, str] = field(default_factory=dict)
    names: Sequence[str] = ()
    other_names: Mapping[int, Sequence[str]] = field(default_factory=dict)

    def name_of(self, token: Token) -> str | None:
        """Return the name that a token stands for, None for a token that is none or has no name."""
        if token.number not in (_NAMED, _OTHER_NAME):
            return None
        is_other = token.number == _OTHER_NAME
        names = self.other_names.get(u16(token.body, 1), ()) if is_other else self.names
        number = u16(token.body, 3 if is_other else 1)
        return names[number - 1] if 0 < number <= len(names) else None


def tokens_of(written: bytes) -> list[Token]:
    """Return the tokens of a formula; none when one of them is unknown or cut off."""
    found, place = [], 0
    while place < len(written):
        number = _number(written[place])
        length = _length(written, place, number)
        if not length or place + length > len(written):
            return []
        found.append(Token(number, written[place : place + length]))
        place += length
    return found


def _number(code: int) -> int:
    """Tokens above 0x3F are those below it that ask for a value or an array."""
    return code if code < 0x40 else 0x20 | (code & 0x1F)


def _length(written: bytes, place: int, number: int) -> int:
    if number == _STRING:
        is_wide = u8(written, place + 2) & 1
        return 3 + u8(written, place + 1) * (2 if is_wide else 1)
    if number == _ATTRIBUTE:
        jumps = u16(written, place + 2) + 1 if u8(written, place + 1) & _CHOOSE else 0
        return 4 + 2 * jumps
    return _LENGTHS.get(number, 0)


def shared_at(tokens: Sequence[Token]) -> Place | None:
    """Return the cell, from 0, whose formula this one shares; None for a formula of its own."""
    if len(tokens) == 1 and tokens[0].number == _EXP:
        return u16(tokens[0].body, 1), u16(tokens[0].body, 3)
    return None


def gives_a_number(tokens: Sequence[Token]) -> bool:
    """Tell whether the last thing a formula does gives a number or an error, and never a text."""
    if not tokens:
        return False
    is_arithmetic = tokens[-1].number in _ARITHMETIC or _is_sum_of_one(tokens[-1])
    return is_arithmetic or _function_of(tokens[-1]) in _FUNCTIONS_OF_NUMBERS


def _function_of(token: Token) -> int | None:
    """Number of the function that a token calls."""
    called = {_FUNCTION: u16(token.body, 1), _FUNCTION_OF_MANY: u16(token.body, 2) & 0x7FFF}
    return called.get(token.number)


def formula_text(tokens: Sequence[Token], place: Place, around: Around) -> str:
    """Return what is told of a formula: a call that acts or goes by a name, a plain sum, a reference to another file.

    Of several the first of these, of any other formula nothing. ``place`` is the formula's cell from 1.
    """
    if call := called_in(tokens, around):
        return f"{call}()"
    if len(tokens) == 2 and tokens[0].number in (_AREA, _RELATIVE_AREA) and _is_plain_sum(tokens[1]):
        return f"SUM({_area(tokens[0], place)})"
    for number, body in tokens:
        if number in (_OTHER_CELL, _OTHER_AREA) and u16(body, 1) in around.links:
            address = cell_address(
                u16(body, 3) + 1, (u16(body, 7 if number == _OTHER_AREA else 5) & _COLUMN) + 1
            )
            return f"{around.links[u16(body, 1)]}!{address}"
    return ""


def called_in(tokens: Sequence[Token], around: Around) -> str | None:
    """Return the first function that acts, else the names of functions that a formula calls by name, if it does."""
    functions = [_function_of(token) for token in tokens]
    acting = next((_ACTING[one] for one in functions if one in _ACTING), None)
    if acting or _BY_NAME not in functions:
        return acting
    names = (around.name_of(token) for token in tokens)
    return "() ".join(name for name in names if name) or None


def _is_plain_sum(token: Token) -> bool:
    is_function = token.number == _FUNCTION_OF_MANY and token.body[1:4] == bytes([1, _SUM, 0])
    return is_function or _is_sum_of_one(token)


def _is_sum_of_one(token: Token) -> bool:
    return token.number == _ATTRIBUTE and bool(u8(token.body, 1) & _SUM_OF_ONE)


def _area(token: Token, place: Place) -> str:
    rows, columns = (u16(token.body, 1), u16(token.body, 3)), (u16(token.body, 5), u16(token.body, 7))
    corners = zip(rows, columns, strict=True)
    if token.number == _RELATIVE_AREA:
        corners = (_moved(row, column, place) for row, column in corners)  # type: ignore[assignment]
    return ":".join(cell_address(row + 1, (column & _COLUMN) + 1) for row, column in corners)


def _moved(row: int, column: int, place: Place) -> tuple[int, int]:
    """In a shared formula a reference says how far away it is, where it moves with its cell."""
    moved_row = (row + place[0] - 1) & 0xFFFF if column & _ROW_MOVES else row
    moved_column = (column + place[1] - 1) if column & _COLUMN_MOVES else column
    return moved_row, moved_column
