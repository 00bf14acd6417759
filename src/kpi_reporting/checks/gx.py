"""Great Expectations, run once over all rows of a form or of the exit.

Imported only when there is something to check: the library costs seconds and 220 MiB per process.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kpi_reporting.checks.suites import ALL_FIGURES, UNEXPECTED_ROWS, Rule
from kpi_reporting.errors import WarehouseError

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.datasource.fluent.interfaces import Batch
    from great_expectations.expectations.expectation import Expectation
    from sqlalchemy.engine import ExceptionContext

# SQLAlchemy's lists of failing rows are cut at this count, also when complete results are asked for.
_EVERY_ROW = 2_000_000_000

_ROW_KINDS = {"data": ["data"], "total": ["total", "grand_total"], "rate": ["rate"], "all": []}


@dataclass(frozen=True)
class Asset:
    """Rows to check: a SELECT without percent signs, the columns that identify a row, the figures in it.

    ``row_kind`` and ``period_last_day`` are the columns that ``rows`` and ``valid_from`` of a rule look at;
    None when the rows have no such column.
    """

    name: str
    query: str
    keys: tuple[str, ...]
    figures: tuple[str, ...]
    row_kind: str | None = "row_kind"
    period_last_day: str = "period_last_day"


@dataclass(frozen=True)
class FailedRow:
    """A row that breaks a rule: its identifying values and the field at fault, if the rule tells."""

    keys: dict[str, Any]
    field: str | None


@dataclass(frozen=True)
class RuleOutcome:
    """What became of one rule; ``error`` is set when it could not run, which is never a pass."""

    rule: Rule
    failed: tuple[FailedRow, ...] = ()
    error: str | None = None

    @property
    def status(self) -> str:
        """State as kept in ``quality.check_runs``."""
        if self.error is not None:
            return "error"
        return "failed" if self.failed else "passed"


class RuleError(Exception):
    """A rule without a verdict; the text is for the engineer."""


def run_rules(dsn: str, asset: Asset, rules: Sequence[Rule]) -> list[RuleOutcome]:
    """Check all rows of the asset in one validation; return one outcome per rule, in order.

    ``dsn`` is a ``postgresql://`` address. A rule that cannot run is an outcome with an error, never a raise.

    Raises:
        WarehouseError: the session of the checks was lost, which says nothing about rules or figures.
    """
    planned = [(rule, field) for rule in rules for field in _fields_of(rule, asset)]
    with _without_loss_of_session(asset):
        results = _validate(dsn, asset, planned)
    found: dict[str, list[FailedRow]] = defaultdict(list)
    errors: dict[str, str] = {}
    for place, (rule, field) in enumerate(planned):
        try:
            found[rule.id] += _failed_rows(results.get(place), asset, field)
        except RuleError as error:
            errors.setdefault(rule.id, str(error))
    return [RuleOutcome(rule, tuple(found[rule.id]), errors.get(rule.id)) for rule in rules]


@contextmanager
def _without_loss_of_session(asset: Asset) -> Iterator[None]:
    """The library takes every exception for the fault of a rule; one that ended the session must end the step."""
    from sqlalchemy import Engine, event

    lost: list[str] = []

    def notice(context: ExceptionContext) -> None:
        if context.is_disconnect:
            lost.append(str(context.original_exception).strip())

    event.listen(Engine, "handle_error", notice)
    try:
        yield
    finally:
        event.remove(Engine, "handle_error", notice)
        if lost:
            raise WarehouseError(
                f"The warehouse ended the session in which {asset.name} was checked: {lost[0].splitlines()[0]}. "
                "Nothing was judged; run this night again."
            )


def _fields_of(rule: Rule, asset: Asset) -> tuple[str | None, ...]:
    if rule.for_each == ALL_FIGURES:
        return asset.figures
    if isinstance(rule.for_each, tuple) and rule.for_each:
        return rule.for_each
    return (rule.fields[0] if rule.fields else rule.kwargs.get("column"),)


def _validate(
    dsn: str, asset: Asset, planned: Sequence[tuple[Rule, str | None]]
) -> dict[int, ExpectationValidationResult | RuleError]:
    """Return the results by their place in ``planned``; a place without a result did not run."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    # One of its modules gives itself a level of its own.
    for name in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(name).setLevel(logging.ERROR)
    made = {place: _expectation(place, rule, field, asset) for place, (rule, field) in enumerate(planned)}
    sound = [one for one in made.values() if not isinstance(one, RuleError)]
    results: dict[int, ExpectationValidationResult | RuleError]
    results = {place: one for place, one in made.items() if isinstance(one, RuleError)}
    if sound:
        # A validation definition turns every failing row into JSON twice; the batch itself does not.
        suite = gx.ExpectationSuite(name=asset.name, expectations=sound)
        outcome = _batch(dsn, asset).validate(suite, result_format=_result_format(asset))
        results |= {one.expectation_config.meta["place"]: one for one in outcome.results}
    return results


def _batch(dsn: str, asset: Asset) -> Batch:
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    address = re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", dsn)
    source = context.data_sources.add_postgres("warehouse", connection_string=address, create_temp_table=True)
    return (
        source.add_query_asset(asset.name, query=asset.query)
        .add_batch_definition_whole_table("all")
        .get_batch()
    )


def _result_format(asset: Asset) -> dict[str, Any]:
    return {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": list(asset.keys),
        "partial_unexpected_count": _EVERY_ROW,
        "return_unexpected_index_query": False,
    }


