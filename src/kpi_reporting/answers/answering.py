"""Writing answers: one folder per sender, on any file system fsspec knows."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import fsspec
import psycopg

from kpi_reporting import stores
from kpi_reporting.answers.facts import Answer, read_answer
from kpi_reporting.answers.page import summary_page, summary_payload
from kpi_reporting.answers.process import MarkingProcess
from kpi_reporting.errors import AnswerError, KpiReportingError, StoreError
from kpi_reporting.warehouse.nights import Night

_log = logging.getLogger(__name__)
_MOST_NAMED = 10

# What the night settled; what only waits to be judged has nothing to be told yet.
_SETTLED = """
select distinct st.submission_id
from raw.submission_states as st
where st.night_id = %s and st.state not in ('received', 'read')
order by st.submission_id
"""


@dataclass(frozen=True)
class AnswerSummary:
    """How many filings of a night were answered, and which could not be."""

    answered: int
    failed: tuple[str, ...] = ()


def answer_night(conn: psycopg.Connection, registry_code: str, night: Night, url: str) -> AnswerSummary:
    """Answer every filing the night settled; one that cannot be answered stops no other.

    The same night writes the same bytes under the same names, so that it can be run again. A store that nobody reaches
    is waited for once.

    Raises:
        AnswerError: some could not be answered; all others were, and the text names those.
    """
    settled = [one for (one,) in conn.execute(_SETTLED, (night.night_id,)).fetchall()]
    with MarkingProcess() as marking:
        failed = _failures(conn, registry_code, url, settled, marking)
    if failed:
        raise AnswerError(
            f"{len(failed)} of {len(settled)} filings could not be answered, the others were. "
            f"{'; '.join(failed[:_MOST_NAMED])}. Check {stores.shown(url)}, then clear this task or run "
            "`kpi-reporting answer SUBMISSION`."
        )
    return AnswerSummary(len(settled))


def _failures(
    conn: psycopg.Connection, registry_code: str, url: str, settled: list[int], marking: MarkingProcess
) -> list[str]:
    """Answer them one after the other, and return what to tell of those that could not be."""
    failed = []
    for place, submission_id in enumerate(settled):
        try:
            _answer(conn, registry_code, url, submission_id, marking)
        except Exception as error:  # noqa: BLE001 - whatever a sender's file does here is that sender's alone
            failed.append(_told(submission_id, error))
            if isinstance(error, StoreError) and error.is_unreachable:
                return failed + [f"submission {one}: the same" for one in settled[place + 1 :]]
    return failed


def _told(submission_id: int, error: Exception) -> str:
    """Log it: what a person can put right as its one sentence, a defect with its traceback."""
    is_defect = not isinstance(error, KpiReportingError)
    _log.error("submission %s cannot be answered: %s", submission_id, error, exc_info=is_defect)
    return f"submission {submission_id}: {error.__class__.__name__}: {str(error).rstrip('.')}"


def answer_submission(
    conn: psycopg.Connection, registry_code: str, url: str, submission_id: int
) -> list[str]:
    """Write the answer to one filing; return where its parts lie.

    A person gets a page and, where cells are at fault, the workbook; a program gets JSON.

    Raises:
        AnswerError: there is no such submission.
        StoreError: the answer cannot be written, or the filing cannot be read.
    """
    with MarkingProcess() as marking:
        return _answer(conn, registry_code, url, submission_id, marking)


def _answer(
    conn: psycopg.Connection, registry_code: str, url: str, submission_id: int, marking: MarkingProcess
) -> list[str]:
    answer = read_answer(conn, submission_id)
    files, root = stores.file_system(url)
    folder = f"{root.rstrip('/')}/{registry_code}/{_folder(answer)}"
    written = []
    for name, data in _parts(answer, marking):
        path = f"{folder}/{name}"
        with stores.saying(files.unstrip_protocol(path), "written", "answer this filing again"):
            _write(files, path, data)
        written.append(str(files.unstrip_protocol(path)))
    return written


def _write(files: fsspec.AbstractFileSystem, path: str, data: bytes) -> None:
    """The name appears only when every byte is there; an object store does that by itself."""
    if stores.appears_whole(files):
        _upload(files, path, data)
        return
    files.makedirs(path.rpartition("/")[0], exist_ok=True)
    unfinished = f"{path}.{hashlib.sha256(data).hexdigest()[:8]}.part"
    files.pipe_file(unfinished, data)
    files.mv(unfinished, path)


def _upload(files: fsspec.AbstractFileSystem, path: str, data: bytes) -> None:
    try:
        files.pipe_file(path, data)
    except FileNotFoundError:
        # The bucket is missing; it is made as a folder is. Asking first would be one more wait where nobody answers.
        files.makedirs(path.rpartition("/")[0], exist_ok=True)
        files.pipe_file(path, data)


def _folder(answer: Answer) -> str:
    """The sender's own folder; who is not known for certain gets that of the source, never that of a claimed name."""
    filed = answer.filed
    return _plain(filed.sender_code or "") if filed.is_known else f"nguon-{_plain(filed.source_code)}"


def _parts(answer: Answer, marking: MarkingProcess) -> Iterator[tuple[str, bytes]]:
    filed = answer.filed
    known = [filed.form_code, filed.period_code] if filed.is_known else []
    name = "_".join([*(_plain(part or "") for part in known), str(filed.submission_id)])
    if filed.channel == "http_api":
        yield f"{name}.json", summary_payload(answer).encode()
        return
    yield f"{name}.html", summary_page(answer).encode()
    data = None if answer.is_secret else stores.read(filed.landing_uri)
    book = marking.marked(answer, data) if data else None
    if book:
        yield f"{name}.xlsx", book


def _plain(code: str) -> str:
    """A code as part of a path: no two become one, and none leads out of its folder."""
    return quote(code, safe="@").replace(".", "%2E") or "khong-ro"
