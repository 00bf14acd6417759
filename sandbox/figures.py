"""Invented figures: plausible sizes, parts that add up, a mild rise over the months, and nothing real.

A recipe invents all indicators of one subject at once, so that they agree with each other. Whatever it draws
depends on seed, unit, subject and period alone; other units, forms or files change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from kpi_reporting.periods import Period, previous_period
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Unit, UnitKind

Figures = dict[str, Decimal]
_FIRST_MONTH = 2025 * 12
# (least, most, most often) dossiers a month: of a unit that files itself, and of a row in somebody else's table.
_SIZES = {UnitKind.COMMUNE: (160, 1500, 360), UnitKind.DEPARTMENT: (60, 3000, 300)}
_SIZE_OF_A_ROW = (30, 420, 120)
# Customers and the share of them that pays cashless, by essential service.
_SERVICES = {
    "electricity": (1_020_000, 0.82),
    "water": (410_000, 0.66),
    "telecom_it": (1_650_000, 0.78),
    "health": (620_000, 0.48),
    "education": (540_000, 0.71),
    "sanitation": (450_000, 0.39),
    "taxes_fees": (380_000, 0.64),
}
_ANY_SERVICE = (300_000, 0.6)


@dataclass(frozen=True)
class Occasion:
    """What figures are invented for; ``take`` tells a first version from the one that corrects it."""

    registry: Registry
    seed: int
    unit: Unit
    period: Period
    is_filer: bool = True
    breakdown_code: str = "total"
    take: int = 0

    def random(self, what: str) -> Random:
        """Draws for this unit, subject and period."""
        return Random(f"{self.seed}/{self.unit.unit_id}/{what}/{self.breakdown_code}/{self.period.code}")

    def habit(self, what: str) -> Random:
        """Draws that stay the same for the unit in every period."""
        return Random(f"{self.seed}/{self.unit.unit_id}/{what}")

    @property
    def months(self) -> int:
        """Reporting months since the start of 2025: what has a trend follows it."""
        return self.period.last_day.year * 12 + self.period.last_day.month - _FIRST_MONTH

    @property
    def size(self) -> int:
        """Dossiers the unit receives in a usual month."""
        least, most, often = _SIZES.get(self.unit.kind, _SIZE_OF_A_ROW) if self.is_filer else _SIZE_OF_A_ROW
        return round(self.habit("size").triangular(least, most, often))


def indicators_known() -> frozenset[str]:
    """Return the subjects (the part of an indicator's code before the dot) there is a recipe for."""
    return frozenset(_RECIPES)


def invent(occasion: Occasion, indicators: Iterable[str]) -> Figures:
    """Return a figure for each indicator, in the indicator's own unit of measure.

    Raises:
        KeyError: there is no recipe for an indicator's subject; see ``indicators_known``.
    """
    wanted = list(indicators)
    subjects = dict.fromkeys(code.partition(".")[0] for code in wanted)
    made = {name: value for subject in subjects for name, value in _RECIPES[subject](occasion).items()}
    return {code: Decimal(made[code]) for code in wanted}


def _dossiers(at: Occasion) -> dict[str, int]:
    """Form II.06: what came in is what was carried over or received, what left it is completed or pending."""
    draw = at.random(f"dossiers/{at.take}")
    received, carried = round(at.size * draw.uniform(0.92, 1.08)), _pending(_before(at))
    online_share = _share(at, "online", (0.5, 0.92, 0.70), 0.004)
    online = round(received * online_share)
    post = round((received - online) * draw.uniform(0.05, 0.2))
    pending = _pending(at)
    completed = received + carried - pending
    resolved = min(completed, round(completed * online_share * draw.uniform(0.96, 1.02)))
    return {
        "dossiers.received_total": received + carried,
        "dossiers.received_online": online,
        "dossiers.received_direct": received - online - post,
        "dossiers.received_post": post,
        "dossiers.carried_over": carried,
        **_settled(draw, at.habit("late").triangular(0.0, 0.08, 0.02), completed),
        **_unsettled(draw, pending),
        "dossiers.resolved_online": resolved,
        "dossiers.full_online": round(resolved * draw.uniform(0.55, 0.75)),
    }


def _settled(draw: Random, late_share: float, completed: int) -> dict[str, int]:
    late, early = round(completed * late_share), round(completed * draw.uniform(0.3, 0.45))
    return {
        "dossiers.completed_total": completed,
        "dossiers.completed_early": early,
        "dossiers.completed_on_time": completed - early - late,
        "dossiers.completed_late": late,
    }


def _unsettled(draw: Random, pending: int) -> dict[str, int]:
    overdue = round(pending * draw.uniform(0.0, 0.06))
    return {
        "dossiers.pending_total": pending,
        "dossiers.pending_in_time": pending - overdue,
        "dossiers.pending_overdue": overdue,
    }


def _pending(at: Occasion) -> int:
    """Drawn apart, so that a month carries over exactly what the month before left pending."""
    return round(at.size * at.random("pending").uniform(0.10, 0.16))


def _before(at: Occasion) -> Occasion:
    return replace(at, period=previous_period(at.registry, at.period))


def _work_dossiers(at: Occasion) -> dict[str, int]:
    draw = at.random(f"work/{at.take}")
    total = round(at.size * draw.uniform(0.6, 0.9))
    share = _share(at, "work", (0.85, 0.995, 0.95), 0.002)
    return {"work_dossiers.total": total, "work_dossiers.electronic": round(total * share)}


def _services(at: Occasion) -> dict[str, int]:
    total = at.habit("services").randint(110, 140) + at.months // 3
    share = min(1.0, 0.83 + 0.005 * at.months)
    return {"services.high_demand": total, "services.high_demand_level4": round(total * share)}


def _inspections(at: Occasion) -> dict[str, int]:
    total = at.random(f"inspections/{at.take}").randint(6, 40)
    share = _share(at, "inspections", (0.25, 0.65, 0.45), 0.005)
    return {"inspections.total": total, "inspections.digital": round(total * share)}


def _satisfaction(at: Occasion) -> dict[str, int]:
    responses = at.random(f"satisfaction/{at.take}").randint(80, 900)
    share = _share(at, "satisfaction", (0.88, 0.98, 0.94), 0.001)
    return {"satisfaction.responses": responses, "satisfaction.satisfied": round(responses * share)}


def _cashless(at: Occasion) -> dict[str, int]:
    """Money in whole millions of đồng, as the form asks for them; the bigger the bill, the rarer the cash."""
    draw = at.random("cashless")
    customers, share = _SERVICES.get(at.breakdown_code, _ANY_SERVICE)
    everybody = round(customers * draw.uniform(0.98, 1.02))
    bills, millions = round(everybody * draw.uniform(2.6, 3.2)), round(everybody * draw.uniform(0.3, 0.9))
    return {
        "cashless.customers": round(everybody * share),
        "cashless.customers_total": everybody,
        "cashless.transactions": round(bills * (share + 0.03)),
        "cashless.transactions_total": bills,
        "cashless.value": round(millions * (share + 0.1)) * 1_000_000,
        "cashless.value_total": millions * 1_000_000,
    }


def _digital_economy(at: Occasion) -> dict[str, Decimal]:
    draw = at.random("digital_economy")
    grdp = Decimal(draw.randint(2_900_000, 3_200_000)) / 10
    share = Decimal(draw.randint(85, 105)) / 1000
    return {
        "digital_economy.grdp": grdp,
        "digital_economy.value_added": (grdp * share).quantize(Decimal("0.1")),
    }


def _digital_skills(at: Occasion) -> dict[str, int]:
    return {"digital_skills.pilot_communes": at.random("digital_skills").choice((2, 3, 3, 4, 4, 5))}


def _share(at: Occasion, what: str, shape: tuple[float, float, float], rise: float) -> float:
    """A unit's usual share, a little higher each month, and a little off in any single one."""
    least, most, often = shape
    usual = at.habit(f"{what}/share").triangular(least, most, often) + rise * at.months
    return max(0.0, min(1.0, usual * at.random(f"{what}/share/{at.take}").uniform(0.985, 1.015)))


_RECIPES: dict[str, Callable[[Occasion], dict[str, int] | dict[str, Decimal]]] = {
    "dossiers": _dossiers,
    "work_dossiers": _work_dossiers,
    "services": _services,
    "inspections": _inspections,
    "satisfaction": _satisfaction,
    "cashless": _cashless,
    "digital_economy": _digital_economy,
    "digital_skills": _digital_skills,
}
