"""Whether the name that stands in a filing is one of the unit its code means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from kpi_reporting.findings import Finding
from kpi_reporting.readers.filer import Filing
from kpi_reporting.readers.refusal import not_identified
from kpi_reporting.registry.models import Unit
from kpi_reporting.text import bare_key, folded_key, match_key
from kpi_reporting.units import UnitHistory

# From the nearest likeness to the farthest: a unit is another's only where it is more like it than its own.
_LIKENESSES = (match_key, bare_key, folded_key)
_ADDED = re.compile(r",|\(| - | – ")


def name_findings(
    history: UnitHistory[Unit], filing: Filing, code: str, name: str | None, days: Sequence[date]
) -> Iterator[Finding]:
    """Return the warning that a name beside a code is nobody's; nothing when it is one the unit ever had.

    Names of the units of ``days`` count with their tone marks and words such as "xã"; without them, those of all days.

    Raises:
        Refusal: it is the name of another unit.
    """
    if not name:
        return
    others = _others(history, filing, name, days)
    if others:
        raise not_identified(
            "unit_name_contradicts",
            f"Mã đơn vị “{code}” là của {_named([filing.unit])}, nhưng tên “{name}” là của {_named(others)}.",
            f"The code {code!r} means {filing.unit.unit_id}, the name {name!r} means "
            f"{', '.join(unit.unit_id for unit in others)}.",
            "Ghi mã và tên của cùng một đơn vị, là đơn vị có số liệu, rồi gửi lại.",
            name,
        )
    if others is None:
        yield _unknown(filing, code, name)


def _others(history: UnitHistory[Unit], filing: Filing, name: str, days: Sequence[date]) -> list[Unit] | None:
    """The units a name means instead of its own; none when it means its own, None when it means nobody."""
    spellings = {name, _ADDED.split(name)[0]}
    for likeness in _LIKENESSES:
        keys = {likeness(spelling) for spelling in spellings}
        found = {unit.unit_id: unit for key, unit in history.names if likeness(key) in keys}
        if any(_is_own(history, filing, unit) for unit in found.values()):
            return []
        others = [unit for unit in found.values() if likeness is _LIKENESSES[-1] or _holds(unit, days)]
        if others:
            return list({unit.code: unit for unit in others}.values())
    return None


def _holds(unit: Unit, days: Iterable[date]) -> bool:
    return any(unit.holds_on(day) for day in days)


def _is_own(history: UnitHistory[Unit], filing: Filing, unit: Unit) -> bool:
    return any(
        unit.code == own.code or history.same_territory(own.unit_id, unit.unit_id)
        for own in (filing.unit, filing.filer)
    )


def _named(units: Iterable[Unit]) -> str:
    return ", ".join(f"{unit.name_vi} (mã {unit.code})" for unit in units)


def _unknown(filing: Filing, code: str, name: str) -> Finding:
    return Finding(
        "structure",
        "unit_name_unknown",
        "warning",
        f"Tên “{name}” không phải tên của đơn vị nào trong danh mục; báo cáo được ghi cho {_named([filing.unit])}.",
        f"No unit is called {name!r}; the code {code!r} is believed, which means {filing.unit.unit_id}.",
        "Kiểm tra mã đơn vị; nếu đúng, ghi tên theo danh mục đơn vị của tỉnh cho lần gửi sau.",
        found=name,
    )
