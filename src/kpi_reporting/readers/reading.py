"""Understanding one submission: who files which form for which period, and where its table stands."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from kpi_reporting.findings import Finding, storable
from kpi_reporting.readers.all_findings import all_findings
from kpi_reporting.readers.content import Content, open_content, stopped_by_policy
from kpi_reporting.readers.identity import Identity, OtherVersion, fields_of, identify
from kpi_reporting.readers.limits import DEFAULTS, Limits
from kpi_reporting.readers.measure_findings import measures_above
from kpi_reporting.readers.measures import name_of
from kpi_reporting.readers.period_cells import contradicted_period, with_said_period
from kpi_reporting.readers.refusal import Refusal, damaged
from kpi_reporting.readers.secrets_of_state import (
    RULE_ID,
    StateSecret,
    has_marked_name,
    is_secret_form,
    state_secret,
)
from kpi_reporting.readers.several_filings import SeveralFilings
from kpi_reporting.readers.several_periods import only_of_period, with_period_of_table
from kpi_reporting.readers.several_sheets import refuse_several_forms
from kpi_reporting.readers.sheet import row_as_json
from kpi_reporting.readers.sheet_choice import stamps_in_conflict, table_anywhere, table_of
from kpi_reporting.readers.stamp import Claim, claim_of_name, claim_of_source, differing, strongest
from kpi_reporting.readers.structure_findings import nil_findings, no_table
from kpi_reporting.readers.submissions import KeptRows, Part, Reading, Submission
from kpi_reporting.readers.version_differences import version_differences
from kpi_reporting.readers.zipped import SeveralReports
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Source

_log = logging.getLogger(__name__)


def for_store(reading: Reading) -> Reading:
    """Return the reading with its rows as the warehouse keeps them; a refused one leaves none."""
    sheet = reading.sheet
    if sheet is None or reading.state != "read":
        return reading
    rows = [row_as_json(row) for row in sheet.rows[: sheet.last_row]]
    return replace(reading, kept=KeptRows(storable(sheet.name), rows))


def unread(registry: Registry, submission: Submission) -> Reading:
    """Return a submission as refused, with what its name and its source claim."""
    outside = [claim_of_name(submission.file_name), claim_of_source(_source(registry, submission))]
    claim = _of_part(submission, strongest(outside) or Claim("source"))
    return Reading(submission, "refused", "none", claim)


def _of_part(submission: Submission, claim: Claim) -> Claim:
    """The period of a part was read from its file's rows, which say none otherwise."""
    return replace(claim, period=submission.part_period_code or claim.period)


def _source(registry: Registry, submission: Submission) -> Source | None:
    return next((row for row in registry.sources if row.source_code == submission.source_code), None)


def read_submission(
    registry: Registry, submission: Submission, data: bytes, limits: Limits = DEFAULTS
) -> Reading:
    """Read one submission; whatever is wrong with it refuses it alone.

    Raises:
        MemoryError: the process is at its end, not only this submission.
    """
    closed = unread(registry, submission)
    try:
        is_marked = any(map(has_marked_name, (submission.file_name, submission.origin)))
        if is_marked or is_secret_form(registry.forms, closed.claim.form):
            return _withheld(closed, closed.claim)
        return _read(registry, closed, data, limits)
    except SeveralReports as several:
        return _unpacked(registry, closed, several, limits)
    except StateSecret:
        return _withheld(closed, closed.claim)
    except Refusal as refusal:
        return replace(closed, findings=refusal.findings)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - libraries fail on broken files in ways nobody can list
        _log.exception("submission %s (%s) refused", submission.submission_id, submission.file_name)
        return replace(closed, findings=damaged(f"{error.__class__.__name__}").findings)


def _withheld(closed: Reading, claim: Claim) -> Reading:
    """Of a state secret nothing is kept but who sent it; hash and time stand in the ledger."""
    return replace(closed, claim=Claim(claim.claimed_by, unit=claim.unit), findings=[state_secret()])


def _unpacked(registry: Registry, closed: Reading, several: SeveralReports, limits: Limits) -> Reading:
    """An archive with one state secret in it is one as a whole: its bytes are the secret's, too."""
    inside = (
        read_submission(registry, replace(closed.submission, file_name=one.file_name), one.data, limits)
        for one in several.reports
    )
    if any(map(has_marked_name, several.places)) or any(
        finding.rule_id == RULE_ID for reading in inside for finding in reading.findings
    ):
        return _withheld(closed, closed.claim)
    if not is_named_zip(closed.submission.file_name):
        return replace(closed, findings=several.findings)
    parts = [Part(one.path, one.file_name, one.data) for one in several.reports]
    return replace(closed, state="unpacked", reader="zip", parts=parts)


def is_named_zip(file_name: str) -> bool:
    """Tell whether a file may be an archive of several reports; others are not looked into before they are read."""
    return file_name.lower().endswith(".zip")


