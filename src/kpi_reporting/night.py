"""The steps of a night, in the order DAGs call them.

Each step opens its own connection, takes the night's ``conf`` (``registry``, ``inbox``, ``as_of``) and
returns a small JSON-able summary. Heavy libraries are imported inside the step that needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from kpi_reporting.errors import SourceError, WarehouseError
from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.settings import Settings, get_settings
from kpi_reporting.warehouse import connect, migrate, nights
from kpi_reporting.warehouse.nights import Night

if TYPE_CHECKING:
    from kpi_reporting.collect import AnyEndpoint, Endpoint

Conf = dict[str, str]
Connect = Callable[[str], "AnyEndpoint | None"]


@dataclass(frozen=True)
class Step:
    """What a step works with: settings, the validated registry, the night, and a connection."""

    settings: Settings
    registry: Registry
    night: Night
    conn: psycopg.Connection

    @property
    def dsn(self) -> str:
        """Address of the night's warehouse for its owner."""
        return self.settings.warehouse_dsn(self.registry.code)

    @property
    def expectations(self) -> Path:
        """Suites beside the registry folder win over the project's."""
        return self.settings.expectations(self.registry.folder)


@contextmanager
def step(conf: Conf) -> Iterator[Step]:
    """Open what a step works with and close it whatever happens."""
    settings = get_settings()
    night = Night.from_conf(conf)
    registry = load_registry(night.registry_dir)
    with connect(settings.warehouse_dsn(registry.code)) as conn:
        yield Step(settings, registry, night, conn)


def open_night(given: dict[str, Any], scheduled_for: datetime) -> dict[str, Any]:
    """Complete the conf, validate the registry, record the night; return ``conf`` and the source batches.

    Raises:
        RegistryError: the registry has problems, edits a target that is published, or changes the severity of a
            rule that is none; nothing was touched.
    """
    from kpi_reporting.checks.overrides import refuse_unknown_rules
    from kpi_reporting.collect import plan_batches
    from kpi_reporting.publish import refuse_edited_targets

    settings = get_settings()
    conf = {
        "registry": str(given.get("registry") or settings.registry_dir),
        "inbox": str(given.get("inbox") or settings.inbox),
        "as_of": str(given.get("as_of") or scheduled_for.isoformat()),
    }
    night = Night.from_conf(conf)
    registry = load_registry(night.registry_dir)
    migrate(settings.warehouse_dsn(registry.code))
    with step(conf) as at:
        _refuse_to_go_back(at.conn, night)
        refuse_edited_targets(at.conn, at.registry)
        refuse_unknown_rules(at.registry, at.expectations)
        nights.open_night(at.conn, night, registry.code, registry.sha256)
    return {"conf": conf, "batches": plan_batches(registry, night.as_of)}


def replay_submission(given: dict[str, Any], scheduled_for: datetime) -> Conf:
    """Open the night and let it read one submission again that was kept out; return its ``conf``.

    Raises:
        ReplayError: the submission named by ``given`` is not kept out, or its bytes were not kept.
    """
    from kpi_reporting.readers.replay import replay as read_again

    conf: Conf = open_night(given, scheduled_for)["conf"]
    with step(conf) as at:
        read_again(at.conn, at.night, int(given["submission"]))
    return conf


def _refuse_to_go_back(conn: psycopg.Connection, night: Night) -> None:
    with conn.transaction():
        last = nights.last_published(conn)
    if last is not None and night.as_of < last.as_of:
        raise WarehouseError(
            f"The night of {night.night_id} lies before the newest publication, which looks from {last.night_id}: "
            "readers would lose what was published since. `kpi-reporting rebuild` computes a past night beside the "
            "warehouse and changes nothing."
        )


def collect(conf: Conf, sources: list[str], endpoint_of: Connect) -> list[dict[str, Any]]:
    """Collect from each source; return the failures as plain ``SourceFailure`` values."""
    from kpi_reporting.collect import SourceFailure, collect_batch

    with step(conf) as at:
        endpoints = _endpoints(at.registry, sources, endpoint_of)
        outcomes = collect_batch(at.conn, at.registry, at.night, sources, endpoints, at.settings.landing)
    return [asdict(one) for one in outcomes if isinstance(one, SourceFailure)]


def collect_again(
    conf: Conf, failure: dict[str, Any], endpoint_of: Connect, *, at_once: bool
) -> dict[str, Any]:
    """Collect from a source that failed.

    A sender that was silent a moment ago (``at_once``) is not asked again: everybody would wait for it a second time.

    Raises:
        SourceError: the sender failed again, with what it answered and what to do.
    """
    from kpi_reporting.collect import SourceFailure, collect_source, keep_failure

    source_code = failure["source_code"]
    with step(conf) as at:
        if at_once and failure["is_silent"]:
            error = SourceFailure(**failure).error()
            keep_failure(at.conn, at.registry, at.night, error)
            raise error
        endpoint = _endpoints(at.registry, [source_code], endpoint_of).get(source_code)
        return asdict(
            collect_source(at.conn, at.registry, at.night, source_code, endpoint, at.settings.landing)
        )


