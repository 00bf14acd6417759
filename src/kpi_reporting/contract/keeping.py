"""The files of the contract: drafted from what is served, checked against it, and released to readers."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from kpi_reporting.contract.changes import Change, find_changes, next_version
from kpi_reporting.contract.document import ContractError, render, tables_of, to_document
from kpi_reporting.contract.tables import Table, join_tables
from kpi_reporting.publish.saved_queries import version_folders

CONTRACT = "reporting.odcs.yaml"
RELEASED = "released.odcs.yaml"
TERMS = "terms.yaml"

_LONGEST_DIFFERENCE = 40


def newest_folder(contracts: Path) -> Path:
    """Folder of the version that the models serve.

    Raises:
        ContractError: there is no version at all.
    """
    folders = version_folders(contracts)
    if not folders:
        raise ContractError(
            f"{contracts} holds no version; make a folder v1 with {TERMS} and run `make contract`."
        )
    return folders[max(folders)]


def draft(folder: Path, tables: Sequence[Table]) -> str:
    """Text of a version's contract for these tables, numbered by what changed since its release.

    Raises:
        ContractError: a change would break what was released, or a file cannot be read.
    """
    terms, released = _load(folder / TERMS), _released(folder)
    if released is None:
        return render(to_document(tables, terms, f"{folder.name[1:]}.0.0"))
    changes = find_changes(tables_of(released), tables)
    _refuse_breaking(folder, changes)
    same = to_document(tables, terms, released["version"])
    version = next_version(released["version"], changes, is_reworded=same != released)
    return render({**same, "version": version})


def write(contracts: Path, models: Mapping[str, Table], standing: Iterable[Table]) -> Path:
    """Write the newest version's contract and return its path.

    Raises:
        ContractError: a change would break what was released.
    """
    folder = newest_folder(contracts)
    path = folder / CONTRACT
    path.write_text(draft(folder, join_tables(models, standing)), "utf-8")
    return path


def check(contracts: Path, models: Mapping[str, Table]) -> str:
    """Compare the contract with the models and with what was released; return its version.

    What no model knows is taken from the contract itself; a test with a database compares that.

    Raises:
        ContractError: the contract says something else, or would break what was released.
    """
    folder = newest_folder(contracts)
    for older in list(version_folders(contracts).values())[:-1]:
        _refuse_touched(older)
    written = _load(folder / CONTRACT)
    said = (folder / CONTRACT).read_text("utf-8")
    served = draft(folder, join_tables(models, tables_of(written)))
    if said != served:
        raise ContractError(
            f"{folder / CONTRACT} does not say what the models serve. Run `make contract` and look at what it "
            f"changes:\n{_difference(said, served)}"
        )
    return str(written["version"])


def release(contracts: Path, models: Mapping[str, Table]) -> str:
    """Make the newest version's contract the one that later ones are compared with; return its version.

    Raises:
        ContractError: the contract does not say what the models serve.
    """
    version = check(contracts, models)
    folder = newest_folder(contracts)
    (folder / RELEASED).write_bytes((folder / CONTRACT).read_bytes())
    return version


def _refuse_breaking(folder: Path, changes: Sequence[Change]) -> None:
    breaking = [change for change in changes if change.is_breaking]
    if breaking:
        listed = "\n".join(f"  {change}" for change in breaking)
        raise ContractError(
            f"What {folder / RELEASED} promises would be broken:\n{listed}\n"
            f"Keep what was promised beside the new, or open the folder v{int(folder.name[1:]) + 1} beside it and "
            "go on serving the old version as docs/decisions/0011-contract-for-readers.md says."
        )


def _refuse_touched(folder: Path) -> None:
    if _released(folder) != _load(folder / CONTRACT):
        raise ContractError(
            f"{folder / CONTRACT} is not what was released. A newer version stands beside it, so it changes no more: "
            f"copy {RELEASED} over it."
        )


def _released(folder: Path) -> Any:
    return _load(folder / RELEASED) if (folder / RELEASED).exists() else None


def _load(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ContractError(f"{path} cannot be read: {error}. Restore it, or run `make contract`.") from None


def _difference(said: str, served: str) -> str:
    lines = difflib.unified_diff(
        said.splitlines(), served.splitlines(), "contract", "models", n=1, lineterm=""
    )
    return "\n".join(list(lines)[:_LONGEST_DIFFERENCE])
