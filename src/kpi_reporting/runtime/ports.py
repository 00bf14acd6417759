"""Ports of our services on the loopback interface: chosen once, remembered, chosen anew when somebody else took one."""

from __future__ import annotations

import socket
import sys

from kpi_reporting.errors import WarehouseError
from kpi_reporting.settings import Settings
from kpi_reporting.whole_files import write_whole

_reserved: dict[int, socket.socket] = {}


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def claim(settings: Settings, name: str, preferred: int = 0) -> int:
    """Return the remembered port of a service, or a free one that is remembered from now on.

    Until this process ends no other checkout claims it: Airflow listens only seconds later.
    """
    remembered = _remembered(settings, name)
    wanted = remembered or preferred
    port = wanted if wanted and is_free(wanted) and _reserve(wanted) else _any_free()
    if port != remembered:
        write_whole(settings.home / "ports" / name, str(port))
    return port


def known(settings: Settings, name: str, preferred: int = 0) -> int:
    """Return the remembered port of a service, whoever listens there; claim one before its first start."""
    return _remembered(settings, name) or claim(settings, name, preferred)


def _remembered(settings: Settings, name: str) -> int | None:
    try:
        return settings.port(name)
    except WarehouseError:
        return None


def _any_free() -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if _reserve(port):
            return port


def _reserve(port: int) -> bool:
    """Take the port's name among Linux's abstract sockets, which the kernel frees with the process."""
    if sys.platform != "linux" or port in _reserved:
        return True
    name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        name.bind(f"\0kpi-reporting-port-{port}")
    except OSError:
        name.close()
        return False
    _reserved[port] = name
    return True
