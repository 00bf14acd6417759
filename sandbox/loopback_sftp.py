"""An SFTP server on this machine's loopback interface, and nothing left when it ends."""

from __future__ import annotations

import asyncio
import hmac
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Self

import asyncssh

from kpi_reporting.collect import SftpEndpoint
from sandbox.listing import SentFile
from sandbox.loopback import ADDRESS, cannot_listen

_USER = "kpi"
_KEY_TYPE = "ssh-ed25519"


class LoopbackSftp:
    """A server that answers inside a ``with`` block; the root of its one account is a folder.

    Its host key and password are made for it alone; ``user_key`` is a public key that lets the account in as well.
    """

    def __init__(self, root: Path, port: int = 0, user_key: asyncssh.SSHKey | None = None) -> None:
        """Listen on a port, or on any free one.

        Raises:
            KpiReportingError: the port is taken.
        """
        self.root, self.user_key = root, user_key
        self.password = token_urlsafe(24)
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self._host_key = asyncssh.generate_private_key(_KEY_TYPE)
        self._started: Future[Callable[[], Any]] = Future()
        self._thread = Thread(target=self._run, daemon=True)
        try:
            self._socket = socket.create_server((ADDRESS, port))
        except OSError as error:
            raise cannot_listen(port, error) from None
        self._port: int = self._socket.getsockname()[1]

    @property
    def endpoint(self) -> SftpEndpoint:
        """Where it answers, by which key it is known, and the account with its password."""
        host_key = self._host_key.export_public_key().decode().strip()
        return SftpEndpoint(ADDRESS, self._port, _USER, host_key, self.password)

    def files(self, channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
        """Return what a call sees: the account's folder as its root."""
        return asyncssh.SFTPServer(channel, chroot=os.fsencode(self.root))

    def __enter__(self) -> Self:
        self._thread.start()
        self._stop = self._started.result()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._answer())
        except Exception as error:
            if self._started.done():
                raise
            self._started.set_exception(error)

    async def _answer(self) -> None:
        """Answer until told to stop; whoever is still there is cut off, busy or not."""
        stopping, loop = asyncio.Event(), asyncio.get_running_loop()
        acceptor = await asyncssh.listen(
            sock=self._socket,
            server_host_keys=[self._host_key],
            server_factory=lambda: _Login(self),
            sftp_factory=self.files,
        )
        self._started.set_result(lambda: loop.call_soon_threadsafe(stopping.set))
        await stopping.wait()
        acceptor.close()
        for connection in list(self.connections):
            connection.abort()
            await connection.wait_closed()
        await acceptor.wait_closed()


class _Login(asyncssh.SSHServer):
    """Who may come in; one for each connection."""

    def __init__(self, server: LoopbackSftp) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._server.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self._connection)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return username == _USER and hmac.compare_digest(password.encode(), self._server.password.encode())

    def public_key_auth_supported(self) -> bool:
        return self._server.user_key is not None

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        known = self._server.user_key
        return username == _USER and known is not None and key.public_data == known.public_data


@contextmanager
def serving(sent_files: Mapping[str, Sequence[SentFile]], port: int = 0) -> Iterator[LoopbackSftp]:
    """Have the files of each folder there inside the block, last written when they were sent.

    They are copies: what a caller writes there is gone with the server.

    Raises:
        KpiReportingError: the port is taken.
    """
    with TemporaryDirectory(prefix="sandbox-sftp-") as name:
        root = Path(name)
        for folder, files in sent_files.items():
            (root / folder).mkdir(parents=True, exist_ok=True)
            for file in files:
                file.lay_below(root)
        with LoopbackSftp(root, port) as server:
            yield server
