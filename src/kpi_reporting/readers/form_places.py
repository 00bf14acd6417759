"""Where a form version says that its table stands: the sheet, the rows between two anchors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding, cell_address
from kpi_reporting.readers.content import WORKBOOK_READERS, Content
from kpi_reporting.readers.refusal import Refusal
from kpi_reporting.readers.sheet import Sheet, is_blank, is_blank_row
from kpi_reporting.readers.structure import HEADER_WITHIN_ROWS
from kpi_reporting.registry.models import Form
from kpi_reporting.text import match_key

_SIGN_OF_A_NAME = "="
_MOST_TOLD = 10


class Misplaced(Refusal):
    """A refusal because the file has no such sheet or anchor, or an anchor more than once."""


@dataclass(frozen=True)
class Spot:
    """A cell that an anchor means; ``place`` is the place of its sheet in the file, from 0."""

    place: int
    row_number: int
    column: int


def is_name(anchor: str) -> bool:
    """Tell whether an anchor means a defined name (``=Bang_1``) and not the text of a cell."""
    return anchor.startswith(_SIGN_OF_A_NAME)


def places_of(form: Form, content: Content, sheets: Sequence[Sheet]) -> dict[int, range]:
    """Return by the place of each sheet, from 0, the rows in which the form's table may stand, counted from 1.

    A text counts as the anchor where it is the whole cell, in the first 200 rows of a sheet; as the end where it is the
    first filled cell of a row. A payload has no places, a CSV file no sheets to choose from.

    Raises:
        Misplaced: the form names a sheet or an anchor that is not there, or is there more than once.
    """
    named = sheets_of(form, content, sheets)
    if all(sheet.is_payload for sheet in named.values()):
        return {place: range(1, sheet.last_row + 1) for place, sheet in named.items()}
    if form.anchor:
        spot = _only(form.anchor, list(spots_of(form.anchor, content, named)), named)
        named = {spot.place: sheets[spot.place]}
        first_row = spot.row_number
    else:
        first_row = 1
    if form.end_anchor:
        ends = list(_ends_of(form.end_anchor, content, named, first_row + 1))
        spot = _only(form.end_anchor, ends, named)
        return {spot.place: range(first_row, _last_filled(sheets[spot.place], spot.row_number - 1) + 1)}
    return {place: range(first_row, sheet.last_row + 1) for place, sheet in named.items()}


def sheets_of(form: Form, content: Content, sheets: Sequence[Sheet]) -> Mapping[int, Sheet]:
    """Return by its place, from 0, the sheet that the form names; all of them when it names none.

    Raises:
        Misplaced: no visible sheet has that name.
    """
    numbered = dict(enumerate(sheets))
    if form.sheet is None or content.reader not in WORKBOOK_READERS:
        return numbered
    wanted = match_key(form.sheet)
    named = {place: sheet for place, sheet in numbered.items() if match_key(sheet.name) == wanted}
    if not named:
        raise Misplaced(_no_sheet(form, sheets))
    return named


def spots_of(anchor: str, content: Content, sheets: Mapping[int, Sheet]) -> Iterator[Spot]:
    """Yield the cells of the sheets that an anchor means: those of a defined name, or those whose text it is."""
    if is_name(anchor):
        yield from _named_spots(anchor, content, sheets)
    else:
        wanted = match_key(anchor)
        for spot, text in top_texts(sheets):
            if match_key(text) == wanted:
                yield spot


def top_texts(sheets: Mapping[int, Sheet]) -> Iterator[tuple[Spot, str]]:
    """Yield the texts of the rows in which a header or a title is looked for, with their cells."""
    for place, sheet in sheets.items():
        for row_number, row in enumerate(sheet.rows[:HEADER_WITHIN_ROWS], 1):
            for column, cell in enumerate(row, 1):
                if isinstance(cell, str):
                    yield Spot(place, row_number, column), cell


def _named_spots(anchor: str, content: Content, sheets: Mapping[int, Sheet]) -> Iterator[Spot]:
    wanted, by_name = match_key(anchor[1:]), {sheet.name: place for place, sheet in sheets.items()}
    for name in content.names:
        if match_key(name.name) == wanted and name.sheet_name in by_name:
            yield Spot(by_name[name.sheet_name], name.row_number, name.column)


def _ends_of(anchor: str, content: Content, sheets: Mapping[int, Sheet], first_row: int) -> Iterator[Spot]:
    """Of long tables only the first filled cell of each row is looked at, where a heading stands."""
    if is_name(anchor):
        yield from (spot for spot in _named_spots(anchor, content, sheets) if spot.row_number >= first_row)
        return
    wanted = match_key(anchor)
    for place, sheet in sheets.items():
        for row_number, row in enumerate(sheet.rows[first_row - 1 :], first_row):
            column, cell = next(
                ((number, one) for number, one in enumerate(row, 1) if not is_blank(one)), (0, None)
            )
            if isinstance(cell, str) and match_key(cell) == wanted:
                yield Spot(place, row_number, column)


def _last_filled(sheet: Sheet, row_number: int) -> int:
    while row_number > 0 and (row_number > len(sheet.rows) or is_blank_row(sheet.rows[row_number - 1])):
        row_number -= 1
    return row_number


def _only(anchor: str, spots: Sequence[Spot], sheets: Mapping[int, Sheet]) -> Spot:
    if len(spots) == 1:
        return spots[0]
    raise Misplaced(_found_twice(anchor, spots, sheets) if spots else _not_found(anchor, sheets))


def _no_sheet(form: Form, sheets: Sequence[Sheet]) -> Finding:
    there = _listed([sheet.name for sheet in sheets])
    return built_in("sheet_not_found").finding(
        message_vi=f"Tệp không có trang tính “{form.sheet}” của biểu {form.form_code} phiên bản "
        f"{form.form_version}; các trang đang hiện trong tệp: {there}.",
        message_en=f"{form.form_code} v{form.form_version} stands on the sheet {form.sheet!r}; the visible ones "
        f"are {there}.",
        action_vi=f"Đặt tên trang chứa biểu là “{form.sheet}”, bỏ ẩn nếu trang bị ẩn, rồi gửi lại.",
        subject=form.sheet,
        found=there,
    )


def _not_found(anchor: str, sheets: Mapping[int, Sheet]) -> Finding:
    there = _listed([sheet.name for sheet in sheets.values()])
    return built_in("anchor_not_found").finding(
        message_vi=f"Không tìm thấy {_described(anchor)} là mốc của bảng số liệu trong các trang {there}.",
        message_en=f"The anchor {anchor!r} of the form's table is not on the sheets {there}.",
        action_vi=f"Giữ nguyên {_described(anchor)} như trong biểu mẫu rồi gửi lại.",
        subject=anchor,
    )


def _found_twice(anchor: str, spots: Sequence[Spot], sheets: Mapping[int, Sheet]) -> Finding:
    cells = [(sheets[spot.place].name, cell_address(spot.row_number, spot.column)) for spot in spots]
    told = ", ".join(f"{cell} trang “{name}”" for name, cell in cells[:_MOST_TOLD])
    return built_in("anchor_found_twice").finding(
        message_vi=f"Có {len(cells)} ô là {_described(anchor)} nên không biết bảng nào là của biểu: {told}.",
        message_en=f"The anchor {anchor!r} of the form's table is found in {len(cells)} cells.",
        sheet_name=cells[1][0],
        cell=cells[1][1],
        subject=anchor,
        found=told,
    )


def _described(anchor: str) -> str:
    return f"ô được đặt tên “{anchor[1:]}”" if is_name(anchor) else f"ô ghi “{anchor}”"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names[:_MOST_TOLD]) + (", …" if len(names) > _MOST_TOLD else "")
