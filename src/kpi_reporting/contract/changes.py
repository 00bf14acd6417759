"""What changed between two versions of the contract, and which number the change asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kpi_reporting.contract.tables import Column, Table

_Named = TypeVar("_Named", Table, Column)


@dataclass(frozen=True)
class Change:
    """A change of what is promised; a breaking one takes something from readers."""

    subject: str
    text: str
    is_breaking: bool

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}"


def find_changes(old: Sequence[Table], new: Sequence[Table]) -> list[Change]:
    """Compare two versions, table by table and column by column; words are no promise."""
    return list(_compared(_by_name(old), _by_name(new), "", "table", _between_tables))


def next_version(released: str, changes: Sequence[Change], *, is_reworded: bool) -> str:
    """Number of the version with these changes: an addition counts as minor, other words as a patch."""
    major, minor, patch = (int(part) for part in released.split("."))
    if changes:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if is_reworded else released


def _between_tables(old: Table, new: Table) -> Iterator[Change]:
    if set(old.key) != set(new.key):
        yield Change(
            old.name, f"the key was {_listed(old.key)} and is {_listed(new.key)} now", is_breaking=True
        )
    yield from _compared(
        _by_name(old.columns), _by_name(new.columns), f"{old.name}.", "column", _between_columns(old.name)
    )


def _between_columns(table: str) -> Callable[[Column, Column], Iterator[Change]]:
    def compare(old: Column, new: Column) -> Iterator[Change]:
        subject = f"{table}.{old.name}"
        if old.type != new.type:
            yield Change(subject, f"the type was {old.type} and is {new.type} now", is_breaking=True)
        if old.required != new.required:
            text = "is never null now" if new.required else "was never null and may be now"
            yield Change(subject, text, is_breaking=old.required)
        yield from _between_lists(subject, old.values, new.values)

    return compare


def _between_lists(subject: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Change]:
    if old and not new:
        yield Change(
            subject, f"only {_listed(old)} were promised and any text may come now", is_breaking=True
        )
        return
    if lost := [value for value in old if value not in new]:
        yield Change(subject, f"the values {_listed(lost)} were lost", is_breaking=True)
    if gained := [value for value in new if value not in old]:
        yield Change(subject, f"the values {_listed(gained)} were added", is_breaking=False)


def _compared(
    old: Mapping[str, _Named],
    new: Mapping[str, _Named],
    prefix: str,
    kind: str,
    between: Callable[[_Named, _Named], Iterator[Change]],
) -> Iterator[Change]:
    for name in sorted(old.keys() - new.keys()):
        yield Change(f"{prefix}{name}", f"the {kind} was removed or renamed", is_breaking=True)
    for name in sorted(new.keys() - old.keys()):
        yield Change(f"{prefix}{name}", f"the {kind} was added", is_breaking=False)
    for name in (name for name in old if name in new):
        yield from between(old[name], new[name])


def _by_name(named: Sequence[_Named]) -> dict[str, _Named]:
    return {one.name: one for one in named}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
