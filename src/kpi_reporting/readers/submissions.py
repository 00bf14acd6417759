"""A submission that waits to be read, and what was understood of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from kpi_reporting.findings import Finding, storable
from kpi_reporting.readers.identity import Identity
from kpi_reporting.readers.secrets_of_state import RULE_ID
from kpi_reporting.readers.sheet import Sheet
from kpi_reporting.readers.stamp import Claim
from kpi_reporting.readers.structure import Table

_LONGEST_CLAIM = 100


@dataclass(frozen=True)
class Submission:
    """A row of the ledger that waits to be read.

    ``origin`` is its place at the sender, where it is known. Of a file with several periods, or with forms on several
    sheets, each is a submission of its own, whose bytes are those of the whole file; ``part_period_code`` and
    ``part_sheet_name`` are those it is about.
    """

    submission_id: int
    source_code: str
    file_name: str
    received_at: datetime
    sha256: str
    landing_uri: str
    origin: str = ""
    part_period_code: str | None = None
    part_sheet_name: str | None = None


@dataclass(frozen=True)
class KeptRows:
    """The rows of a sheet as raw keeps them: one JSON array per row, from row 1."""

    sheet_name: str
    rows: Sequence[str]


@dataclass(frozen=True)
class Part:
    """One report of a file of several: ``place`` is where it stands in the file.

    A report of an archive has ``data`` of its own; that of a period or a sheet is the whole file, looked at for
    ``period_code`` and ``sheet_name``.
    """

    place: str
    file_name: str
    data: bytes | None = None
    period_code: str | None = None
    sheet_name: str | None = None


@dataclass(frozen=True)
class Reading:
    """What was understood of a submission; a refused one keeps what it claims, so that its sender is told.

    A file of several reports is not read but ``unpacked``: each of its ``parts`` is a submission of its own.
    ``measure`` is what the file states above its table as the unit of measure, None where it states nothing.
    """

    submission: Submission
    state: Literal["read", "refused", "duplicate", "unpacked"]
    reader: str
    claim: Claim
    identity: Identity | None = None
    sheet: Sheet | None = None
    table: Table | None = None
    measure: str | None = None
    findings: Sequence[Finding] = field(default_factory=tuple)
    kept: KeptRows | None = None
    parts: Sequence[Part] = ()

    @property
    def sender_code(self) -> str | None:
        """Code of the unit that files, as claimed while it is not resolved."""
        return self.identity.filer.code if self.identity else _short(self.claim.unit)

    @property
    def unit_code(self) -> str | None:
        """Code, on the period's last day, of the unit it is about; None while it is not resolved."""
        return self.identity.unit.code if self.identity else None

    @property
    def form_code(self) -> str | None:
        """Code of the form, as claimed while it is not resolved."""
        return self.identity.form.form_code if self.identity else _short(self.claim.form)

    @property
    def form_version(self) -> int | None:
        """Version of the form, as claimed while it is not resolved."""
        if self.identity:
            return self.identity.form.form_version
        version = self.claim.version or ""
        return int(version) if version.isdecimal() and len(version) < 5 else None

    @property
    def period_code(self) -> str | None:
        """Code of the period, as claimed while it is not resolved."""
        return self.identity.period.code if self.identity else _short(self.claim.period)

    def refused_for(self, finding: Finding) -> Reading:
        """Return the reading as refused for one reason alone, with what it claims and nothing of its rows."""
        return replace(self, state="refused", findings=[finding], sheet=None, table=None, kept=None, parts=())

    def addressed(self) -> list[Finding]:
        """Return the findings with sender, form, period and file written on them."""
        return [
            replace(
                finding,
                submission_id=self.submission.submission_id,
                sender_code=self.sender_code,
                form_code=self.form_code,
                period_code=self.period_code,
                file_name=None if finding.rule_id == RULE_ID else self.submission.file_name,
            )
            for finding in self.findings
        ]


def _short(text: str | None) -> str | None:
    return None if text is None else storable(text[:_LONGEST_CLAIM])
