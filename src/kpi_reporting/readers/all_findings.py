"""What the readers' rules say of a table, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi_reporting.findings import Finding
from kpi_reporting.readers.cell_findings import cell_findings, more_than_one_row
from kpi_reporting.readers.content import WORKBOOK_READERS
from kpi_reporting.readers.field_findings import field_findings
from kpi_reporting.readers.figure_findings import figure_findings
from kpi_reporting.readers.formula_findings import formula_findings
from kpi_reporting.readers.identity import Identity
from kpi_reporting.readers.label_findings import label_findings
from kpi_reporting.readers.measure_findings import Stated, measure_findings
from kpi_reporting.readers.numbering_findings import numbering_findings
from kpi_reporting.readers.period_columns import other_periods_told
from kpi_reporting.readers.row_periods import row_period_findings
from kpi_reporting.readers.sheet import Sheet
from kpi_reporting.readers.structure import Table
from kpi_reporting.readers.structure_findings import hidden_findings, table_findings
from kpi_reporting.readers.title_findings import title_findings
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Form, FormRow


def all_findings(
    registry: Registry,
    reader: str,
    identity: Identity,
    sheet: Sheet,
    table: Table,
    above: Sequence[Stated],
) -> Iterator[Finding]:
    """Yield what the readers' rules say of the table of a filing; ``above`` are the measures stated above it."""
    form, fields = identity.form, identity.fields
    measures = {one.indicator_code: one.unit_of_measure for one in registry.indicators}
    if table.is_of_cells:
        yield from cell_findings(form, fields, sheet, table)
    else:
        yield from _of_table(registry, identity, sheet, table)
    yield from hidden_findings(sheet, table)
    if form.period_anchor is None:
        yield from title_findings(identity.period, sheet, table)
    yield from formula_findings(sheet, table)
    yield from measure_findings(fields, measures, sheet, table, above)
    yield from figure_findings(form, fields, sheet, table, is_workbook=reader in WORKBOOK_READERS)


def _of_table(registry: Registry, identity: Identity, sheet: Sheet, table: Table) -> Iterator[Finding]:
    form, fields = identity.form, identity.fields
    yield from table_findings(form, sheet, table)
    yield from other_periods_told(identity.period.code, sheet, table)
    if form.layout == "cells":
        yield from more_than_one_row(sheet, table)
    yield from numbering_findings(registry, fields, sheet, table)
    yield from row_period_findings(identity.period, fields, _marks(registry, form), sheet, table)
    yield from field_findings(fields, sheet, table)
    yield from label_findings(fields, sheet, table)


def _marks(registry: Registry, form: Form) -> list[FormRow]:
    version = form.form_code, form.form_version
    return [mark for mark in registry.form_rows if (mark.form_code, mark.form_version) == version]
