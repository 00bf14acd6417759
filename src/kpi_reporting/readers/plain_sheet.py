"""Whether the cells of a sheet are written in the one plain form whose values no reader takes for others.

Spreadsheet programs write every row and cell with its address, in order and once, and numbers as digits. The library
that reads values guesses at everything else: it takes `9<?x?>0` for 9. One look with patterns costs half of its time.
"""

from __future__ import annotations

import re
from operator import lt

from kpi_reporting.readers.addresses import EXCEL_COLUMNS, column_number
from kpi_reporting.remembered import once_if_small

_TEXT = rb"(?:[^<&]++|&(?:amp|lt|gt|quot|apos);)*+"
_NUMBER = rb"-?[0-9]++(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+"
_SPACE = rb'(?: xml:space="preserve")?'
_RUN_STYLE = rb'(?:<rPr>(?:<\w++(?: \w++="[^"<&]*+")*+ ?/>)*+</rPr>)?'
_RUN = rb"<t%s>%s</t>|<t ?/>" % (_SPACE, _TEXT)
_RUNS = rb"(?:%s|(?:<r>%s(?:%s)</r>)+)?" % (_RUN, _RUN_STYLE, _RUN)
_EMPTY, _STYLE = rb"<v ?/>|<v></v>", rb'(?: s="[0-9]++")?+'
_FORMULA = rb'(?:<f(?: \w++="[^"<]*+")*+ ?(?:/>|>' + _TEXT + rb"</f>))?+"
_KINDS = (
    (rb'(?: t="n")?', rb"%s(?:<v>%s</v>|%s)?" % (_FORMULA, _NUMBER, _EMPTY)),
    (rb' t="s"', rb"%s<v>[0-9]{1,9}</v>" % _FORMULA),
    (rb' t="str"', rb"%s(?:<v%s>%s</v>|%s)?" % (_FORMULA, _SPACE, _TEXT, _EMPTY)),
    (rb' t="inlineStr"', rb"<is>%s</is>" % _RUNS),
    (rb' t="b"', rb"%s<v>[01]</v>" % _FORMULA),
    (rb' t="e"', rb"%s(?:<v>%s</v>|%s)?" % (_FORMULA, _TEXT, _EMPTY)),
    (rb' t="d"', rb"%s<v>[0-9T:.Z+-]++</v>" % _FORMULA),
)
_CONTENT = b"|".join(rb"%s%s>%s" % (kind, _STYLE, content) for kind, content in _KINDS)
# Most cells are one of these; the patterns below them know all forms, and take longer.
_COMMON = rb"><v>%s</v>|%s" % (
    _NUMBER,
    rb' t="(?:inlineStr"><is><t>[^<&]*+</t></is>|n"><v>[0-9]++(?:\.[0-9]++)?+</v>|s"><v>[0-9]{1,9}+</v>)',
)
_AS_REST = rb'"(?: s="[0-9]++")?+(?:(?:%s)</c>|(?: t="\w++")?+ ?/>)'
_REST_OF_CELL, _REST_OF_COMMON = _AS_REST % (rb"%s|%s" % (_COMMON, _CONTENT)), _AS_REST % _COMMON
_CELL = rb'<c r="[A-Z]++%s' + _REST_OF_CELL
_ATTRIBUTES = rb'(?: [\w:]{2,}+="[^"<&]*+")*+ ?'
_ROW = rb'<row r="([1-9][0-9]{0,6})"' + _ATTRIBUTES + rb"(?:/>|>%s</row>)"
_BLOCK = rb"(?:%s){1,200}+"
_ROWS = re.compile(_BLOCK % _ROW % (rb"(?:%s)*+" % _CELL % rb"\1"))
# Up to column Z a pattern can say by itself that the cells are in order; to compile it for all they may be takes long.
_IN_ORDER = rb'(?:<c r="%c\1%s)?+'
_A_TO_H = b"".join(_IN_ORDER % (letter, _REST_OF_CELL) for letter in b"ABCDEFGH")
_I_TO_Z = b"".join(_IN_ORDER % (letter, _REST_OF_COMMON) for letter in b"IJKLMNOPQRSTUVWXYZ")
_NARROW_ROWS = re.compile(_BLOCK % _ROW % (rb"%s(?:(?=<c )%s)?+" % (_A_TO_H, _I_TO_Z)))
_ONE_CELL = re.compile(_CELL % rb"[1-9][0-9]{0,6}")
_ROW_NUMBER, _COLUMNS = re.compile(rb'<row r="([0-9]+)'), re.compile(rb'<(?:row|c r="([A-Z]+))')
_STRINGS = re.compile(rb'<sst(?: [\w:]++="[^"<&]*+")*+ ?(?:/>|>(?:<si>%s</si>)*+</sst>)\s*' % _RUNS)
_MAIN = rb"[^\"]*spreadsheetml/(?:2006/)?main"
_DECLARED, _PREFIXED = re.compile(rb' xmlns="%s"' % _MAIN), re.compile(rb'xmlns:\w+="%s"' % _MAIN)
_HIDING = (b"<!", b"<?")
_OTHER_TAGS = (b"'", b"\n", b"\t", b" =", b"= ")
_TABLE = b"<sheetData>"
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml [^?]*\?>)?\s*")


