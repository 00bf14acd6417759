"""Every faulty file gives exactly its findings, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kpi_reporting.readers.limits import DEFAULTS
from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.registry.models import Form, FormField
from tests.corpus import (
    acting,
    commas,
    cut_off,
    dangers,
    field_maps,
    hazards,
    identities,
    long_lists,
    marks,
    measures,
    numbered,
    ods,
    old_acting,
    old_texts,
    old_workbooks,
    period_columns,
    row_periods,
    several_sheets,
    single_cells,
    titles,
    unclear,
)
from tests.corpus.cases import FaultyFile
from tests.workbooks import THANH_HOA

PARTS = (
    acting,
    hazards,
    dangers,
    identities,
    measures,
    ods,
    several_sheets,
    field_maps,
    single_cells,
    long_lists,
    commas,
    cut_off,
    numbered,
    old_acting,
    old_texts,
    row_periods,
    period_columns,
    titles,
    unclear,
    marks,
    old_workbooks,
)
FILES = [case for part in PARTS for case in part.FILES]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(THANH_HOA)


def read(registry: Registry, case: FaultyFile) -> Reading:
    submission = Submission(1, case.source, case.file_name, case.received_at, "", "")
    known = replace(
        registry,
        forms=tuple(_mapped(form, case) for form in registry.forms),
        form_fields=tuple(_fields(registry, case)),
    )
    return read_submission(known, submission, case.make(), replace(DEFAULTS, **case.limits))


def _fields(registry: Registry, case: FaultyFile) -> Iterator[FormField]:
    for field in registry.form_fields:
        if not case.instead or field.form_code != "HS-01":
            yield _relaxed(field, case)
    yield from (*case.columns, *(_relaxed(field, case) for field in case.instead))


def _mapped(form: Form, case: FaultyFile) -> Form:
    return form.model_copy(update=case.form) if form.form_code == "HS-01" else form


def _relaxed(field: FormField, case: FaultyFile) -> FormField:
    return field.model_copy(update={"required": False}) if field.field_code in case.optional else field


@pytest.mark.parametrize("case", FILES, ids=[case.name for case in FILES])
def test_a_faulty_file_gives_its_findings_and_no_others(registry: Registry, case: FaultyFile) -> None:
    reading = read(registry, case)
    found = {f"{one.rule_id}@{one.cell}" if one.cell else one.rule_id for one in reading.findings}
    assert (reading.state, found) == (case.state, case.found)
    assert all(one.message_vi and one.message_en and one.action_vi for one in reading.findings)


def test_there_are_many_and_each_has_a_name_of_its_own() -> None:
    assert sum(bool(case.found) for case in FILES) >= 150
    assert len({case.name for case in FILES}) == len(FILES)
