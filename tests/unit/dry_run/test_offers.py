"""A file that is tried as what a sender's API would give."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kpi_reporting.dry_run.offers import Placed
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.registry.models import Source


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"rows":[{"value":30,"value":3}]}', r"'value' is told twice, at rows\[0\]\.value"),
        (b"[1]", "is no JSON object"),
    ],
)
def test_what_no_api_would_give_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    source = Source.model_validate(
        {
            "source_code": "a",
            "name_vi": "A",
            "kind": "http_api",
            "location": "senders/a",
            "valid_from": "2025-01-01",
        }
    )
    with pytest.raises(KpiReportingError, match=told):
        assert Placed(path, source, "a.json", datetime(2025, 7, 16, tzinfo=UTC)).payload
