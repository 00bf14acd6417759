"""A severity changed for a rule that nobody has starts no night: it would change nothing, and nobody would notice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kpi_reporting.errors import RegistryError
from kpi_reporting.warehouse import connect
from tests.golden.cases import HERE as GOLDEN
from tests.golden.chain import run_night, settings_for


def test_the_row_is_named_and_no_night_is_opened(warehouse_dsn: str, tmp_path: Path) -> None:
    registry = shutil.copytree(GOLDEN / "registry", tmp_path / "registry")
    with (registry / "rule_overrides.csv").open("a", encoding="utf-8") as file:
        file.write("B-01.no_such_rule,90001,warning,2025-07-01,,Đang sửa phần mềm,Công văn 3,false\n")
    settings = settings_for(warehouse_dsn, tmp_path / "home")
    with pytest.raises(
        RegistryError, match=r"rule_overrides.csv, row 2, column rule_id, found 'B-01.no_such"
    ):
        run_night(settings, registry, tmp_path / "inbox", "2025-07-17T01:00:00+07:00")
    with connect(warehouse_dsn) as conn:
        assert conn.execute("select from raw.nights").fetchall() == []
