"""What the readers' tests share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.submissions import Reading, Submission
from kpi_reporting.registry import Registry, load_registry
from tests.workbooks import THANH_HOA

RECEIVED = datetime.fromisoformat("2025-07-16T09:00:00+07:00")


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The registry of Thanh Hóa."""
    return load_registry(THANH_HOA)


@pytest.fixture
def read(registry: Registry) -> Callable[..., Reading]:
    """Read bytes as a submission of a source."""

    def read_bytes(
        data: bytes,
        file_name: str = "bao-cao.xlsx",
        source: str = "communes",
        received_at: datetime = RECEIVED,
    ) -> Reading:
        return read_submission(registry, Submission(1, source, file_name, received_at, "", ""), data)

    return read_bytes
