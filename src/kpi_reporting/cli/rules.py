"""The command that prints the catalogue of rules, or all that is known of one of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.settings import get_settings

if TYPE_CHECKING:
    from kpi_reporting.catalogue import CataloguedRule, Example
    from kpi_reporting.registry import Registry

app = typer.Typer()


@app.command()
def rules(
    rule: Annotated[
        str | None, typer.Argument(help="Id of a rule, or how it begins: short_sum, HS-01. Default: all.")
    ] = None,
    registry: Annotated[
        Path | None, typer.Option(help="Registry folder. Default: the configured one.")
    ] = None,
) -> None:
    """Print the rules: what each asks, how grave a breach is, what the sender is told, and two examples."""
    from kpi_reporting.checks.catalogue import catalogue
    from kpi_reporting.registry import load_registry

    settings = get_settings()
    folder = (registry or settings.registry_dir).expanduser().absolute()
    known = catalogue(settings.expectations(folder))
    chosen = _chosen(known, rule)
    if rule in known:
        lines = [*_described(chosen[0]), *_overridden(chosen[0], load_registry(folder))]
    else:
        lines = [_in_one_line(one) for one in chosen]
    typer.echo("\n".join(lines))


def _chosen(known: dict[str, CataloguedRule], rule: str | None) -> list[CataloguedRule]:
    if rule in known:
        return [known[rule]]
    chosen = [one for rule_id, one in known.items() if rule is None or rule_id.startswith(rule)]
    if not chosen:
        raise KpiReportingError(f"No rule is called {rule!r} or begins so. `kpi-reporting rules` prints all.")
    return chosen


def _in_one_line(rule: CataloguedRule) -> str:
    return f"{rule.severity:<8} {rule.layer:<10} {rule.id:<34} {rule.reason_en}"


def _described(rule: CataloguedRule) -> Iterator[str]:
    days = [getattr(rule, name, None) for name in ("valid_from", "valid_to")]
    yield f"{rule.id}: {rule.severity}, layer {rule.layer}, owner {rule.owner or 'nobody named'}"
    yield f"  vi       {rule.reason_vi}"
    yield f"  en       {rule.reason_en}"
    yield f"  to do    {rule.action_vi}"
    yield f"  holds    {days[0] or 'always'}{f' to {days[1]}' if days[1] else ''}"
    yield from _expression(rule)
    yield f"  fails    {_shown(rule.fails)}"
    yield f"  passes   {_shown(rule.passes)}"


def _expression(rule: CataloguedRule) -> Iterator[str]:
    """What a rule of a suite asks for, and what it makes of figures that are not there."""
    expectation, kwargs = getattr(rule, "expectation", None), getattr(rule, "kwargs", {})
    if expectation is not None:
        asked = kwargs.get("condition") or ", ".join(f"{name} {value}" for name, value in kwargs.items())
        yield f"  wrong    {asked}" if "condition" in kwargs else f"  asks     {expectation}: {asked}"
        yield f"  missing  {getattr(rule, 'missing', None)}"


def _overridden(rule: CataloguedRule, registry: Registry) -> Iterator[str]:
    for row in registry.rule_overrides:
        if row.rule_id == rule.id:
            until = f" to {row.valid_to}" if row.valid_to else ""
            yield f"  for {row.unit_code} {row.severity}, from {row.valid_from}{until}: {row.reason} ({row.act})"


def _shown(example: Example | None) -> str:
    if isinstance(example, dict):
        return ", ".join(
            f"{name} = {'nothing' if value is None else value}" for name, value in example.items()
        )
    return example or "no example"
