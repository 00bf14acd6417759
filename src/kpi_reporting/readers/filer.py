"""Whom a filing is about and who filed it, when units have changed between its period and its receipt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kpi_reporting.findings import Finding
from kpi_reporting.periods import Period
from kpi_reporting.readers.refusal import Refusal, not_identified
from kpi_reporting.readers.stamp import Claim
from kpi_reporting.registry.models import Source, Unit
from kpi_reporting.units import UnitHistory

_MOST_OPTIONS = 12
_History = UnitHistory[Unit]


@dataclass(frozen=True)
class Filing:
    """The unit whose obligation is answered, and the unit of the day of receipt that answers."""

    unit: Unit
    filer: Unit


@dataclass(frozen=True)
class _Meaning:
    """One way to understand a claim: ``named`` is the unit the sender's words stand for."""

    unit: Unit
    filer: Unit | None
    named: Unit


def find_filing(
    history: _History, source: Source | None, claim: Claim, text: str, period: Period, today: date
) -> Filing | None:
    """Return whom a filing received ``today`` is about and who files it; None when the words name nobody.

    What is written may name the unit of the period, or its successor that files for it. Where both readings lead
    to different units, none is guessed.

    Raises:
        Refusal: the words have several meanings, nobody may file for the unit, or the source is another unit's.
    """
    meanings = list(_meanings(history, text, period, today))
    if len(_units(meanings)) > 1 and claim.unit_name:
        meanings = _agreeing(history, meanings, claim.unit_name, (period.last_day, today))
    if len(_units(meanings)) > 1:
        raise _ambiguous(text, _units(meanings), period)
    if not meanings:
        return None
    unit, filer = meanings[0].unit, meanings[0].filer
    if filer is None:
        raise _nobody_files(history, unit, today)
    _check_source(history, source, Filing(unit, filer), text, (today, period.last_day))
    return Filing(unit, filer)


def _meanings(history: _History, text: str, period: Period, today: date) -> Iterator[_Meaning]:
    for named in _named(history, text, period.last_day):
        yield _Meaning(named, history.filer_of(named.unit_id, today), named)
    for named in _named(history, text, today):
        if not named.holds_on(period.last_day):
            for unit in history.filed_for(named.unit_id, period.last_day, today):
                yield _Meaning(unit, named, named)


def _units(meanings: Iterable[_Meaning]) -> list[Unit]:
    return list({one.unit.unit_id: one.unit for one in meanings}.values())


def _named(history: _History, text: str, day: date) -> tuple[Unit, ...]:
    """The units that a dated identifier, a code or a name means on a day, in this order of strength."""
    dated = history.get(text)
    if dated is not None:
        return (dated,) if dated.holds_on(day) else ()
    coded = history.by_code(text, day)
    return (coded,) if coded is not None else history.by_name(text, day)


def _agreeing(history: _History, meanings: list[_Meaning], name: str, days: Iterable[date]) -> list[_Meaning]:
    """Those whose named unit has the name that stands in the form; without any, all are as unclear as before."""
    carriers = {unit.unit_id for day in days for unit in history.by_name(name, day)}
    return [one for one in meanings if one.named.unit_id in carriers] or meanings


def _check_source(
    history: _History, source: Source | None, filing: Filing, text: str, days: tuple[date, date]
) -> None:
    if source is None or source.unit_code is None:
        return
    holders = (history.by_code(source.unit_code, day) for day in days)
    holder = next((unit for unit in holders if unit is not None), None)
    if holder is None or holder.unit_id not in (filing.unit.unit_id, filing.filer.unit_id):
        raise not_identified(
            "sender_mismatch",
            f"Nguồn của {source.name_vi} gửi báo cáo ghi mã đơn vị “{text}”.",
            f"The source {source.source_code} belongs to {source.unit_code}, the filing names {text!r}.",
            f"Ghi đúng mã đơn vị {source.unit_code}, hoặc gửi qua đúng nguồn của đơn vị đó.",
            text,
        )


def _ambiguous(text: str, units: list[Unit], period: Period) -> Refusal:
    options = ", hoặc ".join(f"{unit.unit_id} ({unit.name_vi})" for unit in units[:_MOST_OPTIONS])
    return not_identified(
        "sender_ambiguous",
        f"“{text}” có thể chỉ {len(units)} đơn vị của kỳ {period.code} (ngày cuối kỳ {period.last_day:%d/%m/%Y}) "
        "vì mã hoặc tên này đã được dùng lại sau sắp xếp.",
        f"{text!r} can mean {len(units)} units of {period.last_day}: "
        f"{', '.join(unit.unit_id for unit in units)}.",
        f"Ghi ở ô “Mã đơn vị” mã kèm ngày bắt đầu của đơn vị có số liệu: {options}; rồi gửi lại.",
        text,
    )


def _nobody_files(history: _History, unit: Unit, today: date) -> Refusal:
    heirs = ", ".join(one.unit_id for one in history.successors(unit.unit_id, today)) or "none"
    return not_identified(
        "no_late_filer",
        f"{unit.name_vi} ({unit.unit_id}) không còn là đơn vị báo cáo vào ngày gửi, và danh mục chưa ghi đơn vị nào "
        "được gửi thay.",
        f"{unit.unit_id} is closed, its successors are {heirs}, and late_filers.csv names nobody.",
        "Đề nghị tỉnh ghi đơn vị gửi thay vào danh mục rồi gửi lại báo cáo.",
        unit.unit_id,
    )


def filed_by_successor(filing: Filing, period: Period) -> Finding:
    """Return the note that a closed unit's report came from another one."""
    unit, filer = filing.unit, filing.filer
    return Finding(
        "structure",
        "filed_by_successor",
        "info",
        f"Báo cáo kỳ {period.code} của {unit.name_vi} ({unit.unit_id}) do {filer.name_vi} ({filer.unit_id}) gửi; "
        f"số liệu được ghi cho {unit.name_vi}.",
        f"{filer.unit_id} filed {period.code} for {unit.unit_id}; the figures stay on the closed unit.",
        "Không cần làm gì; nếu số liệu là của đơn vị khác, ghi mã kèm ngày bắt đầu của đơn vị đó rồi gửi lại.",
        subject=unit.unit_id,
        found=filer.unit_id,
    )
