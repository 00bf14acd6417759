"""What every registry row has: how days and flags are written, since when it holds, where its fact comes from."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _written_as_day(text: object) -> object:
    if isinstance(text, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("write a day as YYYY-MM-DD")
    return text


def _written_as_flag(text: object) -> object:
    if isinstance(text, str) and text not in {"true", "false"}:
        raise ValueError("write true or false")
    return text


Day = Annotated[date, BeforeValidator(_written_as_day)]
Flag = Annotated[bool, BeforeValidator(_written_as_flag)]


class Row(BaseModel):
    """A registry row; ``key`` names the columns that identify it."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
    file: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    references: ClassVar[dict[str, tuple[str, str]]] = {}


class Dated(Row):
    """A row that holds between two days."""

    valid_from: Day = Field(description="First day on which the row holds.")
    valid_to: Day | None = Field(None, description="Last day on which the row holds; empty means open.")

    def holds_on(self, day: date) -> bool:
        """Tell whether the row holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Sourced(Row):
    """A row that says where its fact comes from."""

    legal_basis: str | None = Field(None, description="Legal act or source of the fact.")
    confirmed: Flag = Field(description="False while the fact awaits confirmation by its owner.")
