"""What has to be there before the services start: tables, roles, Airflow's metadata, the landing store."""

from __future__ import annotations

import subprocess

import fsspec

from kpi_reporting.registry import load_registry
from kpi_reporting.runtime.warehouse import ensure_warehouse
from kpi_reporting.settings import get_settings


def main() -> None:
    """Create what is missing and migrate what is old; running it again changes nothing."""
    settings = get_settings()
    ensure_warehouse(settings, load_registry(settings.registry_dir).code)
    store, folder = fsspec.core.url_to_fs(settings.landing)
    store.makedirs(folder, exist_ok=True)
    subprocess.run(["airflow", "db", "migrate"], check=True)


if __name__ == "__main__":
    main()
