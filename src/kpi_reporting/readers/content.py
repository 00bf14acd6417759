"""Opening a submission: which type its bytes are, what it claims to be, and the sheets it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePath
from typing import Protocol

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, storable
from kpi_reporting.readers.archive import Archive
from kpi_reporting.readers.broken_files import bears_mark
from kpi_reporting.readers.csv import read_csv
from kpi_reporting.readers.defined_names import DefinedName
from kpi_reporting.readers.json import Body, body_as_sheet, read_json
from kpi_reporting.readers.legacy_sheets import by_their_evidence
from kpi_reporting.readers.limits import DEFAULTS, Limits
from kpi_reporting.readers.refusal import Refusal, damaged, too_large, unsupported
from kpi_reporting.readers.secrets_of_state import StateSecret, has_marked_name, is_marked
from kpi_reporting.readers.sheet import Document, Sheet
from kpi_reporting.readers.stamp import Claim, Stamp, claim_of_body, stamps_of
from kpi_reporting.readers.structure import header_fields
from kpi_reporting.readers.zipped import SeveralReports, places_in, the_report_in
from kpi_reporting.registry.models import FieldRole, Form, FormField

_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_TABLES = frozenset({".csv", ".tsv", ".txt"})
_FOR_THE_EYE = frozenset({FieldRole.ITEM_LABEL, FieldRole.ORDINAL, FieldRole.NOTE})
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
WORKBOOK_READERS = frozenset({"xlsx", "xls", "ods"})


class Content(Protocol):
    """An opened submission."""

    @property
    def reader(self) -> str:
        """How it was read."""

    @property
    def claim(self) -> Claim | None:
        """What it says it is, if it says so itself."""

    @property
    def stamps(self) -> Sequence[Stamp]:
        """The stamps of its sheets, first the one that the claim was read from."""

    @property
    def is_marked_secret(self) -> bool:
        """True when it bears the mark of a state secret."""

    @property
    def findings(self) -> Sequence[Finding]:
        """What it carries beside its sheets."""

    @property
    def names(self) -> Sequence[DefinedName]:
        """The names that it gives cells."""

    def of_sheet(self, name: str) -> Content:
        """Return the same content without stamped sheets of other names; the name is as the ledger keeps it."""

    def sheets(self, form: Form, fields: Sequence[FormField]) -> list[Sheet]:
        """Return its sheets, as the form they are of has them read."""

    def columns(self, form: Form, fields: Sequence[FormField]) -> list[FormField]:
        """Return the fields of the form that are columns of it, with what is required of this type."""


@dataclass(frozen=True)
class _Tables:
    """Content of sheets: a workbook or a CSV file."""

    data: bytes
    file_name: str
    limits: Limits
    archive: Archive | None
    document: Document
    places: Sequence[str]
    left_out: frozenset[int] = frozenset()

    @property
    def reader(self) -> str:
        return self.document.reader

    @property
    def is_marked_secret(self) -> bool:
        """The names in an archive count, if it came in one."""
        read = self.document
        return any(map(has_marked_name, self.places)) or is_marked(read.sheets, read.hidden, read.texts)

    @property
    def findings(self) -> Sequence[Finding]:
        return self.document.findings

    @property
    def names(self) -> Sequence[DefinedName]:
        return self.document.names

    @property
    def claim(self) -> Claim | None:
        return self.stamps[0].claim if self.stamps else None

    @cached_property
    def stamps(self) -> Sequence[Stamp]:
        return stamps_of(self._kept(self.document.sheets))

    def of_sheet(self, name: str) -> Content:
        others = (stamp.place for stamp in self.stamps if storable(stamp.sheet_name) != name)
        return replace(self, left_out=frozenset(others))

    def _kept(self, sheets: list[Sheet]) -> list[Sheet]:
        return [sheet for place, sheet in enumerate(sheets) if place not in self.left_out]

    def sheets(self, form: Form, fields: Sequence[FormField]) -> list[Sheet]:
        """Only the form says that text in ordinary fonts is TCVN3, so such a workbook is opened again."""
        if form.text_encoding == "tcvn3":
            read = _document(self.data, self.file_name, self.limits, self.archive, legacy_text=True)
            return self._kept(read.sheets)
        return self._kept(self.document.sheets)

    def columns(self, form: Form, fields: Sequence[FormField]) -> list[FormField]:
        return header_fields(fields, form.layout)


@dataclass(frozen=True)
class _Payload:
    """Content of a JSON payload, whose rows become a sheet once its form is known."""

    body: Body
    places: Sequence[str]
    reader: str = "json"
    findings: Sequence[Finding] = ()
    names: Sequence[DefinedName] = ()
    stamps: Sequence[Stamp] = ()

    @property
    def is_marked_secret(self) -> bool:
        """What it says beside its rows counts: a grade in a row labels the row."""
        return any(map(has_marked_name, self.places)) or is_marked((), (), self.body.texts)

    @property
    def claim(self) -> Claim | None:
        return claim_of_body(self.body)

    def of_sheet(self, name: str) -> Content:
        return self

    def sheets(self, form: Form, fields: Sequence[FormField]) -> list[Sheet]:
        return [body_as_sheet(self.body, fields, form.layout)]

    def columns(self, form: Form, fields: Sequence[FormField]) -> list[FormField]:
        """A program sends codes and figures; the labels that guide a person's eye are not asked of it."""
        return [
            field.model_copy(update={"required": False}) if field.role in _FOR_THE_EYE else field
            for field in header_fields(fields, form.layout)
        ]


