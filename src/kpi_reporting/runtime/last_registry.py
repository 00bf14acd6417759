"""Which registry was used last on this machine: the one that ``board`` and ``dsn`` speak of."""

from __future__ import annotations

import json
from pathlib import Path

from kpi_reporting.registry import Registry, load_registry
from kpi_reporting.settings import Settings, home_error
from kpi_reporting.whole_files import write_whole


def remember_registry(settings: Settings, registry: Registry) -> None:
    """Make this the registry used last."""
    try:
        write_whole(_place(settings), json.dumps({"code": registry.code, "folder": str(registry.folder)}))
    except OSError as error:
        raise home_error(settings.home, error) from None


def registry_code(settings: Settings, folder: Path | None) -> str:
    """Return the code of the registry in a folder; without one, of the one used last, or else the configured one.

    Raises:
        RegistryError: the registry has problems.
    """
    if folder is None and _place(settings).exists():
        return str(json.loads(_place(settings).read_text("utf-8"))["code"])
    return load_registry(folder or settings.registry_dir).code


def _place(settings: Settings) -> Path:
    return settings.home / "run" / "registry.json"
