"""Old Excel workbooks (.xls) with formulas that fetch something or start a program, and with sheets of macros."""

from __future__ import annotations

import struct

from tests.corpus.biff import (
    BOUNDSHEET,
    book_of,
    bytes_of,
    filled,
    formula,
    other_name,
    packed,
    record,
    references,
)
from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.making import hs01_rows

ACTS = "!formula_that_acts"
TEXT = b"\x17\x01\x00a"
ADD_IN = record(0x01AE, b"\1\0\1\x3a")
EXEC, REGISTER, CALL, SUM, BY_NAME, REGISTER_ID, HYPERLINK, RTD = 110, 149, 150, 4, 255, 267, 359, 379


def calling(function: int, arguments: int = 1) -> bytes:
    return struct.pack("<BBH", 0x42, arguments, function)


def named(number: int) -> bytes:
    return struct.pack("<BI", 0x43, number)


def add_in(number: int) -> bytes:
    return struct.pack("<BHHH", 0x59, 0, number, 0)


def name(text: str, tokens: bytes = b"") -> bytes:
    head = struct.pack("<HBBHHHBBBB", 0, 0, len(text), len(tokens), 0, 0, 0, 0, 0, 0)
    return record(0x0018, head + b"\0" + text.encode("latin-1") + tokens)


def computed(tokens: bytes, everywhere: bytes = b"") -> bytes:
    """A filing whose figure in D8 is what a formula gave."""
    book = book_of(hs01_rows(("1", 5), ("1.1", None), ("1.2", 4)))
    return bytes_of(book, everywhere, {0: formula(7, 3, tokens)})


def with_macros() -> bytes:
    """A filing beside a sheet of macros of Excel 4."""
    book = book_of(hs01_rows(("1", 5)))
    filled(book.add_sheet("Macro1"), [])
    stream = bytearray(book.get_biff_data())
    place = stream.rfind(struct.pack("<H", BOUNDSHEET), 0, stream.find(b"Macro1"))
    stream[place + 9] = 1
    return packed(bytes(stream))


FILES: list[FaultyFile] = [
    faulty(told, make, *found, file_name="a.xls")
    for told, make, *found in (
        ("an old formula that calls a library", lambda: computed(TEXT + calling(CALL)), f"{ACTS}@D8"),
        ("an old formula that registers one", lambda: computed(TEXT + calling(REGISTER_ID)), f"{ACTS}@D8"),
        ("an old formula that asks a server", lambda: computed(TEXT + TEXT + calling(RTD, 2)), f"{ACTS}@D8"),
        (
            "an old formula that acts inside of a sum",
            lambda: computed(TEXT + calling(CALL) + calling(SUM)),
            f"{ACTS}@D8",
        ),
        (
            "an old formula of a later version that asks a web service",
            lambda: computed(named(2) + TEXT + calling(BY_NAME, 2), name("x", b"\x1e\1\0") + name("_xlfn.WEBSERVICE")),
            f"{ACTS}@D8",
        ),
        (
            "an old formula of an add-in that asks a database",
            lambda: computed(
                add_in(2) + TEXT + calling(BY_NAME, 2),
                ADD_IN + other_name(0, "X") + other_name(0, "SQL.REQUEST") + references((0, 0xFFFE)),
            ),
            f"{ACTS}@D8",
        ),
        ("an old name for a formula that acts", lambda: computed(b"\x1e\1\0", name("x", TEXT + calling(EXEC))), ACTS),
        ("an old formula with a link to a page", lambda: computed(TEXT + TEXT + calling(HYPERLINK, 2))),
        (
            "an old formula of a later version",
            lambda: computed(named(1) + TEXT + calling(BY_NAME, 2), name("_xlfn.CONCAT")),
        ),
        ("an old name like a function that acts", lambda: computed(named(1), name("WEBSERVICE", b"\x1e\1\0"))),
        ("an old formula with a name nobody gave", lambda: computed(named(7) + TEXT + calling(BY_NAME, 2))),
        ("an old sheet of macros", with_macros, "macros"),
    )
]  # fmt: skip
