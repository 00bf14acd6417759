"""Instants and days as people write them on the command line."""

from __future__ import annotations

from datetime import date, datetime

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.periods import ZONE


def instant(text: str | None, option: str = "--as-of") -> datetime:
    """Return the instant a person wrote, or now; without an offset it is local time.

    Raises:
        KpiReportingError: it is not written like one.
    """
    if text is None:
        return datetime.now(ZONE).replace(microsecond=0)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise KpiReportingError(
            f"{option} {text!r} is not an instant; write it like 2025-07-17T01:00:00+07:00."
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


def day(text: str, option: str) -> date:
    """Return the day a person wrote.

    Raises:
        KpiReportingError: it is not written like one.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise KpiReportingError(f"{option} {text!r} is not a day; write it like 2025-07-15.") from None
