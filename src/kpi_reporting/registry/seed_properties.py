"""The properties of the registry's dbt seeds, generated from the classes that validate the files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel

from kpi_reporting.registry.models import FILES
from kpi_reporting.registry.resolve import DERIVED, ResolvedFormPeriod, ResolvedFormulaTerm, ResolvedPeriod

_HEADER = "# Generated from kpi_reporting.registry.models; a test compares them.\n"
_TYPES = {bool: "boolean", int: "integer", Decimal: "numeric", date: "date", datetime: "timestamptz"}
_WIDTH = 110


def seed_properties() -> str:
    """Return the YAML that describes and types every seed, the derived ones included."""
    seeds = [_seed(model.file, model, model.key) for model in FILES]
    seeds.append(_seed("periods", ResolvedPeriod, ("calendar_code", "period_code")))
    seeds.append(_seed("form_periods", ResolvedFormPeriod, ("form_code", "form_version", "period_code")))
    formula_term_key = ("formula_code", "formula_version", "side", "indicator_code", "breakdown_code")
    seeds.append(_seed("formula_terms", ResolvedFormulaTerm, formula_term_key))
    properties = {"version": 2, "seeds": seeds}
    text: str = yaml.dump(properties, Dumper=_Indented, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return _HEADER + text


class _Indented(yaml.SafeDumper):
    """Indents lists below their key, as the linter wants."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def _seed(name: str, model: type[BaseModel], key: tuple[str, ...]) -> dict[str, Any]:
    columns = list(_columns(name, model))
    summary = (model.__doc__ or "").strip().partition("\n")[0]
    return {
        "name": name,
        "description": f"{summary} Key: {', '.join(key)}.",
        "config": {"column_types": {column: kind for column, kind, _ in columns}},
        "columns": [
            {"name": column, "description": description, "data_type": kind}
            for column, kind, description in columns
        ],
    }


def _columns(name: str, model: type[BaseModel]) -> Iterator[tuple[str, str, str]]:
    for column, field in model.model_fields.items():
        yield column, _data_type(field.annotation), field.description or ""
    for column, origin, _, description in DERIVED.get(name, ()):
        yield column, "text", description.format(origin)


def _data_type(annotation: object) -> str:
    if get_origin(annotation) is Annotated:
        return _data_type(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _data_type(next(part for part in get_args(annotation) if part is not type(None)))
    return _TYPES.get(annotation, "text") if isinstance(annotation, type) else "text"
