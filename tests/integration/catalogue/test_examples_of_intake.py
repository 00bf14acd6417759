"""Rules about what happens to a file as a whole: not collected, collected twice, fatal to its reader."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import psycopg
import pytest

from kpi_reporting.catalogue import BuiltInRule, built_in_rules
from kpi_reporting.collect import Endpoint, collect_source
from kpi_reporting.errors import SourceError
from kpi_reporting.readers import read_new
from kpi_reporting.readers.limits import DEFAULTS
from kpi_reporting.readers.submissions import Submission
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.intake import EVENING, conn, drop, landing, night, registry
from tests.integration.sender_server import Server, item, pages_of
from tests.unit.readers.test_process import FaultyReading
from tests.workbooks import hs01, list_rows, saved, stamp, workbook


@dataclass(frozen=True)
class Intake:
    """A night with an inbox and a warehouse."""

    conn: psycopg.Connection
    registry: Registry
    night: Night
    landing: str

    def found(self) -> set[str]:
        with self.conn.transaction():
            return {rule_id for (rule_id,) in self.conn.execute("select rule_id from quality.findings")}

    def collect(self) -> None:
        collect_source(self.conn, self.registry, self.night, "communes", None, self.landing)


def without_folder(intake: Intake) -> set[str]:
    shutil.rmtree(intake.night.inbox / "communes")
    with pytest.raises(SourceError):
        intake.collect()
    return intake.found()


def empty_folder(intake: Intake) -> set[str]:
    intake.collect()
    return intake.found()


def announcing(total: int, **limits: int) -> Callable[[Intake], set[str]]:
    def run(intake: Intake) -> set[str]:
        sources = [row.model_copy(update=limits) for row in intake.registry.sources]
        registry = replace(intake.registry, sources=tuple(sources))
        filing = item("1", {"form": "HS-01", "unit": "so-y-te", "period": "2025-M07", "rows": []})
        with Server() as server:
            server.answers["/senders/so-y-te"] = pages_of([filing], total)
            endpoint = Endpoint(server.base_url, "token")
            with suppress(SourceError):
                collect_source(intake.conn, registry, intake.night, "so-y-te", endpoint, intake.landing)
        return intake.found()

    return run


def two_files(first: bytes, second: bytes) -> Callable[[Intake], set[str]]:
    def run(intake: Intake) -> set[str]:
        drop(intake.night, "communes/a.xlsx", first)
        drop(intake.night, "communes/b.xlsx", second, EVENING.replace(hour=21))
        intake.collect()
        read_new(intake.conn, intake.registry, intake.night, intake.landing)
        return intake.found()

    return run


def in_its_process(file_name: str) -> Callable[[Intake], set[str]]:
    def run(intake: Intake) -> set[str]:
        with FaultyReading(intake.registry, replace(DEFAULTS, seconds=5)) as process:
            reading = process.read(Submission(7, "communes", file_name, EVENING, "", ""), hs01())
        return {finding.rule_id for finding in reading.findings}

    return run


FIRST = hs01()
OTHER = saved(workbook([*stamp("HS-01", "14758", "2025-M07"), [], *list_rows([("1.1", 13)])]))
EXAMPLES: dict[str, Callable[[Intake], set[str]]] = {
    "a folder that does not exist": without_folder,
    "a folder with nothing in it": empty_folder,
    "an API that announces more than it gives": announcing(2),
    "an API that gives what it announces": announcing(1),
    "an API that gives more than a night may fetch": announcing(2, night_bytes=10),
    "the same bytes under another name": two_files(FIRST, FIRST),
    "another figure under another name": two_files(FIRST, OTHER),
    "a file that ends the process that reads it": in_its_process("exit.xlsx"),
    "a file that takes for ever": in_its_process("endless.xlsx"),
    "a file that is read in its process": in_its_process("a.xlsx"),
}
RULES = [rule for rule in built_in_rules().values() if str(rule.fails) in EXAMPLES]


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
@pytest.mark.parametrize("breaks", [True, False])
def test_the_failing_example_breaks_the_rule_and_the_passing_one_does_not(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str, rule: BuiltInRule, breaks: bool
) -> None:
    example = EXAMPLES[str(rule.fails if breaks else rule.passes)]
    assert (rule.id in example(Intake(conn, registry, night, landing))) == breaks
