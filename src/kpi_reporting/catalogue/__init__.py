"""The catalogue of rules that need no suite: one entry per id that a finding can carry."""

from kpi_reporting.catalogue.rules import (
    BuiltInRule,
    CataloguedRule,
    Example,
    Strict,
    built_in,
    built_in_rules,
)

__all__ = ["BuiltInRule", "CataloguedRule", "Example", "Strict", "built_in", "built_in_rules"]
