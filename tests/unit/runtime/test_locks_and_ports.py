"""Locks that die with their holder, ports that are remembered."""

from __future__ import annotations

import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kpi_reporting.errors import WarehouseError
from kpi_reporting.runtime import locks, ports
from kpi_reporting.settings import Settings, get_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(get_settings(), home=tmp_path)


def test_only_one_is_inside(tmp_path: Path) -> None:
    lock = tmp_path / "run" / "lock"
    with locks.exclusive(lock):
        assert locks.is_held(lock)
        assert not locks.hold(lock)
    assert not locks.is_held(lock)


def test_a_user_is_the_sole_one_when_the_others_left(tmp_path: Path) -> None:
    first, second = locks.users(tmp_path / "users"), locks.users(tmp_path / "users")
    assert not locks.sole_user(first)
    second.close()
    assert locks.sole_user(first)
    first.close()


def test_a_port_is_remembered(settings: Settings) -> None:
    port = ports.claim(settings, "airflow")
    assert ports.claim(settings, "airflow") == settings.port("airflow") == port


def test_a_port_somebody_else_took_is_replaced(settings: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert not ports.is_free(taken)
        assert ports.claim(settings, "airflow", preferred=taken) != taken
        assert settings.port("airflow") != taken


def test_a_remembered_port_that_was_cut_off_is_chosen_anew(settings: Settings) -> None:
    """An earlier release could leave an empty file when it was ended while it wrote."""
    (settings.home / "ports").mkdir()
    for found in ("", "\n", "54a"):
        (settings.home / "ports" / "postgres").write_text(found)
        with pytest.raises(WarehouseError, match="run `kpi-reporting up`"):
            settings.port("postgres")
        assert ports.known(settings, "postgres") == settings.port("postgres") > 0


def test_a_port_that_stays_is_not_written_again(settings: Settings) -> None:
    port = ports.claim(settings, "airflow")
    written = (settings.home / "ports" / "airflow").stat().st_ino
    assert ports.claim(settings, "airflow") == port
    assert (settings.home / "ports" / "airflow").stat().st_ino == written


def test_a_port_in_use_by_ourselves_stays_known(settings: Settings) -> None:
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", 0))
        ours.listen()
        (settings.home / "ports").mkdir()
        (settings.home / "ports" / "airflow").write_text(str(ours.getsockname()[1]))
        assert ports.known(settings, "airflow") == ours.getsockname()[1]


@pytest.mark.skipif(sys.platform != "linux", reason="abstract sockets are Linux's")
def test_a_port_another_checkout_is_about_to_use_is_left_to_it(settings: Settings) -> None:
    """Its Airflow does not listen yet: seconds pass between the claim and the first call."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        wanted = probe.getsockname()[1]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.bind(f"\0kpi-reporting-port-{wanted}")
        assert ports.is_free(wanted)
        assert ports.claim(settings, "airflow", preferred=wanted) != wanted
