"""A workbook with different forms of one unit for one period, each on a sheet of its own: each is a filing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_reporting.findings import storable
from kpi_reporting.readers.content import Content
from kpi_reporting.readers.refusal import too_large
from kpi_reporting.readers.several_filings import SeveralFilings
from kpi_reporting.readers.stamp import Claim, Stamp
from kpi_reporting.text import match_key


def refuse_several_forms(content: Content, claim: Claim, most: int) -> None:
    """Find out whether a file is one form.

    Raises:
        SeveralFilings: sheets bear the stamps of different forms.
        Refusal: there are more than ``most``.
    """
    sheet_names = _forms_on_sheets(content.stamps)
    if len(sheet_names) > most:
        raise too_large(f"{len(sheet_names)} biểu, nhiều nhất {most}")
    if sheet_names:
        common = replace(claim, form=None, version=None, is_nil=False)
        raise SeveralFilings(content.reader, common, sheet_names=sheet_names)


def _forms_on_sheets(stamps: Sequence[Stamp]) -> list[str]:
    """Return the names of the sheets whose stamps say different forms; none where they differ in anything else.

    Sheets of other months are what was filed before, and a second sheet of the same form may be a draft: nobody knows
    which is meant. Nor does anybody when the ledger cannot tell the sheets apart by their names.
    """
    claims = [stamp.claim for stamp in stamps]
    forms = {match_key(claim.form) for claim in claims if claim.form}
    filings = {(match_key(claim.unit or ""), match_key(claim.period or "")) for claim in claims}
    names = [storable(stamp.sheet_name) for stamp in stamps]
    is_each_another = len(claims) > 1 and len(forms) == len(set(names)) == len(claims) and len(filings) == 1
    return names if is_each_another else []
