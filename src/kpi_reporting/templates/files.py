"""Templates as files: one for every form, and one for every unit that owes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.registry import Registry
from kpi_reporting.templates.content import Template, templates_of
from kpi_reporting.templates.workbook import workbook_of
from kpi_reporting.workbook_bytes import workbook_bytes


@dataclass(frozen=True)
class Written:
    """What was written: files per form version (``HS-01_v1``), and the forms nobody can be sent a template of."""

    files: dict[str, int]
    left_out: list[str]


def write_templates(registry: Registry, day: date, folder: Path, form_code: str | None = None) -> Written:
    """Write the templates of the forms that hold on a day, of all or of one; equal registries give equal bytes.

    Below the folder stands ``<form>_v<version>/<form>_v<version>.xlsx`` for anybody, and beside it
    ``<form>_v<version>_<unit>.xlsx`` for each unit that owes the form on that day.

    Raises:
        KpiReportingError: no such form holds on that day, or the folder cannot be written.
    """
    holding = [form for form in registry.forms if form.holds_on(day) and form_code in (None, form.form_code)]
    if not holding:
        known = ", ".join(dict.fromkeys(form.form_code for form in registry.forms if form.holds_on(day)))
        raise KpiReportingError(
            f"No form {form_code or ''} holds on {day}. Those that do: {known or 'none'}."
        )
    files: dict[str, int] = {}
    for form in holding:
        for template in templates_of(registry, form, day):
            _write(folder / template.version_name / f"{template.name}.xlsx", template)
            files[template.version_name] = files.get(template.version_name, 0) + 1
    # Readers take the text of such a form for TCVN3; what we write is Unicode.
    return Written(files, [form.form_code for form in holding if form.text_encoding == "tcvn3"])


def _write(path: Path, template: Template) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(workbook_bytes(workbook_of(template)))
    except OSError as error:
        raise KpiReportingError(
            f"Cannot write {path}: {error.strerror}. Give another folder, or the right to write."
        ) from None
