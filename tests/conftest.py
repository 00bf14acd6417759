"""What all tests share: a real PostgreSQL for those that need one, no network for those that must not."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import sharing

TESTS = Path(__file__).parent


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share tests out among processes, if there are several."""
    return sharing.scheduler(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test by the folder it lies in; with several processes, begin with what takes long."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: sharing.place_of(item.nodeid))
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder == "corpus":
            item.add_marker("unit")
        elif folder in {"unit", "dags", "integration", "browser"}:
            item.add_marker(folder)
        elif folder == "golden":
            item.add_marker("integration")
        elif folder == "engine":
            item.add_marker("integration" if "warehouse_dsn" in getattr(item, "fixturenames", ()) else "unit")


@pytest.fixture(autouse=True)
def no_network_in_unit_tests(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a unit test that connects to anything, this machine included."""
    if request.node.get_closest_marker("unit") is None:
        return

    def refuse(_: socket.socket, address: Any) -> None:
        raise AssertionError(f"a unit test must not connect, here to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A home folder of the test session that every account may pass, as the embedded server needs it."""
    folder = Path(tempfile.mkdtemp(prefix="kpi-tests-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def settings(home: Path) -> Iterator[Any]:
    """Settings of the test session; ``get_settings()`` returns the same ones."""
    from kpi_reporting.settings import get_settings

    with pytest.MonkeyPatch.context() as environment:
        for name in (
            "KPI_DSN",
            "KPI_DSN_FILE",
            "KPI_LANDING",
            "KPI_ANSWERS",
            "KPI_REGISTRY",
            "KPI_INBOX",
            "KPI_PROJECT",
        ):
            environment.delenv(name, raising=False)
        environment.setenv("KPI_HOME", str(home))
        yield get_settings()


@pytest.fixture(scope="session")
def postgres(settings: Any) -> Iterator[Any]:
    """The embedded PostgreSQL, running as long as the session."""
    from kpi_reporting.runtime.postgres import EmbeddedPostgres
    from tests.databases import hurry

    server = EmbeddedPostgres(settings)
    with server.running():
        hurry(settings)
        yield server


@pytest.fixture(scope="module")
def warehouse_dsn(settings: Any, postgres: Any) -> Iterator[str]:
    """Address of an empty, freshly migrated warehouse of Thanh Hóa, for this test module alone."""
    from kpi_reporting.runtime.warehouse import ensure_warehouse
    from tests.databases import REGISTRY_CODE, drop_warehouse

    ensure_warehouse(settings, REGISTRY_CODE)
    yield settings.warehouse_dsn(REGISTRY_CODE)
    drop_warehouse(settings)