def _read(registry: Registry, closed: Reading, data: bytes, limits: Limits) -> Reading:
    submission, source = closed.submission, _source(registry, closed.submission)
    content = _opened(submission, data, limits)
    by_name = claim_of_name(submission.file_name)
    claim = _of_part(submission, strongest([content.claim, by_name, claim_of_source(source)]) or closed.claim)
    if _is_secret(registry, content, claim):
        return _withheld(closed, claim)
    conflict = list(stamps_in_conflict(content.stamps))
    opened = replace(closed, reader=content.reader, claim=claim)
    if stopped := stopped_by_policy(content):
        return _stopped(registry, source, opened, stopped)
    most = 1 if submission.part_sheet_name else limits.parts  # a part is one: each reads the file anew
    try:
        if by_name is None and not submission.part_sheet_name:
            refuse_several_forms(content, claim, most)
        claim = with_said_period(registry, content, claim)
        if not conflict:
            claim = with_period_of_table(registry, content, claim, most)
        opened = replace(opened, claim=claim)
        identity = identify(registry, source, claim, submission.received_at)
    except SeveralFilings as several:
        parts = several.parts_of(submission)
        return replace(opened, state="unpacked", claim=several.claim, parts=parts)
    except OtherVersion as refusal:
        differences = conflict or _differences(registry, content, refusal)
        return replace(opened, findings=[*refusal.findings, *differences])
    except Refusal as refusal:
        return replace(opened, findings=[*refusal.findings, *conflict])
    told = [
        *identity.warnings,
        *_contradictions(content.claim, by_name, claim.period),
        *contradicted_period(identity, content),
    ]
    known = replace(opened, identity=identity, findings=[*content.findings, *conflict, *told])
    return _settled(known, ()) if conflict else _with_table(registry, known, content, identity)


def _opened(submission: Submission, data: bytes, limits: Limits) -> Content:
    content = open_content(data, submission.file_name, limits)
    return content.of_sheet(submission.part_sheet_name) if submission.part_sheet_name else content


def _is_secret(registry: Registry, content: Content, claim: Claim) -> bool:
    forms = (claim.form, *(stamp.claim.form for stamp in content.stamps))
    return content.is_marked_secret or any(is_secret_form(registry.forms, form) for form in forms)


def _stopped(registry: Registry, source: Source | None, opened: Reading, stopped: Finding) -> Reading:
    """Whose filing it is matters all the same: its sender has to be told."""
    with suppress(Refusal):
        identity = identify(registry, source, opened.claim, opened.submission.received_at)
        return replace(opened, identity=identity, findings=[stopped])
    return replace(opened, findings=[stopped])


def _differences(registry: Registry, content: Content, other: OtherVersion) -> Iterator[Finding]:
    right = other.right
    if right is not None:
        fields = fields_of(registry, right)
        try:
            best = table_of(content, right, fields, other.period.code)
        except Refusal as refusal:
            yield from refusal.findings
        else:
            yield from version_differences(right, fields, *best) if best else ()


def _with_table(registry: Registry, reading: Reading, content: Content, identity: Identity) -> Reading:
    """Take the table of the form; a nil filing needs none, and no figure of it is passed over wherever it stands."""
    columns = content.columns(identity.form, identity.fields)
    find = table_anywhere if reading.claim.is_nil else table_of
    try:
        best = find(content, identity.form, identity.fields, identity.period.code)
        if best and reading.submission.part_period_code:
            best = only_of_period(identity.period, identity.fields, *best)
    except Refusal as refusal:
        return _settled(reading, refusal.findings)
    if reading.claim.is_nil:
        return _settled(reading, nil_findings(*best, identity.fields) if best else ())
    if best is None:
        return _settled(
            reading, [no_table(identity.form, [column.label for column in columns if column.required])]
        )
    sheet, table = best
    above = measures_above(sheet, table)
    measure = ", ".join(dict.fromkeys(name_of(one.shown) for one in above)) or None
    known = replace(reading, sheet=sheet, table=table, measure=measure)
    return _settled(known, all_findings(registry, known.reader, identity, sheet, table, above))


def _settled(reading: Reading, findings: Iterable[Finding]) -> Reading:
    together = [*reading.findings, *findings]
    refused = any(finding.severity == "error" for finding in together)
    return replace(reading, state="refused" if refused else "read", findings=together)


def _contradictions(own: Claim | None, by_name: Claim | None, period: str | None) -> list[Finding]:
    """A period that the stamp says in words is compared by its code."""
    said = replace(own, period=period) if own and own.period else own
    pairs = differing(said, by_name) if said and by_name else []
    return [
        Finding(
            "structure",
            "file_name_differs",
            "warning",
            f"Tên tệp ghi “{name}” nhưng trong tệp ghi “{stamp}”; hệ thống dùng thông tin trong tệp.",
            f"The file name says {name!r}, the file {stamp!r}; the file is believed.",
            "Kiểm tra thông tin trong tệp; nếu sai, sửa rồi gửi lại.",
            subject=stamp,
            found=name,
        )
        for stamp, name in pairs
    ]
