"""Random formulas over the forms of a random province."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, product
from random import Random

Row = dict[str, str]
TermOf = tuple[str, str, bool]

SECOND_VERSIONS = "2025-04-01"
MODES = ("non_null", "partial_zero", "always_zero", "non_zero", "partial_null", "always_null")
OVER_TIME = ("sum", "last", "average", "max", "min")
OVER_UNITS = ("sum", "last", "province_only", "weighted")
SPANS = ("period", "year_to_date", "rolling")
FORMULAS = 40
REFERRED = ("f0", "f1")


_SPOKEN_FOR: tuple[TermOf, ...] = (("a", "total", False), ("b", "total", False))
_BREAKDOWNS: tuple[TermOf, ...] = (("c", "female", False), ("c", "male", False), ("c", "sex", True))
_DEPARTMENTS: tuple[TermOf, ...] = (("e", "total", False), ("g", "total", False))
_QUARTERS: tuple[TermOf, ...] = (
    ("p", "total", False), ("q", "total", False), ("r", "male", False), ("r", "sex", True)
)  # fmt: skip
# Indicator, breakdown or group of breakdowns, and whether it is a group; by kind of part and by form.
FAMILIES = {"month": (_SPOKEN_FOR, _BREAKDOWNS, _DEPARTMENTS), "quarter": (_QUARTERS,)}
WEIGHTS = {"month": "w", "quarter": "v"}


def sourced(confirmed: str = "true", **cells: str) -> Row:
    """Complete a row with the columns that say where its fact comes from."""
    return {**cells, "legal_basis": "", "confirmed": confirmed}


def kpi(random: Random, code: str) -> Row:
    """Draw a row of the KPIs."""
    return sourced(
        kpi_code=code, name_vi=f"KPI {code}", name_en=code, unit_of_measure=random.choice(["%", "hồ sơ"]),
        decimals=str(random.choice([0, 1, 2, 2, 4])), direction="higher", quantified="true",
        sort_order=str(int(code[1:])), confirmed=random.choice(["true", "false"]),
    )  # fmt: skip


def combinations(seed: int) -> list[tuple[str, str, str]]:
    """Return the operators and modes of a province; three provinces in a row have all combinations there are."""
    known = list(product(OVER_TIME, OVER_UNITS, MODES))
    Random("operators").shuffle(known)
    return [known[(seed * FORMULAS + place) % len(known)] for place in range(FORMULAS)]


def formulas_of(seed: int, random: Random) -> tuple[list[Row], list[Row]]:
    """Draw a formula for each combination, then those that refer to others; return formulas and terms."""
    rules = combinations(seed)
    quarterly = random.sample(range(len(REFERRED), len(rules)), len(rules) // 4)
    formulas, terms = [], []
    for number, combination in enumerate(rules):
        code, kind = f"f{number}", "quarter" if number in quarterly else "month"
        formulas.append(_formula(random, code, number, combination, kind))
        terms += _terms(random, formulas[-1], kind)
    _with_second_version(random, formulas, terms, REFERRED[0])
    for code, target in (("f100", REFERRED[0]), ("f101", REFERRED[1]), ("f102", "f101")):
        _with_reference(random, formulas, terms, code, target)
    return formulas, terms


def _formula(random: Random, code: str, number: int, rules: Sequence[str], kind: str) -> Row:
    over_time, over_units, mode = rules
    span = random.choice(SPANS) if over_time != "last" else "period"
    return {
        "formula_code": code, "formula_version": "1", "kpi_code": f"K{number}", "name_vi": f"Công thức {code}",
        "name_en": code, "factor": random.choice(["1", "100", "100", "0.5"]), "over_time": over_time,
        "over_units": over_units, "missing_mode": mode, "span": span,
        "span_parts": str(random.choice([2, 3, 5])) if span == "rolling" else "",
        "weight_indicator_code": WEIGHTS[kind] if over_units == "weighted" else "", "is_primary": "true",
        "valid_from": random.choice(["2020-01-01", "2020-01-01", "2025-02-15"]), "valid_to": "",
        "legal_basis": "", "confirmed": random.choice(["true", "false"]),
    }  # fmt: skip


def _terms(random: Random, formula: Row, kind: str) -> Iterator[Row]:
    known = _terms_to_choose(random, formula, kind)
    above, below = random.choice([1, 1, 2, 3]), random.choice([0, 1, 1, 2])
    for side, count, factors in (
        ("numerator", above, ("1", "1", "-1", "0.5")), ("denominator", below, ("1", "1", "1", "-1", "2.5")),
    ):  # fmt: skip
        for indicator, breakdown, is_group in random.sample(known, min(count, len(known))):
            yield _term(
                formula, side, indicator_code=indicator, breakdown_code="total" if is_group else breakdown,
                breakdown_group=breakdown if is_group else "", coefficient=random.choice(factors),
            )  # fmt: skip


def _terms_to_choose(random: Random, formula: Row, kind: str) -> list[TermOf]:
    """Return mostly the terms of one form, so that answers are whole often enough, else those of all forms.

    A form that speaks for several units has one instant of arrival for all of them; which of equals is the last the
    page does not say, so its terms are not used where the last answer is taken. A stock is never added over time.
    """
    families = list(FAMILIES[kind])
    if formula["over_units"] == "last" and len(families) > 1:
        families.remove(_SPOKEN_FOR)
    known = random.choice(families) if random.random() < 0.75 else tuple(chain.from_iterable(families))
    is_stock = formula["over_time"] == "last" and kind == "month" and formula["formula_code"] not in REFERRED
    return [*known, ("s", "total", False)] if is_stock else list(known)


def _term(formula: Row, side: str, **cells: str) -> Row:
    return {
        "formula_code": formula["formula_code"], "formula_version": formula["formula_version"], "side": side,
        "indicator_code": "", "breakdown_code": "total", "breakdown_group": "", "ref_formula_code": "",
        "ref_side": "", "coefficient": "1", **cells,
    }  # fmt: skip


def _with_second_version(random: Random, formulas: list[Row], terms: list[Row], code: str) -> None:
    """Give a formula a second version that computes something else from a day on."""
    first = next(row for row in formulas if row["formula_code"] == code)
    first["valid_from"], first["valid_to"] = "2020-01-01", "2025-03-31"
    rules = (random.choice(OVER_TIME), random.choice(OVER_UNITS), random.choice(MODES))
    second = _formula(random, code, int(first["kpi_code"][1:]), rules, "month")
    formulas.append({**second, "formula_version": "2", "valid_from": SECOND_VERSIONS})
    terms += _terms(random, formulas[-1], "month")


def _with_reference(random: Random, formulas: list[Row], terms: list[Row], code: str, target: str) -> None:
    """Add a formula over the sides of another one, with a version for each of its versions."""
    for meant in [row for row in formulas if row["formula_code"] == target]:
        own = {(row["formula_version"], row["side"]) for row in terms if row["formula_code"] == target}
        sides = sorted(side for version, side in own if version == meant["formula_version"])
        days = {name: meant[name] for name in ("formula_version", "valid_from", "valid_to")}
        # Where the last answer is taken, indicators of a form for several units are not used.
        over_units = random.choice([one for one in OVER_UNITS if one != "last"])
        rules = (random.choice(OVER_TIME), over_units, random.choice(MODES))
        formula = {**_formula(random, code, int(code[1:]), rules, "month"), **days}
        formulas.append(formula)
        terms.append(_reference(random, formula, "numerator", target, random.choice(sides)))
        terms.append(_term(formula, "numerator", indicator_code="b"))
        if random.random() < 0.7:
            terms.append(_reference(random, formula, "denominator", target, random.choice(sides)))


def _reference(random: Random, formula: Row, side: str, target: str, ref_side: str) -> Row:
    factor = random.choice(["1", "2", "-0.5"])
    return _term(formula, side, ref_formula_code=target, ref_side=ref_side, coefficient=factor)
