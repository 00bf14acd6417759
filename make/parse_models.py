"""Parse the dbt project without a database: resolve the registry's seeds, then write the manifest."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from kpi_reporting.registry import load_registry, resolve

PROJECT = Path(__file__).parents[1]
DBT_PROJECT = PROJECT / "dbt_project"
NOBODY = {f"KPI_DBT_{name}": "nobody" for name in ("HOST", "USER", "PASSWORD", "DBNAME")}


def main() -> int:
    """Return dbt's exit code; the manifest is left in ``dbt_project/target``."""
    with tempfile.TemporaryDirectory() as seeds:
        resolve(load_registry(DBT_PROJECT / "seeds/thanh_hoa"), Path(seeds))
        environment = {
            **os.environ,
            **NOBODY,
            "KPI_DBT_PORT": "5432",
            "KPI_RESOLVED_SEEDS": seeds,
            "DBT_LOG_PATH": seeds,
        }
        command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "parse", "--profiles-dir", "."]
        return subprocess.run(command, cwd=DBT_PROJECT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
