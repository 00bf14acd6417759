"""How the table of a filing stands, against the sender's own filing before: what moved, vanished or came new.

Columns are found by their headers, so what moved is read rightly; a filing without a required column, or with one
twice, is refused when it is read and never comes here. What is left is for a person to look at: nothing of it stops
a filing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from unicodedata import normalize

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, Severity, cell_address
from kpi_reporting.registry.models import ANY_PERIOD
from kpi_reporting.text import match_key

RULES = (
    "history.columns_moved", "history.column_gone", "history.column_new", "history.header_respelled",
    "history.measure_changed",
)  # fmt: skip
_MOST_TOLD = 10


class Column(NamedTuple):
    """A column, counted from 1, with the header above it; ``field_code`` is None where it is no field of the form."""

    number: int
    field_code: str | None
    header: str

    @property
    def letter(self) -> str:
        """The column as a spreadsheet shows it."""
        return cell_address(1, self.number)[:-1]


@dataclass(frozen=True)
class Layout:
    """Where a filing's table stands, and the unit of measure stated above it."""

    period_code: str
    file_name: str
    form_version: int
    columns: Sequence[Column]
    measure: str | None = None
    sheet_name: str | None = None
    header_row: int = 1

    @property
    def fields(self) -> Mapping[str, Column]:
        """The columns of the form by their fields."""
        return {one.field_code: one for one in self.columns if one.field_code is not None}


@dataclass(frozen=True)
class Pair:
    """A filing and the one before it; ``severities`` are those the registry changes for this sender, by rule."""

    submission_id: int
    sender_code: str
    form_code: str
    now: Layout
    before: Layout
    severities: Mapping[str, Severity] = field(default_factory=dict)


def layout_findings(pair: Pair) -> Iterator[Finding]:
    """Return what differs; columns of another version of the form stand elsewhere because the form says so."""
    found = [*_new(pair), *_other_measure(pair)]
    if pair.now.form_version == pair.before.form_version:
        found = [*_moved(pair), *_gone(pair), *_respelled(pair), *found]
    for finding in found:
        yield replace(
            finding,
            severity=pair.severities.get(finding.rule_id, finding.severity),
            submission_id=pair.submission_id,
            sender_code=pair.sender_code,
            form_code=pair.form_code,
            period_code=pair.now.period_code,
            file_name=pair.now.file_name,
            sheet_name=pair.now.sheet_name,
        )


def _both(pair: Pair) -> list[tuple[Column, Column]]:
    """The columns that both have, each as it was and as it is, from left to right."""
    were = pair.before.fields
    columns = ((were[code], one) for code, one in pair.now.fields.items() if code in were)
    return sorted(columns, key=lambda both: both[1].number)


def _moved(pair: Pair) -> Iterator[Finding]:
    """Where there is a column for each period, the next one is not the one before it elsewhere."""
    moved = [
        (was, now) for was, now in _both(pair) if was.number != now.number and ANY_PERIOD not in now.header
    ]
    if moved:
        told_vi = [
            f"cột “{now.header}” đứng ở cột {was.letter}, nay ở cột {now.letter}" for was, now in moved
        ]
        told_en = [f"{now.field_code} {was.letter} to {now.letter}" for was, now in moved]
        yield built_in("history.columns_moved").finding(
            message_vi=f"Ở báo cáo trước ({_place_vi(pair)}) {_listed(told_vi, 'cột')}. Số liệu vẫn được đọc theo tên "
            "cột.",
            message_en=f"Against the filing before ({_place_en(pair)}) columns moved: {_listed(told_en, 'others')}.",
            cell=_header_cell(pair, moved[0][1]),
            found=", ".join(f"{was.letter} → {now.letter}" for was, now in moved[:_MOST_TOLD]),
        )


def _gone(pair: Pair) -> Iterator[Finding]:
    instead = _renamed(pair)
    for code, was in pair.before.fields.items():
        if code not in pair.now.fields:
            there = instead.get(was.number)
            vi = f" Ở đó nay là “{there.header}”, không thuộc biểu nên không được tính." if there else ""
            en = f" {there.header!r} stands there now and is not computed." if there else ""
            yield built_in("history.column_gone").finding(
                message_vi=f"Cột “{was.header}”, ở báo cáo trước ({_place_vi(pair)}) đứng ở cột {was.letter}, nay "
                f"không còn.{vi}",
                message_en=f"{code}, in column {was.letter} of the filing before ({_place_en(pair)}), is gone.{en}",
                cell=_header_cell(pair, there or was),
                subject=code,
                found=there.header if there else None,
            )


def _renamed(pair: Pair) -> Mapping[int, Column]:
    """Unknown columns that stand where one of the form stood and is no more."""
    gone = {was.number for code, was in pair.before.fields.items() if code not in pair.now.fields}
    return {one.number: one for one in pair.now.columns if one.field_code is None and one.number in gone}


def _new(pair: Pair) -> Iterator[Finding]:
    known = {match_key(one.header) for one in pair.before.columns}
    for one in pair.now.columns:
        if one.field_code is None and match_key(one.header) not in known:
            yield built_in("history.column_new").finding(
                message_vi=f"Cột “{one.header}” (cột {one.letter}) không có ở báo cáo trước ({_place_vi(pair)}) và "
                "không thuộc biểu nên không được tính.",
                message_en=f"The unknown column {one.header!r} was not in the filing before ({_place_en(pair)}).",
                cell=_header_cell(pair, one),
                found=one.header,
            )


def _respelled(pair: Pair) -> Iterator[Finding]:
    other = [
        (was, now) for was, now in _both(pair) if normalize("NFC", was.header) != normalize("NFC", now.header)
    ]
    if other:
        told = [f"“{was.header}” nay là “{now.header}”" for was, now in other]
        yield built_in("history.header_respelled").finding(
            message_vi=f"Một số tên cột viết khác báo cáo trước ({_place_vi(pair)}) nhưng vẫn được hiểu: "
            f"{_listed(told, 'tên')}.",
            message_en=f"{len(other)} headers are spelled otherwise than in the filing before ({_place_en(pair)}).",
            cell=_header_cell(pair, other[0][1]),
            found=other[0][1].header,
        )


def _other_measure(pair: Pair) -> Iterator[Finding]:
    was, now = pair.before.measure, pair.now.measure
    if was and pair.now.columns and match_key(was) != match_key(now or ""):
        stated_vi = f"nay ghi “{now}”" if now else "nay không ghi"
        stated_en = f"this one {now!r}" if now else "this one nothing"
        yield built_in("history.measure_changed").finding(
            message_vi=f"Báo cáo trước ({_place_vi(pair)}) ghi đơn vị tính “{was}” phía trên bảng, {stated_vi}.",
            message_en=f"The filing before ({_place_en(pair)}) states {was!r} above its table, {stated_en}.",
            cell=cell_address(pair.now.header_row, min(one.number for one in pair.now.columns)),
            found=now,
        )


def _header_cell(pair: Pair, column: Column) -> str:
    return cell_address(pair.now.header_row, column.number)


def _place_vi(pair: Pair) -> str:
    return f"{pair.before.period_code}, tệp {pair.before.file_name}"


def _place_en(pair: Pair) -> str:
    return f"{pair.before.period_code}, {pair.before.file_name}"


def _listed(told: Sequence[str], others: str) -> str:
    more = len(told) - _MOST_TOLD
    rest = [f"{more} {others}"] if more > 0 else []
    return "; ".join([*told[:_MOST_TOLD], *rest])
