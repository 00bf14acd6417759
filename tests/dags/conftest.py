"""Airflow for parsing DAG files: a throw-away home, no examples, no database."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]

# Airflow reads its configuration at import, before any fixture could run.
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="kpi-airflow-")
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(PROJECT / "dags")
sys.path.insert(0, str(PROJECT / "dags"))  # as Airflow does for its bundle
os.environ["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] = "False"


@pytest.fixture(scope="session")
def dag_bag() -> Any:
    """All DAG files, parsed once."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(dag_folder=str(PROJECT / "dags"))
