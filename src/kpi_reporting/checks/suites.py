"""Suites: what is accepted, written as YAML files in ``expectations/``.

One file per form (``<form_code>.yml``, checked at the door) and ``exit.yml`` (checked before publication).
A rule is either a Great Expectations expectation on columns (``expect_column_values_to_be_between`` …) or
``unexpected_rows`` with an SQL condition that is true for the rows that are wrong. ``missing`` says what it makes of
figures that are not there: ``skip_any`` says nothing about a row that lacks one of ``fields``, ``skip_all`` about one
that lacks all and takes the others for zero, ``treat_as_zero`` never skips; ``as_written`` leaves it to SQL, where a
condition over a missing figure is neither true nor false unless it uses ``coalesce`` or ``is null``.

A condition sees one row with a column per figure of the form. In a table ``<figure>__sum`` is the sum over the
data rows of its sheet and ``<figure>__total`` what its grand total row says, so that rates can be compared;
``rows`` says which rows are meant: data (default), total, rate or all.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from kpi_reporting.catalogue import CataloguedRule, Strict
from kpi_reporting.errors import KpiReportingError

UNEXPECTED_ROWS = "unexpected_rows"
ALL_FIGURES = "all_figures"
Missing = Literal["skip_any", "skip_all", "treat_as_zero", "as_written"]
_WITH_ZEROS = ("skip_all", "treat_as_zero")


class SuiteError(KpiReportingError):
    """A suite file that must not be used; the text names the file, the rule and the fault."""


class Rule(CataloguedRule):
    """One rule: what must hold, how grave a breach is, and what its finding says to the sender.

    ``missing`` says what a condition makes of a missing figure among ``fields``; ``sensitive``, that its finding must
    not tell what stands in the file; ``needs_reason``, that a filing is held until its value is explained or waived.
    """

    id: str = Field(pattern=r"^[A-Za-z0-9_-]+\.[a-z0-9_]+$")
    layer: Literal["structure", "row", "cross_form", "history", "exit"]
    expectation: str = Field(pattern=r"^(unexpected_rows|expect_[a-z_]+)$")
    kwargs: dict[str, Any] = Field(default_factory=dict)
    fields: tuple[str, ...] = ()
    for_each: Literal["all_figures"] | tuple[str, ...] = ()
    rows: Literal["data", "total", "rate", "all"] = "data"
    missing: Missing | None = None
    sensitive: bool = False
    needs_reason: bool = False
    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _kwargs_fit_the_expectation(self) -> Self:
        if self.expectation == UNEXPECTED_ROWS and set(self.kwargs) != {"condition"}:
            raise ValueError("unexpected_rows takes exactly one key in kwargs: condition")
        if self.expectation != UNEXPECTED_ROWS and self.for_each and "column" in self.kwargs:
            raise ValueError("for_each fills in the column; remove column from kwargs")
        if self.missing in _WITH_ZEROS and self.expectation != UNEXPECTED_ROWS:
            raise ValueError(
                f"{self.expectation} skips missing figures; missing: {self.missing} is for unexpected_rows"
            )
        if self.missing in _WITH_ZEROS and not (self.fields or self.for_each):
            raise ValueError(f"missing: {self.missing} needs the figures in fields")
        if self.needs_reason and self.sensitive:
            raise ValueError(
                "a reason is bound to what stands in the file, which a sensitive rule does not tell"
            )
        if self.needs_reason and (self.severity != "warning" or not (self.fields or self.for_each)):
            raise ValueError(
                "needs_reason is for warnings about figures in fields, whose values a reason is bound to"
            )
        if "%" in str(self.kwargs.get("condition", "")):
            raise ValueError("a condition cannot contain a percent sign; use mod() or position()")
        return self


class Suite(Strict):
    """The rules of one form, or of the exit; ``owner`` and ``missing`` are those of rules that say nothing else."""

    suite: str
    owner: str | None = None
    missing: Missing = "as_written"
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _ids_are_unique_and_carry_the_suite(self) -> Self:
        ids = [rule.id for rule in self.rules]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        strange = sorted(one for one in ids if not one.startswith(f"{self.suite}."))
        if twice:
            raise ValueError(f"rule ids used twice: {', '.join(twice)}")
        if strange:
            raise ValueError(f"rule ids must start with '{self.suite}.': {', '.join(strange)}")
        return self


def load_suite(path: Path, known_fields: frozenset[str] | None = None) -> Suite:
    """Read a suite file; with ``known_fields`` also check that rules point at nothing else.

    Raises:
        SuiteError: the file is not valid YAML, has unknown keys, or names unknown fields.
    """
    try:
        suite = Suite.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise SuiteError(f"{path}: {error}") from error
    except ValidationError as error:
        raise SuiteError("\n".join(_sentences(path, error))) from None
    if suite.suite != path.stem:
        raise SuiteError(f"{path}: suite is {suite.suite!r}, but the file is named {path.stem!r}")
    if known_fields is not None:
        _refuse_unknown_fields(path, suite, known_fields)
    return suite.model_copy(update={"rules": tuple(_completed(suite, rule) for rule in suite.rules)})


def _completed(suite: Suite, rule: Rule) -> Rule:
    return rule.model_copy(
        update={"owner": rule.owner or suite.owner, "missing": rule.missing or suite.missing}
    )


def _refuse_unknown_fields(path: Path, suite: Suite, known: frozenset[str]) -> None:
    for rule in suite.rules:
        named = {*rule.fields, *(() if rule.for_each == ALL_FIGURES else rule.for_each)}
        if named - known:
            unknown = ", ".join(sorted(named - known))
            raise SuiteError(
                f"{path}, rule {rule.id}: no such field: {unknown}. Known: {', '.join(sorted(known))}"
            )


def _sentences(path: Path, error: ValidationError) -> list[str]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [f"{path}{_rule_named(document, one['loc'])}: {one['msg']}" for one in error.errors()]


def _rule_named(document: Any, place: tuple[int | str, ...]) -> str:
    """Name the rule at a pydantic location such as ``("rules", 3, "severity")`` by its id."""
    if len(place) < 2 or place[0] != "rules" or not isinstance(place[1], int):
        return "".join(f", {part}" for part in place)
    rule = document["rules"][place[1]]
    name = rule.get("id", f"number {place[1] + 1}") if isinstance(rule, dict) else f"number {place[1] + 1}"
    return ", ".join([f", rule {name}", *(str(part) for part in place[2:])])
