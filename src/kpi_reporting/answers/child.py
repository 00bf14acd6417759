"""The other end of a marking process: ``python -m kpi_reporting.answers.child FD``."""

from __future__ import annotations

from kpi_reporting.answers.facts import Answer
from kpi_reporting.answers.marked import marked_workbook
from kpi_reporting.child_process import serve


def answer(_: None, sent: tuple[Answer, bytes]) -> bytes | None:
    """Return the workbook with its faulty cells marked."""
    return marked_workbook(*sent)


if __name__ == "__main__":
    serve(answer)
