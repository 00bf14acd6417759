"""Every example of the catalogue is one that some test tries through the real code."""

from __future__ import annotations

import pytest

from kpi_reporting.catalogue import BuiltInRule, built_in_rules
from tests.corpus.test_corpus import FILES
from tests.integration.catalogue import test_examples_of_acts as acts
from tests.integration.catalogue import test_examples_of_intake as intake
from tests.integration.catalogue import test_examples_of_reminders as reminders

TRIED = {*(case.name for case in FILES), *acts.EXAMPLES, *intake.EXAMPLES, *reminders.EXAMPLES}
RULES = list(built_in_rules().values())


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_somebody_tries_both_examples(rule: BuiltInRule) -> None:
    for example in (rule.fails, rule.passes):
        assert isinstance(example, dict) or example in TRIED
    assert type(rule.fails) is type(rule.passes)
