"""Errors a person can meet.

Each carries what is needed to act on it. The command line prints ``str(error)`` without a traceback;
anything that is not a ``KpiReportingError`` is a defect of the product.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class KpiReportingError(Exception):
    """Base of every error that a person, not a developer, can put right."""


class PeriodError(KpiReportingError):
    """A period that does not exist, or is not of the calendar or kind asked for."""


class UnitError(KpiReportingError):
    """A unit that does not exist, or not on the day asked for."""


class WarehouseError(KpiReportingError):
    """The warehouse cannot be reached, or is not in the expected state."""


class WithdrawalError(KpiReportingError):
    """A filing that cannot be withdrawn."""


class ReasonError(KpiReportingError):
    """A reason or a waiver that cannot be entered."""


class HeldError(KpiReportingError):
    """A filing about which nothing can be decided, since it is not held."""


class ReplayError(KpiReportingError):
    """A submission that cannot be read again."""


class StoreError(KpiReportingError):
    """A folder or object store cannot be used; ``is_unreachable`` says that it would fail for any other file, too."""

    def __init__(self, message: str, *, is_unreachable: bool = False) -> None:
        self.is_unreachable = is_unreachable
        super().__init__(message)


class AnswerError(KpiReportingError):
    """A sender could not be answered."""


class ReminderError(KpiReportingError):
    """Senders could not be reminded, or it is not known whether they were."""


class NationalError(KpiReportingError):
    """The national system did not take what was delivered."""


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of a registry: where it is, what stands there, and which rule it breaks.

    ``row`` counts lines of the file from 1, the header included, as a text editor or spreadsheet shows it;
    0 means the whole file.
    """

    file: str
    row: int
    column: str
    found: str
    rule: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}.csv"
        place += f", row {self.row}" if self.row else ""
        place += f", column {self.column}" if self.column else ""
        place += f", found {self.found!r}" if self.found else ""
        return f"{place}: {self.message} [{self.rule}]"


class RegistryError(KpiReportingError):
    """A registry that must not be used, with every problem found in it."""

    def __init__(self, folder: str, problems: Iterable[Problem]) -> None:
        self.folder = folder
        self.problems = sorted(set(problems))
        super().__init__(folder, self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        heading = f"The registry {self.folder} has {count} problem{'s' if count != 1 else ''}:"
        return "\n".join([heading, *(f"  {problem}" for problem in self.problems)])


class SourceError(KpiReportingError):
    """A source could not be collected; the other sources are not concerned.

    ``message_vi`` is written for the sender, ``message_en`` and ``hint`` for the engineer. ``is_silent`` says that
    nothing came back in time, so that asking again at once would only cost the same time again. ``rule_id`` is the rule
    of the finding that is kept of it.
    """

    def __init__(
        self,
        source_code: str,
        sender: str,
        message_vi: str,
        message_en: str,
        hint: str,
        is_silent: bool = False,
        rule_id: str = "source_unavailable",
    ) -> None:
        self.source_code = source_code
        self.sender = sender
        self.message_vi = message_vi
        self.message_en = message_en
        self.hint = hint
        self.is_silent = is_silent
        self.rule_id = rule_id
        super().__init__(source_code, sender, message_vi, message_en, hint)

    def __str__(self) -> str:
        return f"{self.sender} (source {self.source_code}): {self.message_en} What to do: {self.hint}"
