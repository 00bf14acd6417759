"""The first half of the page on how a figure is computed: terms, and what a unit is worth in a part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from tests.engine.facts import Facts, Form, Formula, Nil, Observation, Period, Term, Unit

ZERO_MODES = ("partial_zero", "always_zero", "non_zero")
NULL_MODES = ("partial_null", "always_null")

Answer = Observation | Nil


@dataclass(frozen=True)
class PlainTerm:
    """A term that stands for nothing but itself; a weight stands on the side ``weight``."""

    side: str
    indicator_code: str
    breakdown_code: str
    coefficient: Fraction


@dataclass(frozen=True)
class UnitPart:
    """What one unit, without those below it, is worth in one part."""

    unit: Unit
    counts: bool
    owes: bool
    answered: bool
    lacks_a_term: bool
    spoils_sums: bool
    numerator: Fraction | None
    denominator: Fraction | None
    received: tuple[datetime, int] | None


def plain_terms(facts: Facts, formula: Formula) -> list[PlainTerm]:
    """Return the terms of a version, references and groups written out, its weight included."""
    key = (formula.formula_code, formula.version)
    rows = [term for term in facts.terms if (term.formula_code, term.version) == key]
    found = [plain for row in rows for plain in _written_out(facts, formula, row)]
    if formula.weight_indicator_code:
        found.append(PlainTerm("weight", formula.weight_indicator_code, "total", Fraction(1)))
    return found


def _written_out(facts: Facts, formula: Formula, row: Term) -> Iterator[PlainTerm]:
    if row.ref_formula_code:
        for term in plain_terms(facts, _meant(facts, formula, row)):
            if term.side == row.ref_side:
                yield replace(term, side=row.side, coefficient=term.coefficient * row.coefficient)
        return
    for code in _breakdowns(facts, row):
        yield PlainTerm(row.side, str(row.indicator_code), code, row.coefficient)


def _meant(facts: Facts, formula: Formula, row: Term) -> Formula:
    """Return the version that holds together with the referring one: on its first day."""
    return next(
        other
        for other in facts.formulas
        if other.formula_code == row.ref_formula_code and other.holds_on(formula.valid_from)
    )


def _breakdowns(facts: Facts, row: Term) -> list[str]:
    if row.breakdown_group is None:
        return [row.breakdown_code]
    return [code for code, group in facts.breakdowns.items() if group == row.breakdown_group]


def forms_of(facts: Facts, terms: Sequence[PlainTerm]) -> list[Form]:
    """Return the forms that report a term."""
    figures = {(term.indicator_code, term.breakdown_code) for term in terms}
    return [form for form in facts.forms if form.figures & figures]


class UnitParts:
    """Every unit in every part of one formula version."""

    def __init__(self, facts: Facts, formula: Formula) -> None:
        self.formula = formula
        self.terms = plain_terms(facts, formula)
        self.parts = _parts(facts, forms_of(facts, self.terms))
        self.is_weighted = formula.over_units == "weighted"
        self.has_line = self.is_weighted or any(term.side == "denominator" for term in self.terms)
        codes = {form.form_code for form in forms_of(facts, self.terms)}
        self._owed = {(row.unit_id, row.period) for row in facts.owed if row.form_code in codes}
        self._observed = {
            (row.unit_id, row.period, row.indicator_code, row.breakdown_code): row
            for row in facts.observations
        }
        self._nil = {(row.unit_id, row.period, row.indicator_code): row for row in facts.nils}
        self._known: dict[tuple[str, Period], UnitPart] = {}

    def at(self, unit: Unit, part: Period) -> UnitPart:
        key = (unit.unit_id, part)
        if key not in self._known:
            self._known[key] = self._work_out(unit, part)
        return self._known[key]

    def _answer(self, unit: Unit, part: Period, term: PlainTerm) -> Answer | None:
        place = (unit.unit_id, part, term.indicator_code)
        return self._observed.get((*place, term.breakdown_code)) or self._nil.get(place)

    def _work_out(self, unit: Unit, part: Period) -> UnitPart:
        answers = [(term, self._answer(unit, part, term)) for term in self.terms]
        present = [answer for _, answer in answers if answer is not None]
        is_whole = len(present) == len(answers)
        owes = (unit.unit_id, part) in self._owed
        counts = self._counts(present, is_whole, owes)
        numerator, denominator = self._sides(answers) if counts else (None, None)
        return UnitPart(
            unit=unit,
            counts=counts,
            owes=owes,
            answered=bool(present),
            lacks_a_term=bool(present) and not is_whole and self.formula.missing_mode not in ZERO_MODES,
            spoils_sums=self._spoils_sums(present, is_whole, owes),
            numerator=numerator,
            denominator=denominator,
            received=max(((one.received_at, one.submission) for one in present), default=None),
        )

    def _counts(self, present: Sequence[Answer], is_whole: bool, owes: bool) -> bool:
        mode = self.formula.missing_mode
        if mode == "partial_zero":
            return bool(present)
        if mode == "always_zero":
            return owes or bool(present)
        if mode == "non_zero":
            return any(isinstance(one, Observation) and one.value != 0 for one in present)
        return is_whole

    def _spoils_sums(self, present: Sequence[Answer], is_whole: bool, owes: bool) -> bool:
        mode = self.formula.missing_mode
        if mode not in NULL_MODES or is_whole:
            return False
        return bool(present) or (mode == "always_null" and owes)

    def _sides(
        self, answers: Sequence[tuple[PlainTerm, Answer | None]]
    ) -> tuple[Fraction | None, Fraction | None]:
        gap = self._worth_of_a_gap(answers)
        above = _side(answers, "numerator", gap)
        below = _side(answers, "denominator", gap) if self._has_terms_below() else None
        if not self.is_weighted:
            return above, below
        weight = _side(answers, "weight", gap)
        return _times(above, weight), _times(below if self._has_terms_below() else Fraction(1), weight)

    def _has_terms_below(self) -> bool:
        return any(term.side == "denominator" for term in self.terms)

    def _worth_of_a_gap(self, answers: Sequence[tuple[PlainTerm, Answer | None]]) -> Fraction | None:
        """Return what stands where nothing was brought: 0 or nothing.

        A nil filing alone brings nothing to add, but under ``always_zero``.
        """
        mode = self.formula.missing_mode
        is_observed = any(isinstance(answer, Observation) for _, answer in answers)
        return Fraction(0) if mode == "always_zero" or (mode in ZERO_MODES and is_observed) else None


def _parts(facts: Facts, forms: Sequence[Form]) -> list[Period]:
    """Return the parts in time order; forms of several calendars or kinds are never mixed."""
    ((calendar_code, kind),) = {(form.calendar_code, form.period_kind) for form in forms}
    parts = [one for one in facts.periods if (one.calendar_code, one.kind) == (calendar_code, kind)]
    return sorted(parts, key=lambda part: part.last_day)


def _side(
    answers: Sequence[tuple[PlainTerm, Answer | None]], side: str, gap: Fraction | None
) -> Fraction | None:
    brought = [
        term.coefficient * answer.value
        for term, answer in answers
        if term.side == side and isinstance(answer, Observation)
    ]
    return sum(brought, Fraction(0)) if brought else gap


def _times(side: Fraction | None, weight: Fraction | None) -> Fraction | None:
    return None if side is None or weight is None else side * weight
