"""A file that policy refuses for what it carries is its sender's all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from kpi_reporting.readers.content import plain_sheets
from kpi_reporting.readers.limits import DEFAULTS
from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.refusal import Refusal
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry
from tests.corpus.hazards import linked
from tests.corpus.making import hs01_rows
from tests.workbooks import saved, workbook

RECEIVED = datetime.fromisoformat("2025-07-16T09:00:00+07:00")
WEB = linked('=WEBSERVICE("http://a/")')


def read(registry: Registry, data: bytes) -> Reading:
    submission = Submission(1, "communes", "a.xlsx", RECEIVED, "", "")
    return read_submission(registry, submission, data, replace(DEFAULTS, dde="refuse"))


@pytest.mark.parametrize(
    ("data", "rule_id"), [(WEB, "formula_that_acts"), (linked("=cmd|'/C calc'!A0"), "dde_link")]
)
def test_its_sender_form_and_period_are_told(registry: Registry, data: bytes, rule_id: str) -> None:
    reading = read(registry, data)
    assert (reading.state, reading.sheet, reading.table) == ("refused", None, None)
    assert (reading.sender_code, reading.form_code, reading.period_code) == ("14758", "HS-01", "2025-M07")
    (finding,) = reading.addressed()
    assert (finding.rule_id, finding.severity, finding.cell) == (rule_id, "error", "D8")
    assert finding.sender_code == "14758"


def test_of_many_cells_the_first_is_told(registry: Registry) -> None:
    reading = read(registry, saved(workbook(hs01_rows(("1", "=RTD(1)"), ("1.1", "=RTD(2)")))))
    assert [finding.cell for finding in reading.findings] == ["D7"]


def test_nobody_is_sent_such_a_workbook_back() -> None:
    with pytest.raises(Refusal):
        plain_sheets(WEB, "a.xlsx")
