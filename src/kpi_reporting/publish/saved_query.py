"""A saved query of a reading system: SQL with a header that says what it promises.

The header is YAML in the comment lines before the statement. ``:'name'`` in the statement is a parameter, as psql
writes it; the header says where a value to try it with comes from, so that a query fits every registry.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Self

import yaml
from psycopg.postgres import types
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kpi_reporting.errors import WarehouseError

_HEADER = re.compile(r"(?:--.*\n)+")
_PARAMETER = re.compile(r":'(\w+)'")


class SavedQueryError(WarehouseError):
    """A saved query that cannot be used, or whose promise the candidate would break."""


class SavedQuery(BaseModel):
    """A query and its promises.

    ``columns`` are names and types in the order of the result; ``one_per`` names the columns that tell its rows apart;
    ``as_many_as`` is a query for the number of rows, ``parameters`` one per parameter for a value to try;
    ``limit_ms`` is the time its readers count on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    file: str
    purpose: str = Field(min_length=20)
    columns: dict[str, str] = Field(min_length=1)
    one_per: tuple[str, ...] = Field(min_length=1)
    as_many_as: str | None = None
    parameters: dict[str, str] = {}
    limit_ms: int = Field(gt=0)
    statement: str

    @model_validator(mode="after")
    def _promises_fit_together(self) -> Self:
        untyped = [kind for kind in self.columns.values() if types.get(kind) is None]
        if untyped:
            raise ValueError(f"columns: PostgreSQL has no type {', '.join(untyped)}")
        if strange := set(self.one_per) - set(self.columns):
            raise ValueError(f"one_per: not among the columns: {', '.join(sorted(strange))}")
        used = set(_PARAMETER.findall(f"{self.statement} {self.as_many_as}"))
        if used != set(self.parameters):
            raise ValueError(
                f"parameters: the SQL uses {sorted(used)}, the header names {sorted(self.parameters)}"
            )
        return self


def read_saved_query(path: Path) -> SavedQuery:
    """Read a saved query.

    Raises:
        SavedQueryError: the header is missing or promises something that does not fit.
    """
    text = path.read_text("utf-8")
    header = _HEADER.match(text)
    try:
        promises = yaml.safe_load(re.sub(r"(?m)^-- ?", "", header.group())) if header else {}
        return SavedQuery(
            file="/".join(path.parts[-3:]), statement=text[header.end() if header else 0 :], **promises
        )
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))} {one['msg']}".strip() for one in error.errors())
        raise _unusable(path, faults) from None
    except (yaml.YAMLError, TypeError) as error:
        raise _unusable(path, str(error)) from None


def _unusable(path: Path, faults: str) -> SavedQueryError:
    return SavedQueryError(
        f"{path}: the header of this saved query cannot be used: {faults}. Compare it with another."
    )


def with_placeholders(sql: str) -> bytes:
    """The same SQL with its parameters as psycopg writes them."""
    return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%")).encode()
