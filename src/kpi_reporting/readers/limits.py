"""How large, deep and slow a submission may be, and what is done with what a report has no use for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_args

from kpi_reporting.errors import KpiReportingError

Policy = Literal["ignore", "refuse"]
_PREFIX = "KPI_READING_"


@dataclass(frozen=True)
class Limits:
    """Limits of one submission; ``KPI_READING_<NAME>`` changes each, ``KPI_READING_ROWS=300000`` for instance.

    Sizes are bytes. ``compression_ratio`` holds for members of an archive above one megabyte. ``cells`` counts the
    rectangle from A1 to the last cell with something in it. ``nesting`` is how deep a payload's lists may go,
    ``parts`` how many filings one file may hold, by periods or by sheets.
    ``seconds`` and ``memory_bytes`` bound the process that reads: what goes beyond is killed and refused. ``ignore``
    reads the file without what the policy is about and says so; macros, links and formulas are never followed, run or
    computed either way.
    """

    file_bytes: int = 32 * 1024 * 1024
    unpacked_bytes: int = 96 * 1024 * 1024
    compression_ratio: int = 500
    members: int = 2_000
    rows: int = 200_000
    cells: int = 5_000_000
    nesting: int = 64
    parts: int = 36
    seconds: int = 60
    memory_bytes: int = 1024 * 1024 * 1024
    macros: Policy = "ignore"
    external_links: Policy = "ignore"
    dde: Policy = "refuse"
    acting_formulas: Policy = "refuse"


DEFAULTS = Limits()


def limits_of(environment: Mapping[str, str] = os.environ) -> Limits:
    """Return the limits of this machine.

    Raises:
        KpiReportingError: a variable holds neither a positive whole number nor a policy.
    """
    given = {one.name: environment.get(f"{_PREFIX}{one.name.upper()}") for one in fields(Limits)}
    return Limits(**{name: _value(name, text) for name, text in given.items() if text})  # type: ignore[arg-type]


def _value(name: str, text: str) -> int | str:
    is_policy = isinstance(getattr(DEFAULTS, name), str)
    if is_policy and text in get_args(Policy):
        return text
    if not is_policy and text.isascii() and text.isdecimal() and int(text) > 0:
        return int(text)
    expected = "ignore or refuse" if is_policy else "a positive whole number"
    raise KpiReportingError(f"{_PREFIX}{name.upper()} is {text!r}; {expected} is expected.")
