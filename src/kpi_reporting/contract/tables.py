"""Published tables as readers are promised them, put together from the models and the database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kpi_reporting.publish.tables import OWN_COLUMNS, PUBLISHED

MARTS = {one.name: one.source_name for one in PUBLISHED if one.source_schema == "marts"}
_HISTORIES = {one.issues: one.name for one in PUBLISHED if one.issues is not None}

# As a model writes a check (`in (…)`) and as the catalog gives it back (`= ANY (ARRAY[…])`).
_CLOSED_LIST = re.compile(r"\bin \(|= ANY \(+ARRAY\[", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column; ``values`` are all it may hold, empty when the list is open."""

    name: str
    type: str
    description: str
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table or view; ``key`` are the columns of its primary key, in order, none for a view."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    kind: str = "table"


def tables_of_models(manifest: Mapping[str, Any]) -> dict[str, Table]:
    """Read from dbt's manifest the tables whose rows come from a mart."""
    models = {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    return {name: _from_model(name, models[mart]) for name, mart in MARTS.items() if mart in models}


def join_tables(models: Mapping[str, Table], standing: Iterable[Table]) -> tuple[Table, ...]:
    """Take tables of marts from the models, what a publication adds to them and all other tables from ``standing``."""
    known = {table.name: table for table in standing}
    others = [table for name, table in known.items() if name not in MARTS]
    own = {name: [one for one in table.columns if one.name in OWN_COLUMNS] for name, table in known.items()}
    whole = [replace(table, columns=(*table.columns, *own.get(name, ()))) for name, table in models.items()]
    return _described((*whole, *others))


def _described(tables: Sequence[Table]) -> tuple[Table, ...]:
    """A history has the columns of what it keeps; before anything is published only that one's are commented."""
    words = {
        table.name: {one.name: one.description for one in table.columns if one.description}
        for table in tables
    }
    anywhere = {name: word for known in words.values() for name, word in known.items()}
    return tuple(
        _with_words(table, {**anywhere, **words.get(_HISTORIES.get(table.name, ""), {})})
        for table in sorted(tables, key=lambda table: table.name)
    )


def _with_words(table: Table, words: Mapping[str, str]) -> Table:
    columns = (replace(one, description=one.description or words.get(one.name, "")) for one in table.columns)
    return replace(table, columns=tuple(columns))


def closed_list(check: str) -> tuple[str, ...]:
    """Texts that a check constraint allows; none when it is no list of texts."""
    return tuple(re.findall(r"'([^']*)'", check)) if _CLOSED_LIST.search(check) else ()


def _from_model(name: str, model: Mapping[str, Any]) -> Table:
    key = next(set(one["columns"]) for one in model["constraints"] if one["type"] == "primary_key")
    columns = tuple(_from_properties(one) for one in model["columns"].values())
    # In the order of the columns: the index of a mart has its own, which is nobody's business but the night's.
    return Table(
        name, one_line(model["description"]), tuple(c.name for c in columns if c.name in key), columns
    )


def _from_properties(column: Mapping[str, Any]) -> Column:
    checks = [one.get("expression") or "" for one in column["constraints"] if one["type"] == "check"]
    return Column(
        column["name"],
        column["data_type"],
        one_line(column["description"]),
        required=any(one["type"] == "not_null" for one in column["constraints"]),
        values=tuple(value for check in checks for value in closed_list(check)),
    )


def one_line(text: str) -> str:
    """The text without the line breaks of the file it stood in."""
    return " ".join(text.split())
