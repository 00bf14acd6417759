"""Formulas that would fetch something or start a program when a spreadsheet computes them; here they never are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.file_findings import by_policy, dde_link
from kpi_reporting.readers.limits import Limits
from kpi_reporting.readers.sheet import Sheet

_DDE = re.compile(r"(?>[^\"]*?[\w.]\|)[^\"]*!")
_WORDS = ("WEBSERVICE", "CALL", "REGISTER", "EXEC", "RTD", "IMAGE", "SQL.REQUEST", "DDE")
_CALLED = re.compile(
    r"(?<!\w)(?:(?P<dde>DDE)|WEBSERVICE|CALL|REGISTER(?:\.ID)?|EXEC|RTD|IMAGE|SQL\.REQUEST)\s*\(",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_MOST_SHOWN, _MOST_TOLD = 100, 50


def acting_formulas(sheet: Sheet, limits: Limits) -> Iterator[Finding]:
    """Return what policy says of formulas in cells that reach out or act, of the first of many."""
    found = (
        one
        for place, formula in sheet.formulas.items()
        for one in _findings(formula.text, limits, sheet.name, cell_address(*place))
    )
    return islice(found, _MOST_TOLD)


def acting_names(formulas: Iterable[str], limits: Limits) -> Iterator[Finding]:
    """Return the same of formulas that a workbook gives names to, and cells call by these."""
    return islice((one for text in formulas for one in _findings(text, limits)), _MOST_TOLD)


def _findings(
    text: str, limits: Limits, sheet_name: str | None = None, cell: str | None = None
) -> Iterator[Finding]:
    called, shown = _called(text), text[:_MOST_SHOWN]
    if (called and called["dde"]) or ("|" in text and _DDE.match(text)):
        yield by_policy(limits.dde, dde_link(sheet_name, cell, shown))
    elif called:
        found = built_in("formula_that_acts").finding(sheet_name=sheet_name, cell=cell, found=shown)
        yield by_policy(limits.acting_formulas, found)


def _called(text: str) -> re.Match[str] | None:
    """The first function of these that a formula calls; names in quotes are texts, or sheets."""
    if "(" not in text:
        return None
    capitals = text.upper()
    if not any(word in capitals for word in _WORDS):
        return None
    return _CALLED.search(_QUOTED.sub("''", text))
