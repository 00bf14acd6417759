"""Formulas that fetch something or start a program, and others that look alike."""

from __future__ import annotations

from openpyxl.workbook.defined_name import DefinedName

from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.hazards import linked
from tests.corpus.making import hs01_book, hs01_rows, with_members
from tests.corpus.ods import packed, table
from tests.workbooks import saved

ACTS = "!formula_that_acts"
NAMED = (
    '<table:named-expressions><table:named-expression table:name="x" '
    'table:expression="of:=COM.MICROSOFT.WEBSERVICE(&quot;a&quot;)"/></table:named-expressions>'
)


def named(formula: str) -> bytes:
    """A workbook with a name for a formula, whatever its cells do with it."""
    book = hs01_book(("1", 5))
    book.defined_names["x"] = DefinedName("x", attr_text=formula)
    return saved(book)


def hs01_text(text: str) -> bytes:
    """A label that says something of its own."""
    book = hs01_book(("1", 5))
    book.worksheets[0]["B7"] = text
    return saved(book)


FILES: list[FaultyFile] = [
    faulty("a formula that asks a web service", lambda: linked('=WEBSERVICE("http://a/")'), f"{ACTS}@D8"),
    *(
        faulty(f"a formula that acts: {written}", lambda written=written: linked(written), f"{ACTS}@D8")  # type: ignore[misc]
        for written in (
            '=_xlfn.WEBSERVICE("http://a/"&A1)',
            '=FILTERXML(WebService ("a"),"//b")',
            '=CALL("Kernel32","WinExec","JCJ",1)',
            '=1+REGISTER.ID("a","b")',
            '=REGISTER("a")',
            '=EXEC("calc")',
            '=RTD("a",,"b")',
            '=_xlfn.IMAGE("http://a/b.png")',
            '=IF(A1="x",SQL.REQUEST("a"),1)',
        )
    ),
    faulty(
        "a formula that acts, read by policy",
        lambda: linked('=RTD("a",,"b")'),
        "formula_that_acts@D8",
        limits={"acting_formulas": "ignore"},
    ),
    *(
        faulty(f"a formula that does not act: {written}", lambda written=written: linked(written))  # type: ignore[misc]
        for written in (
            '=LEN("CALL (x)")',
            "='CALL (1)'!A1",
            "=RECALL(1)",
            "=CALLS(1)",
            "=A1+EXEC",
            '=HYPERLINK("http://a/","5")',
            '=FILTERXML("<a>5</a>","//a")',
        )
    ),
    faulty("a name for a formula that acts", lambda: named('EXEC("calc")'), ACTS),
    faulty("a name for a formula that talks to a program", lambda: named("cmd|'/C calc'!A0"), "!dde_link"),
    faulty("a name for a range", lambda: named("'Biểu (CALL)'!$A$1")),
    faulty("a text that names a function", lambda: hs01_text("CALL (gọi)")),
    faulty(
        "a figure from another table of Google's",
        lambda: linked('=IFERROR(__xludf.DUMMYFUNCTION("IMPORTRANGE(""a"",""b"")"),5)'),
        "figure_from_other_file@D8",
    ),
    faulty(
        "a sheet of macros",
        lambda: with_members(saved(hs01_book(("1", 5))), {"xl/macrosheets/sheet1.xml": b"<x/>"}),
        "macros",
    ),
    faulty(
        "ODS with a name for a formula that acts",
        lambda: packed(table(hs01_rows(("1", 5))), NAMED),
        ACTS,
        file_name="a.ods",
    ),
]
