"""The sandbox's SFTP server, which notes what is read and does to a caller what a test wants."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from sandbox.loopback_sftp import LoopbackSftp
from tests.integration.intake import EVENING

USER_KEY, OTHER_KEY = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))


class Server(LoopbackSftp):
    """An account whose root is a folder; ``before_read`` is called with the path of what is going to be read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, user_key=USER_KEY)
        self.reads: list[str] = []
        self.before_read: Callable[[str, Any], None] = lambda *_: None
        self.hang = False

    def files(self, channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
        return _Files(channel, self)

    def write(self, name: str, data: bytes, at: datetime = EVENING) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (at.timestamp(),) * 2)
        return path


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], server: Server) -> None:
        super().__init__(channel, chroot=os.fsencode(server.root))
        self._of = server

    async def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        self._of.reads.append(path.decode())
        self._of.before_read(path.decode(), self.channel)
        if self._of.hang:
            await asyncio.sleep(30)
        return super().open(path, pflags, attrs)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    root = tmp_path / "account"
    (root / "outgoing").mkdir(parents=True)
    with Server(root) as running:
        yield running
