"""The terms a formula comes down to: references followed, groups of breakdowns spelled out.

A term of a formula may stand for a side of another formula or for all breakdowns of a group. What is
computed has neither: indicators with their coefficients, added up where one is met twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.registry.models import Breakdown, KpiFormula, KpiTerm
from kpi_reporting.registry.places import covers

Version = tuple[str, int]


@dataclass(frozen=True)
class FormulaTerm:
    """A term without references; ``side`` is ``weight`` for what weighs a unit."""

    formula_code: str
    formula_version: int
    side: str
    indicator_code: str
    breakdown_code: str
    coefficient: Decimal


class TermCycleError(KpiReportingError):
    """A formula leads back to itself."""


class FormulaTerms:
    """The terms of all formula versions."""

    def __init__(
        self, formulas: Sequence[KpiFormula], terms: Sequence[KpiTerm], breakdowns: Sequence[Breakdown]
    ) -> None:
        self._formulas = formulas
        self._terms: Mapping[tuple[str, int, str], list[KpiTerm]] = _by_side(terms)
        self._groups: Mapping[str, list[str]] = _by_group(breakdowns)

    def of(self, formula: KpiFormula) -> Iterator[FormulaTerm]:
        """Yield the terms of a formula version, sides in order, its weight last.

        Raises:
            TermCycleError: the formula leads back to itself.
        """
        version = (formula.formula_code, formula.formula_version)
        for side in ("numerator", "denominator"):
            for (indicator, breakdown), coefficient in self._sums(formula, side).items():
                # A term that others cancel still has to be reported.
                yield FormulaTerm(*version, side, indicator, breakdown, coefficient)
        if formula.weight_indicator_code:
            yield FormulaTerm(*version, "weight", formula.weight_indicator_code, "total", Decimal(1))

    def meant(self, formula: KpiFormula, term: KpiTerm) -> KpiFormula | None:
        """Return the version a reference means: the one that holds on all days of the referring one."""
        versions = (one for one in self._formulas if one.formula_code == term.ref_formula_code)
        return next((one for one in versions if covers(one, formula)), None)

    def _sums(self, formula: KpiFormula, side: str) -> dict[tuple[str, str], Decimal]:
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for indicator, breakdown, coefficient in self._spelled(formula, side, ()):
            sums[indicator, breakdown] += coefficient
        return sums

    def _spelled(
        self, formula: KpiFormula, side: str, above: tuple[tuple[str, int, str], ...]
    ) -> Iterator[tuple[str, str, Decimal]]:
        here = (formula.formula_code, formula.formula_version, side)
        if here in above:
            raise TermCycleError(f"{formula.formula_code} leads back to itself")
        for term in self._terms[here]:
            if term.indicator_code is not None:
                for breakdown in self._breakdowns(term):
                    yield term.indicator_code, breakdown, term.coefficient
            elif term.ref_side is not None and (meant := self.meant(formula, term)):
                for indicator, breakdown, coefficient in self._spelled(meant, term.ref_side, (*above, here)):
                    yield indicator, breakdown, term.coefficient * coefficient

    def _breakdowns(self, term: KpiTerm) -> Sequence[str]:
        return [term.breakdown_code] if term.breakdown_group is None else self._groups[term.breakdown_group]


def _by_side(terms: Sequence[KpiTerm]) -> Mapping[tuple[str, int, str], list[KpiTerm]]:
    sides: dict[tuple[str, int, str], list[KpiTerm]] = defaultdict(list)
    for term in terms:
        sides[term.formula_code, term.formula_version, term.side].append(term)
    return sides


def _by_group(breakdowns: Sequence[Breakdown]) -> Mapping[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for row in breakdowns:
        groups[row.breakdown_group].append(row.breakdown_code)
    return groups


__all__ = ["FormulaTerm", "FormulaTerms", "TermCycleError"]
