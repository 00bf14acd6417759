"""Reading a registry folder: everything is checked before anything is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kpi_reporting.errors import Problem, RegistryError
from kpi_reporting.registry.draft import Draft
from kpi_reporting.registry.models import FILES
from kpi_reporting.registry.registry import Registry
from kpi_reporting.registry.rules import broken_rules


def load_registry(folder: Path) -> Registry:
    """Read and validate the registry of a folder.

    Raises:
        RegistryError: with all problems of all files, each with file, row and column.
    """
    if not folder.is_dir():
        message = "the folder does not exist; name the folder that holds the registry's CSV files"
        raise RegistryError(str(folder), [Problem("settings", 0, "", "", "folder", message)])
    draft = Draft(folder)
    tables: dict[str, Any] = {model.file: tuple(row for _, row in draft.rows(model)) for model in FILES}
    registry = Registry(folder=folder, sha256=draft.sha256, file_sha256=draft.file_sha256, **tables)
    problems = [*draft.problems, *broken_rules(draft, registry)]
    if problems:
        raise RegistryError(str(folder), problems)
    return registry
