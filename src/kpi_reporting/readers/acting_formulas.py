"""Formulas that would fetch something or start a program when a spreadsheet computes them; here they never are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.addresses import Place
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
_MOST_SHOWN = 100


def acting_formulas(sheet: Sheet, limits: Limits) -> Iterator[Finding]:
    """Return the warnings of formulas that reach out or act.

    Raises:
        Refusal: the policy is to refuse.
    """
    for place, formula in sheet.formulas.items():
        called = _called(formula.text)
        if (called and called["dde"]) or ("|" in formula.text and _DDE.match(formula.text)):
            yield by_policy(
                limits.dde, dde_link(sheet.name, cell_address(*place), formula.text[:_MOST_SHOWN])
            )
        elif called:
            yield by_policy(limits.acting_formulas, _acting(sheet, place, formula.text))


def _called(text: str) -> re.Match[str] | None:
    """The first function of these that a formula calls; names in quotes are texts, or sheets."""
    if "(" not in text:
        return None
    capitals = text.upper()
    if not any(word in capitals for word in _WORDS):
        return None
    return _CALLED.search(_QUOTED.sub("''", text))


def _acting(sheet: Sheet, place: Place, text: str) -> Finding:
    return built_in("formula_that_acts").finding(
        sheet_name=sheet.name, cell=cell_address(*place), found=text[:_MOST_SHOWN]
    )
