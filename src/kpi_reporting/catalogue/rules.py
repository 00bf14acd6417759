"""What a rule of the catalogue says of itself, and those that need no suite: of reading, of the door, of acts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from kpi_reporting.findings import Finding, Layer, Severity

Example = str | dict[str, Any]
Sentence = Field(min_length=10)


class Strict(BaseModel):
    """A part of a file of rules: frozen, and without keys nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class CataloguedRule(Strict):
    """What every rule has, wherever it is written: an id, its gravity, three sentences, an owner and two examples.

    ``fails`` and ``passes`` are figures of a row, or the name of a file or an act that the tests make. ``severity`` is
    that of the rule; a file that policy refuses has its finding as an error all the same.
    """

    id: str
    layer: Layer
    severity: Severity
    reason_vi: str = Sentence
    reason_en: str = Sentence
    action_vi: str = Sentence
    owner: str | None = None
    fails: Example | None = None
    passes: Example | None = None


class BuiltInRule(CataloguedRule):
    """A rule that the code holds, whatever the registry and its suites say."""

    id: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)?$")
    fails: Example
    passes: Example

    def finding(self, **at: str | int | None) -> Finding:
        """Return a finding in the words of the catalogue; ``at`` says where, and what was found."""
        told = {
            "layer": self.layer, "rule_id": self.id, "severity": self.severity,
            "message_vi": self.reason_vi, "message_en": self.reason_en, "action_vi": self.action_vi,
        }  # fmt: skip
        return Finding(**{**told, **at})  # type: ignore[arg-type]


class _File(Strict):
    owner: str
    rules: tuple[BuiltInRule, ...]


@cache
def built_in_rules() -> Mapping[str, BuiltInRule]:
    """Return all built-in rules by their id, in the order of the files."""
    return {rule.id: rule for rule in _packaged()}


def built_in(rule_id: str) -> BuiltInRule:
    """Return a built-in rule; an id that is not in the catalogue is a defect of the code."""
    return built_in_rules()[rule_id]


def _packaged() -> Iterator[BuiltInRule]:
    for name in ("files", "identity", "tables", "door", "running", "reminders"):
        text = resources.files(__package__).joinpath(f"{name}.yml").read_text(encoding="utf-8")
        file = _File.model_validate(yaml.safe_load(text))
        for rule in file.rules:
            yield rule.model_copy(update={"owner": rule.owner or file.owner})
