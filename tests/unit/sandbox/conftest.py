"""A sandbox province of Thanh Hóa, made once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from kpi_reporting.registry import Registry, load_registry
from sandbox import NIGHT
from sandbox.province import Province, make_province
from tests.workbooks import THANH_HOA

AS_OF = datetime.fromisoformat(NIGHT)


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry(THANH_HOA)


@pytest.fixture(scope="session")
def province(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Province:
    folder: Path = tmp_path_factory.mktemp("sandbox") / "inbox"
    return make_province(folder, AS_OF, registry=registry)