def is_plain(part: bytes) -> bool:
    """Tell whether a sheet holds one table, each row and cell once, in order, and written as programs write it."""
    first, last = part.find(b"<sheetData"), part.rfind(b"</sheetData>")
    if last < 0:
        return has_plain_frame(part, len(part), len(part)) and part.count(b"sheetData") <= 1
    return first < last and has_plain_frame(part, first, last) and _has_plain_rows(part, first, last)


def are_plain_strings(part: bytes) -> bool:
    """Tell the same of the texts that cells share by their number."""
    if not part:
        return True
    begins = _BEGINNING.match(part)
    start = begins.end() if begins else 0
    end = max(part.find(b">", start), 0)
    return has_plain_frame(part, end, len(part)) and _STRINGS.fullmatch(part, start) is not None


@once_if_small(longest=16 * 1024, most=256)
def are_plain_styles(part: bytes) -> bool:
    """Tell the same of the styles of cells, where there are any."""
    return not part or has_plain_frame(part, len(part), len(part))


def has_plain_frame(part: bytes, first: int, last: int) -> bool:
    """Tell whether what stands around the rows says nothing that a parser would read otherwise than it is searched."""
    begins = _BEGINNING.match(part)
    start = begins.end() if begins else 0
    has_marks = any(part.find(mark, start, first) >= 0 for mark in (*_HIDING, *_OTHER_TAGS))
    has_marks |= any(part.find(mark, last) >= 0 for mark in _HIDING)
    is_prefixed = any(_is_prefixed(part, *where) for where in ((0, first), (last, len(part))))
    return not has_marks and not is_prefixed and _DECLARED.search(part, 0, first) is not None


def _is_prefixed(part: bytes, start: int, end: int) -> bool:
    return part.find(b"xmlns:", start, end) >= 0 and _PREFIXED.search(part, start, end) is not None


def is_plain_cell(cell: bytes) -> bool:
    """Tell whether one cell is written plainly."""
    return _ONE_CELL.fullmatch(cell) is not None


def _has_plain_rows(part: bytes, first: int, last: int) -> bool:
    above, columns, start = 0, set[bytes](), first + len(_TABLE)
    others = (part.find(b"sheetData", 0, first), part.find(b"sheetData", last + len(_TABLE)))
    if not part.startswith(_TABLE, first) or max(others) >= 0:
        return False
    while start < last:
        rows = _NARROW_ROWS.match(part, start, last) or _ROWS.match(part, start, last)
        if rows is None:
            return False
        numbers = [above, *map(int, _ROW_NUMBER.findall(part, start, rows.end()))]
        if not all(map(lt, numbers, numbers[1:])):
            return False
        if rows.re is _ROWS:
            columns |= _columns(part, start, rows.end())
        above, start = numbers[-1], rows.end()
    return all(map(_is_in_order, columns))


def _columns(part: bytes, start: int, end: int) -> set[bytes]:
    """The letters of the cells of each row; a row is an empty text among them, so that two blanks divide rows."""
    return set(b" ".join(_COLUMNS.findall(part, start, end)).split(b"  "))


@once_if_small(longest=16 * 1024, most=256)
def _is_in_order(columns: bytes) -> bool:
    numbers = [column_number(one) for one in columns.decode().split()]
    return numbers == sorted(set(numbers)) and (not numbers or numbers[-1] <= EXCEL_COLUMNS)
