"""A file that is several filings: each of them is a submission of its own, with the bytes of the whole file."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_reporting.readers.stamp import Claim
from kpi_reporting.readers.submissions import Part, Submission


class SeveralFilings(Exception):
    """A file cannot be read as one filing: it is one for each period, or for each sheet.

    ``claim`` is what all of them say.
    """

    def __init__(
        self, reader: str, claim: Claim, *, period_codes: Sequence[str] = (), sheet_names: Sequence[str] = ()
    ) -> None:
        self.reader, self.claim = reader, claim
        self.period_codes, self.sheet_names = period_codes, sheet_names
        super().__init__(f"filings of {', '.join((*period_codes, *sheet_names))}")

    def parts_of(self, submission: Submission) -> list[Part]:
        """Return the filings of a submission."""
        name = submission.file_name
        of_periods = [Part(code, name, period_code=code) for code in self.period_codes]
        return [*of_periods, *(Part(sheet, name, sheet_name=sheet) for sheet in self.sheet_names)]
