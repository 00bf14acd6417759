"""What Python derives from the events of units: stretches of days with the same units, and what became of whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from pydantic import BaseModel, ConfigDict, Field

from kpi_reporting.registry.registry import Registry


class ResolvedBoundary(BaseModel):
    """A stretch of days on which the same units exist."""

    model_config = ConfigDict(frozen=True)
    boundary_code: str = Field(description="First day of the stretch, as text.")
    first_day: date = Field(description="First day on which these units exist.")
    last_day: date | None = Field(description="Last day on which they do; empty means open.")


class ResolvedSuccession(BaseModel):
    """What a unit is or became on the boundaries that hold from a day on."""

    model_config = ConfigDict(frozen=True)
    share_kind: str = Field(description="Measure of the share; event: the share of the events.")
    from_unit_id: str = Field(description="Unit that existed on that day or before.")
    to_unit_id: str = Field(description="Unit of that day that it is, or that took it over whole or in part.")
    valid_on: date = Field(description="First day of the boundaries.")
    share: Decimal | None = Field(
        description="Part that went over, along all events in between; empty means unknown."
    )
    is_same_territory: bool = Field(description="True when nothing but names, codes and parents changed.")
    confirmed: bool = Field(description="False while an event or a share on the way awaits confirmation.")


def resolved_boundaries(registry: Registry) -> Iterator[ResolvedBoundary]:
    """Yield the stretches of days between which units begin or end, the last one open."""
    for first, following in pairwise((*registry.history.boundary_days, None)):
        if first is not None:
            last = None if following is None else following - timedelta(days=1)
            yield ResolvedBoundary(boundary_code=first.isoformat(), first_day=first, last_day=last)


def resolved_crosswalk(registry: Registry) -> Iterator[ResolvedSuccession]:
    """Yield, for each stretch of days, every unit known by then with what it is in it.

    A unit that existed before and has no known successor has no row: there is nothing to add it to.
    """
    history = registry.history
    for day in history.boundary_days:
        for kind in history.share_kinds:
            for unit_id, successor in history.crosswalk(day, kind):
                yield ResolvedSuccession(
                    share_kind=kind,
                    from_unit_id=unit_id,
                    to_unit_id=successor.unit_id,
                    valid_on=day,
                    share=successor.share,
                    is_same_territory=history.same_territory(unit_id, successor.unit_id),
                    confirmed=successor.confirmed,
                )
