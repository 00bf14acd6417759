"""Reports that carry state secrets: recognised by their form or by a mark on the file, and not kept.

Decree 09/2019/NĐ-CP does not cover secret reports, so none belongs here. The marks are the three grades of secrecy; the
word inside another one, such as "bảo mật", is none, and neither is a grade that labels a row of figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding
from kpi_reporting.readers.sheet import Cell, Sheet, cell_text, is_blank
from kpi_reporting.registry.models import Form
from kpi_reporting.text import match_key

RULE_ID = "state_secret"
_GRADES = frozenset({"mật", "tối mật", "tuyệt mật"})
_MARKED_ROWS = 15
_INTRODUCED = re.compile(r"^(?:độ mật|mức độ mật|cấp độ mật)\s*:\s*")
_PARTS_OF_A_NAME = re.compile(r"[_()\[\].–-]+")


def state_secret() -> Finding:
    """Return why such a report is refused; it says nothing of what the report holds."""
    return built_in(RULE_ID).finding()


def is_secret_form(forms: Iterable[Form], form_code: str | None) -> bool:
    """Tell whether the registry says of a form, in any of its versions, that it carries state secrets."""
    wanted = match_key(form_code or "")
    return any(form.carries_state_secrets and match_key(form.form_code) == wanted for form in forms)


def has_marked_name(file_name: str) -> bool:
    """Tell whether a part of a file's name is a grade of secrecy in capitals."""
    parts = (part.strip() for part in _PARTS_OF_A_NAME.split(file_name))
    return any(part.isupper() and match_key(part) in _GRADES for part in parts)


def is_marked(sheets: Iterable[Sheet]) -> bool:
    """Tell whether a sheet bears the mark, in a page header or footer or by itself in one of its first rows."""
    return any(
        any(_is_grade(text) for text in sheet.page_texts)
        or any(_is_marked_row(row) for row in sheet.rows[:_MARKED_ROWS])
        for sheet in sheets
    )


def _is_marked_row(row: Sequence[Cell]) -> bool:
    """A grade beside a figure is the label of a row, as in a count of documents by grade."""
    filled = [cell for cell in row if not is_blank(cell)]
    return any(isinstance(cell, str) and _is_grade(cell) for cell in filled) and not any(
        cell_text(cell)[:1].isdigit() for cell in filled
    )


def _is_grade(text: str) -> bool:
    return _INTRODUCED.sub("", match_key(text).strip(" .*()[]“”\"'")) in _GRADES
