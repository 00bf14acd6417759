"""An SFTP server on 127.0.0.1 with a key of its own, and an account whose root is a folder."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from kpi_reporting.collect import SftpEndpoint
from tests.integration.intake import EVENING

HOST_KEY, USER_KEY, OTHER_KEY = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(3))
PASSWORD = "geheim"


class Login(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("kpi", PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == "kpi" and key.public_data == USER_KEY.public_data


@dataclass
class Server:
    """An SFTP server in a thread; ``before_read`` is called with the path of what is going to be read."""

    root: Path
    port: int = 0
    reads: list[str] = field(default_factory=list)
    before_read: Callable[[str, Any], None] = lambda *_: None
    hang: bool = False

    def endpoint(self, **changes: Any) -> SftpEndpoint:
        host_key = HOST_KEY.export_public_key().decode()
        return replace(SftpEndpoint("127.0.0.1", self.port, "kpi", host_key, PASSWORD), **changes)

    def write(self, name: str, data: bytes, at: datetime = EVENING) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (at.timestamp(),) * 2)
        return path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The root of the account is a folder; every opened file is noted."""
    running = Server(tmp_path / "account")
    (running.root / "outgoing").mkdir(parents=True)

    class Files(asyncssh.SFTPServer):
        def __init__(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
            super().__init__(chan, chroot=str(running.root).encode())

        async def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            running.reads.append(path.decode())
            running.before_read(path.decode(), self.channel)
            if running.hang:
                await asyncio.sleep(30)
            return super().open(path, pflags, attrs)

    loop = asyncio.new_event_loop()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[HOST_KEY], server_factory=Login, sftp_factory=Files
        )

    acceptor = loop.run_until_complete(listen())
    running.port = acceptor.get_port()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield running
    loop.call_soon_threadsafe(acceptor.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