def _endpoints(registry: Registry, sources: list[str], endpoint_of: Connect) -> dict[str, AnyEndpoint]:
    wanted = {s.source_code: s.connection_id for s in registry.sources if s.source_code in sources}
    found = {code: endpoint_of(connection) for code, connection in wanted.items() if connection}
    return {code: endpoint for code, endpoint in found.items() if endpoint}


def read(conf: Conf) -> dict[str, Any]:
    """Read every submission that is new."""
    from kpi_reporting.readers import read_new

    with step(conf) as at:
        return asdict(read_new(at.conn, at.registry, at.night, at.settings.landing))


def stage(conf: Conf) -> dict[str, Any]:
    """Build the staging models for what is new; for everything, with the registry loaded anew, when it changed."""
    from kpi_reporting import transform

    with step(conf) as at:
        return asdict(transform.stage_new(at.conn, at.settings, at.registry))


def check_at_door(conf: Conf) -> dict[str, Any]:
    """Check what is new, form by form; accept, reject or hold each submission."""
    from kpi_reporting.checks import check_door

    with step(conf) as at:
        return asdict(check_door(at.conn, at.dsn, at.registry, at.night, at.expectations))


def answer_senders(conf: Conf) -> dict[str, Any]:
    """Answer every filing the night settled, each sender in its own folder.

    Raises:
        AnswerError: some could not be answered; the others were.
    """
    from kpi_reporting.answers import answer_night

    with step(conf) as at:
        return asdict(answer_night(at.conn, at.registry.code, at.night, at.settings.answers_url))


def compute(conf: Conf) -> dict[str, Any]:
    """Build the candidate figures."""
    from kpi_reporting import transform

    with step(conf) as at:
        return asdict(transform.compute(at.conn, at.settings, at.registry, at.night))


def check_at_exit(conf: Conf) -> dict[str, Any]:
    """Check the candidate figures against what is published."""
    from kpi_reporting.checks import check_exit

    with step(conf) as at:
        return asdict(check_exit(at.conn, at.dsn, at.registry, at.night, at.expectations))


def publish(conf: Conf) -> dict[str, Any]:
    """Publish what differs; an empty summary means readers see exactly what they saw before."""
    from kpi_reporting.publish import publish as publish_differences

    with step(conf) as at:
        publication = publish_differences(at.conn, at.night, at.registry, at.expectations)
    return {} if publication is None else _plain(asdict(publication))


def prepare_signoff(conf: Conf) -> dict[str, Any] | None:
    """Return the publication that awaits a signature, with its hash and a summary to read."""
    from kpi_reporting.national import prepare_signoff as find_signoff

    with step(conf) as at:
        signoff = find_signoff(at.conn)
    return None if signoff is None else asdict(signoff)


def record_decision(
    conf: Conf,
    signoff: dict[str, Any],
    *,
    approved: bool,
    approver: str,
    decided_at: datetime,
    note: str | None,
) -> dict[str, Any]:
    """Keep the decision; approved figures are queued for delivery."""
    from kpi_reporting import national

    decision = "approved" if approved else "refused"
    with step(conf) as at, at.conn.transaction():
        national.record_decision(at.conn, national.Signoff(**signoff), decision, approver, decided_at, note)
        queued = national.enqueue(at.conn, signoff["publication_id"]) if approved else 0
    return {"decision": decision, "approver": approver, "queued": queued}


def deliver(conf: Conf, endpoint: Endpoint) -> dict[str, Any]:
    """Send what is queued to the national system.

    Raises:
        NationalError: at least one message was not accepted; the others are kept as delivered.
    """
    from kpi_reporting import national

    with step(conf) as at:
        return asdict(national.deliver(at.conn, endpoint, at.night))


def rebuild(given: dict[str, Any]) -> dict[str, Any]:
    """Compute everything again beside the warehouse, as the newest published night saw it, and compare.

    Raises:
        WarehouseError: cells differ; they are kept, and their figures are not published until a rebuild agrees.
    """
    from kpi_reporting.rebuild import rebuild as rebuild_and_compare

    settings = get_settings()
    registry = load_registry(Path(given.get("registry") or settings.registry_dir))
    with connect(settings.warehouse_dsn(registry.code)) as conn:
        night = nights.last_published(conn)
        if night is None:
            return {"rows_compared": 0}
        summary = rebuild_and_compare(conn, settings, registry, night)
    if summary.problem:
        raise WarehouseError(summary.problem)
    return {"rows_compared": summary.rows_compared}


def replay(registry_dir: Path, publication_id: int) -> dict[str, Any]:
    """Compute the night of a past publication again and compare it with what readers saw then.

    Raises:
        WarehouseError: it gives something else, or cannot be computed again.
    """
    from kpi_reporting.rebuild import replay as replay_and_compare

    settings = get_settings()
    registry = load_registry(registry_dir)
    with connect(settings.warehouse_dsn(registry.code)) as conn:
        summary = replay_and_compare(conn, settings, registry, publication_id)
    if summary.problem:
        raise WarehouseError(summary.problem)
    return {"rows_compared": summary.rows_compared}


def _plain(summary: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in summary.items()
    }


__all__ = ["SourceError", "Step", "step"]