def _expectation(place: int, rule: Rule, field: str | None, asset: Asset) -> Expectation | RuleError:
    from great_expectations.exceptions import ExpectationNotFoundError
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    kind, kwargs = _as_expectation(rule, field, asset)
    try:
        return ExpectationConfiguration(type=kind, kwargs=kwargs, meta={"place": place}).to_domain_obj()
    except ExpectationNotFoundError:
        return RuleError(f"Great Expectations knows no expectation {kind}")
    except (TypeError, ValueError) as error:
        return RuleError(f"its kwargs do not fit {kind}: {' '.join(str(error).split())}")


def _as_expectation(rule: Rule, field: str | None, asset: Asset) -> tuple[str, dict[str, Any]]:
    if rule.expectation == UNEXPECTED_ROWS:
        return "unexpected_rows_expectation", {
            "unexpected_rows_query": _unexpected_rows_query(rule, field, asset)
        }
    column = {"column": field} if rule.for_each else {}
    return rule.expectation, {**rule.kwargs, **column, "row_condition": _row_condition(rule, asset)}


def _unexpected_rows_query(rule: Rule, field: str | None, asset: Asset) -> str:
    """One row that lists all failing rows, since the library fetches no more than 200 of them."""
    condition = str(rule.kwargs["condition"]).replace("{field}", f'"{field}"')
    pairs = ", ".join(f"'{key}', {key}" for key in asset.keys)
    rows, present = _rows_with_figures(rule, field, asset)
    where = " and ".join([*_scope(rule, asset), *present, f"({_literal(condition)})"])
    return (
        f"select cast(json_agg(json_build_object({pairs})) as text) as failed "
        f"from {rows} where {where} having count(*) > 0"
    )


def _rows_with_figures(rule: Rule, field: str | None, asset: Asset) -> tuple[str, list[str]]:
    """The rows a condition looks at, and which of them are not skipped: what the rule makes of missing figures."""
    named = list(dict.fromkeys([*rule.fields, *([field] if field else [])]))
    figures = ", ".join(f'"{name}"' for name in named)
    if rule.missing == "skip_any" and named:
        return "{batch}", [f"num_nulls({figures}) = 0"]
    if rule.missing not in ("skip_all", "treat_as_zero"):
        return "{batch}", []
    around = [*asset.keys, *([asset.row_kind] if asset.row_kind else []), asset.period_last_day]
    zeros = ", ".join(f'coalesce("{name}", 0) as "{name}"' for name in named)
    rows = f"(select {', '.join(around)}, {zeros}, num_nonnulls({figures}) as present from {{batch}}) as rows"
    return rows, ["present > 0"] if rule.missing == "skip_all" else []


def _literal(condition: str) -> str:
    """Keep colons and braces of a condition from being read as parameters."""
    return re.sub(r"(?<!:):(?=\w)", r"\\:", condition.replace("{", "{{").replace("}", "}}"))


def _scope(rule: Rule, asset: Asset) -> list[str]:
    """SQL conditions for the rows and the periods the rule is about."""
    kinds = ", ".join(f"'{kind}'" for kind in _ROW_KINDS[rule.rows])
    scope = [f"{asset.row_kind} in ({kinds})"] if asset.row_kind and kinds else []
    scope += [f"{asset.period_last_day} >= date '{rule.valid_from}'"] if rule.valid_from else []
    return scope + ([f"{asset.period_last_day} <= date '{rule.valid_to}'"] if rule.valid_to else [])


def _row_condition(rule: Rule, asset: Asset) -> Any:
    """The same scope as an object of the library; None when every row is meant."""
    from great_expectations.expectations.row_conditions import Column

    kinds = _ROW_KINDS[rule.rows]
    parts = [Column(asset.row_kind).is_in(kinds)] if asset.row_kind and kinds else []
    last_day = Column(asset.period_last_day)
    parts += [last_day >= rule.valid_from.isoformat()] if rule.valid_from else []
    parts += [last_day <= rule.valid_to.isoformat()] if rule.valid_to else []
    joined: Any = None
    for part in parts:
        joined = part if joined is None else joined & part
    return joined


def _failed_rows(
    result: ExpectationValidationResult | RuleError | None, asset: Asset, field: str | None
) -> list[FailedRow]:
    if result is None:
        raise RuleError("Great Expectations returned no result for it")
    if isinstance(result, RuleError):
        raise result
    if not result.success and (raised := _exception_in(result.exception_info)):
        raise RuleError(raised)
    if result.success:
        return []
    rows = _listed_rows(result.result)
    if rows is None:
        raise RuleError("the expectation does not say which rows are wrong; use one about column values")
    return [FailedRow({key: row[key] for key in asset.keys}, field) for row in rows]


def _listed_rows(result: dict[str, Any]) -> list[dict[str, Any]] | None:
    details = result.get("details") or {}
    if details.get("unexpected_rows"):
        listed: list[dict[str, Any]] = json.loads(details["unexpected_rows"][0]["failed"])
        return listed
    return result.get("unexpected_index_list")


def _exception_in(info: Any) -> str | None:
    """First line of the last exception; the library keeps one, or one per metric."""
    if not isinstance(info, dict):
        return None
    several = (
        [info] if "raised_exception" in info else [one for one in info.values() if isinstance(one, dict)]
    )
    raised = [str(one.get("exception_message")) for one in several if one.get("raised_exception")]
    return raised[-1].strip().splitlines()[0] if raised else None
