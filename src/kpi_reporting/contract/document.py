"""The contract as a document of the Open Data Contract Standard (ODCS) 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kpi_reporting.contract.tables import Column, Table
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.yaml_text import yaml_text

_HEADING = "# Written by `make contract` from the models, the migrations and terms.yaml; change those, not this file.\n"
_WIDTH = 90
_LOGICAL = {
    "text": "string",
    "integer": "integer",
    "bigint": "integer",
    "numeric": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamptz": "timestamp",
    "jsonb": "object",
    "text[]": "array",
}

Document = dict[str, Any]


class ContractError(KpiReportingError):
    """A contract that does not say what is served, or would break a promise to readers."""


def to_document(tables: Sequence[Table], terms: Mapping[str, Any], version: str) -> Document:
    """Put tables and terms together; ``terms`` are further keys of the standard, as written by hand."""
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "version": version}
    return {**head, **terms, "schema": [_object(table) for table in tables]}


def render(document: Document) -> str:
    """The document as the text of its file."""
    return _HEADING + yaml_text(document, _WIDTH)


def tables_of(document: Document) -> tuple[Table, ...]:
    """Read the tables a document promises."""
    return tuple(
        Table(
            one["name"],
            one["description"],
            tuple(
                column["name"]
                for column in sorted(
                    one["properties"], key=lambda column: column.get("primaryKeyPosition", 0)
                )
                if column.get("primaryKey")
            ),
            tuple(_column(column) for column in one["properties"]),
            one["physicalType"],
        )
        for one in document["schema"]
    )


def _object(table: Table) -> Document:
    return {
        "name": table.name,
        "physicalType": table.kind,
        "logicalType": "object",
        "description": table.description,
        "properties": [_property(column, table.key) for column in table.columns],
    }


def _property(column: Column, key: tuple[str, ...]) -> Document:
    position = (
        {"primaryKey": True, "primaryKeyPosition": key.index(column.name) + 1} if column.name in key else {}
    )
    listed = {"enum": [{"value": value} for value in column.values]} if column.values else {}
    if column.type not in _LOGICAL:
        raise ContractError(
            f"Column {column.name} is of the type {column.type}, for which the contract has no word: "
            "use another type, or say in contract/document.py what it is called there."
        )
    return {
        "name": column.name,
        "logicalType": _LOGICAL[column.type],
        "physicalType": column.type,
        "required": column.required,
        **position,
        "description": column.description,
        **listed,
    }


def _column(written: Document) -> Column:
    return Column(
        written["name"],
        written["physicalType"],
        written["description"],
        required=written["required"],
        values=tuple(one["value"] for one in written.get("enum", ())),
    )
