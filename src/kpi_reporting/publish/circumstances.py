"""What lies between the publication before and this one: which files of the registry, rules and filings are new."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psycopg

from kpi_reporting.publish.scope import Computation
from kpi_reporting.registry import Registry

EXIT_RULES = "exit.yml"

# Which cause a changed file is; a file that is not named here is "registry". Targets are no cause of a value: where
# only they differ, the columns of the figure say so.
_FORMULA = frozenset({"kpi_formulas", "kpi_terms", "kpis", "indicators"})
_UNITS = frozenset({"units", "unit_events", "unit_aliases", "unit_shares"})
_NO_CAUSE = frozenset({"targets"})

_BEFORE = """
select p.registry_files, p.exit_rules_sha256, p.ledger_seq
from reporting.publications as p
order by p.publication_id desc limit 1
"""
_LEDGER = "select coalesce(max(s.state_seq), 0) from raw.submission_states as s"


@dataclass(frozen=True)
class Circumstances:
    """What is new since the publication before.

    ``changed_files`` is None when there is nothing to compare with; ``read_before`` is the last transition of the
    ledger that is in the publication before, ``read_now`` that of this one.
    """

    changed_files: tuple[str, ...] | None
    exit_rules_sha256: str | None
    rules_changed: bool
    read_before: int
    read_now: int

    @property
    def file_cause(self) -> str | None:
        """The cause of figures that changed though no submission touched them."""
        changed = frozenset(self.changed_files or ()) - _NO_CAUSE
        if changed & _FORMULA:
            return "formula"
        if changed & _UNITS:
            return "unit_event"
        return "registry" if changed else None


def read_circumstances(
    conn: psycopg.Connection, registry: Registry, expectations: Path | None, computation: Computation
) -> Circumstances:
    """Compare registry, exit rules and ledger with what the publication before kept of them."""
    rules = None if expectations is None else _hash_of(expectations / EXIT_RULES)
    files, rules_before, ledger_seq = conn.execute(_BEFORE).fetchone() or (None, rules, None)
    return Circumstances(
        changed_files=None if files is None else _differing(files, registry.file_sha256),
        exit_rules_sha256=rules,
        rules_changed=rules != rules_before,
        read_before=ledger_seq or 0,
        read_now=_ledger_seq(conn) if computation.ledger_seq is None else computation.ledger_seq,
    )


def _hash_of(path: Path) -> str | None:
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _differing(before: dict[str, str], now: dict[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name)))


def _ledger_seq(conn: psycopg.Connection) -> int:
    row = conn.execute(_LEDGER).fetchone()
    return int(row[0]) if row else 0
