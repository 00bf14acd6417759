"""Keep the contract for readers: ``write`` it, ``check`` it against the models, ``release`` it.

Writing asks an empty warehouse, migrated for the purpose, about the tables that no model knows. The others read dbt's
manifest only, which parsing leaves in ``dbt_project/target``.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from kpi_reporting import contract
from kpi_reporting.contract.tables import Table
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.runtime.warehouse import running_warehouse
from kpi_reporting.settings import Settings
from kpi_reporting.warehouse import connect

PROJECT = Path(__file__).parents[1]
CONTRACTS = Path("contracts")
MANIFEST = PROJECT / "dbt_project/target/manifest.json"
ANY_REGISTRY = "contract"


def main(command: str) -> str:
    """Return one line about what was done."""
    models = contract.tables_of_models(json.loads(MANIFEST.read_text("utf-8")))
    if command == "write":
        return f"Written: {contract.write(CONTRACTS, models, migrated_tables())}"
    if command == "release":
        return f"Released: version {contract.release(CONTRACTS, models)}"
    return f"Checked: version {contract.check(CONTRACTS, models)}"


def migrated_tables() -> list[Table]:
    """Tables of readers as the migrations make them, in a server of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)  # as root the server runs under another account
        settings = Settings(PROJECT, home, home, home, home.as_uri())
        with running_warehouse(settings, ANY_REGISTRY) as dsn, connect(dsn) as conn:
            return contract.read_tables(conn)


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{main(sys.argv[1])}\n")
    except KpiReportingError as error:
        sys.exit(str(error))