def open_content(data: bytes, file_name: str, limits: Limits = DEFAULTS) -> Content:
    """Open a submission by what its bytes are; its name decides only between kinds of text.

    Raises:
        SeveralReports: it is an archive of more than one.
        StateSecret: it cannot be opened, and bears the mark of a state secret in what can be seen of it.
        Refusal: it is empty, broken, protected, beyond the limits, or of an unknown type.
    """
    try:
        return _opened(data, file_name, limits)
    except (SeveralReports, MemoryError):
        raise
    except Exception:
        if bears_mark(data, file_name):
            raise StateSecret from None
        raise


def _opened(data: bytes, file_name: str, limits: Limits) -> Content:
    _check_size(data, limits)
    archive, places = Archive(data, limits) if data.startswith(_ZIP) else None, [file_name]
    if archive and not _is_office_file(archive):
        report = the_report_in(archive)
        places, file_name, data = places_in(archive), report.file_name, report.data
        _check_size(data, limits)
        archive = Archive(data, limits) if data.startswith(_ZIP) else None
    if file_name.lower().endswith(".json"):
        return _Payload(read_json(data, limits), places)
    document = _document(data, file_name, limits, archive)
    if document.reader in WORKBOOK_READERS:
        document = by_their_evidence(document)
    return _Tables(data, file_name, limits, archive, document, places)


def stopped_by_policy(content: Content) -> Finding | None:
    """Return why a file that can be read is refused for what it carries, as macros or a link to a program."""
    return next((one for one in content.findings if one.severity == "error"), None)


def plain_sheets(data: bytes, file_name: str, limits: Limits = DEFAULTS) -> list[Sheet]:
    """Return the sheets of a workbook or CSV file as values; none of a payload.

    Raises:
        Refusal: it is empty, broken, protected, beyond the limits, of an unknown type, or carries what policy refuses.
    """
    content = open_content(data, file_name, limits)
    if stopped := stopped_by_policy(content):
        raise Refusal(stopped)
    return content.document.sheets if isinstance(content, _Tables) else []


def _check_size(data: bytes, limits: Limits) -> None:
    if len(data) > limits.file_bytes:
        raise too_large(f"> {limits.file_bytes // 1024 // 1024} MB")
    if not data.strip(b"\0 \r\n\t"):
        raise Refusal(built_in("empty_file").finding())


def _is_office_file(archive: Archive) -> bool:
    return bool({"xl/workbook.xml", "content.xml"} & set(archive.names))


def _document(
    data: bytes, file_name: str, limits: Limits, archive: Archive | None, *, legacy_text: bool = False
) -> Document:
    """Libraries for workbooks are loaded when the first one comes."""
    if archive:
        return _office_file(archive, limits, legacy_text)
    if data.startswith(_COMPOUND):
        from kpi_reporting.readers.xls import read_xls

        return read_xls(data, legacy_text=legacy_text, limits=limits)
    suffix = PurePath(file_name).suffix.lower()
    if suffix in _TEXT_TABLES:
        return read_csv(data, limits)
    raise damaged(f"no {suffix[1:]} content") if suffix in _WORKBOOKS else unsupported(file_name)


def _office_file(archive: Archive, limits: Limits, legacy_text: bool) -> Document:
    if "xl/workbook.xml" in archive.names:
        from kpi_reporting.readers.xlsx import read_xlsx

        return read_xlsx(archive, legacy_text=legacy_text, limits=limits)
    if "content.xml" in archive.names:
        from kpi_reporting.readers.ods import read_ods

        return read_ods(archive, legacy_text=legacy_text, limits=limits)
    raise unsupported("zip")
