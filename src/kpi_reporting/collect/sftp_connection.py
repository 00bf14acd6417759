"""A connection to one SFTP server: only to the one whose key we were given, only as long as it answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import asyncssh

from kpi_reporting.collect.outcomes import SftpEndpoint
from kpi_reporting.collect.refusals import Refused, Silent, Temporary
from kpi_reporting.registry.models import Source

_Result = TypeVar("_Result")
_CONNECTION = "(Airflow, Admin, Connections)"


class SftpServer:
    """A source's server; ``place`` is its address without user or secret."""

    def __init__(self, source: Source, endpoint: SftpEndpoint) -> None:
        self._endpoint = endpoint
        self._seconds = source.timeout_seconds
        self._connection_id = source.connection_id
        self.place = f"sftp://{endpoint.host}:{endpoint.port}/{source.location}"

    async def in_time(self, call: Awaitable[_Result]) -> _Result:
        """Wait for an answer as long as the source allows.

        Raises:
            TimeoutError: nothing came.
        """
        async with asyncio.timeout(self._seconds):
            return await call

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[asyncssh.SFTPClient]:
        """Have a client inside the block.

        Raises:
            Refused: what went wrong, here or inside.
        """
        try:
            async with await self._connect() as connection:
                sftp = connection.start_sftp_client(path_errors="surrogateescape")
                async with await self.in_time(sftp) as client:
                    yield client
        except (asyncssh.Error, OSError) as error:
            raise self._refused(error) from None

    async def _connect(self) -> asyncssh.SSHClientConnection:
        """Use what the connection says and nothing of this machine: no agent, no keys or settings of its user."""
        key, password = self._private_key(), self._endpoint.password or None
        return await asyncssh.connect(
            self._endpoint.host,
            self._endpoint.port,
            username=self._endpoint.user,
            password=None if key else password,
            client_keys=[key] if key else None,
            known_hosts=([self._host_key()], [], []),
            agent_path=None,
            config=None,
            preferred_auth="publickey" if key else "password",
            connect_timeout=self._seconds,
            login_timeout=self._seconds,
            keepalive_interval=self._seconds,
        )

    def _host_key(self) -> asyncssh.SSHKey:
        try:
            return asyncssh.import_public_key(self._endpoint.host_key)
        except asyncssh.KeyImportError:
            raise self._without_host_key() from None

    def _private_key(self) -> asyncssh.SSHKey | None:
        try:
            return (
                asyncssh.import_private_key(self._endpoint.private_key)
                if self._endpoint.private_key
                else None
            )
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
            raise self._bad_private_key() from None

    def _without_host_key(self) -> Refused:
        return Refused(
            f"Chưa khai báo khóa máy chủ của {self.place}.",
            f"The connection {self._connection_id!r} has no host key, so {self.place} cannot be told from another one.",
            f"Get the server's public key from its owner by another way than the network, and put it as host_key into "
            f"the extra of {self._connection_id!r} {_CONNECTION}.",
        )

    def _bad_private_key(self) -> Refused:
        return Refused(
            f"Khóa riêng để đăng nhập {self.place} không dùng được.",
            f"The private key of the connection {self._connection_id!r} cannot be read, or asks for a passphrase.",
            f"Put a PEM or OpenSSH key without passphrase into the extra of {self._connection_id!r} {_CONNECTION}.",
        )

    def cannot_read(self, paths: Sequence[str]) -> Refused:
        """Return why a visit is not complete."""
        names = ", ".join(paths)
        return Refused(
            f"Không mở được {len(paths)} tệp: {names}.",
            f"{len(paths)} files of {self.place} cannot be read: {names}. The other files are collected.",
            "Have the sender give our account the right to read these files, then retry this source.",
        )

    def _refused(self, error: Exception) -> Refused:
        if isinstance(error, asyncssh.HostKeyNotVerifiable):
            return self._other_host()
        if isinstance(error, TimeoutError):
            return self._silent()
        if isinstance(error, asyncssh.PermissionDenied):
            return self._not_let_in()
        if isinstance(
            error, asyncssh.SFTPNoSuchFile | asyncssh.SFTPPermissionDenied | asyncssh.SFTPNoSuchPath
        ):
            return self._no_location()
        return Temporary(
            f"Không kết nối được với {self.place}.",
            f"{self.place} cannot be reached, or broke off ({error.__class__.__name__}).",
            "Check the address of the connection and the network, then retry this source.",
        )

    def _other_host(self) -> Refused:
        return Refused(
            f"Máy chủ {self.place} đưa ra khóa khác với khóa đã khai báo.",
            f"{self.place} shows another host key than that of {self._connection_id!r}; nothing was sent to it.",
            "Ask the server's owner, not over this network, whether the key was changed; only then replace host_key.",
        )

    def _silent(self) -> Refused:
        return Silent(
            f"{self.place} không trả lời trong {self._seconds} giây.",
            f"{self.place} gave no answer in {self._seconds} s; what came before is kept.",
            "Ask the sender whether its server runs, then retry this source.",
        )

    def _not_let_in(self) -> Refused:
        return Refused(
            f"{self.place} từ chối đăng nhập.",
            f"{self.place} refuses the user and the credentials of the connection.",
            f"Renew the password or key of {self._connection_id!r} {_CONNECTION}, then retry this source.",
        )

    def _no_location(self) -> Refused:
        return Refused(
            f"Không mở được thư mục {self.place}.",
            f"The folder {self.place} does not exist, or our account may not list it.",
            "Compare the source's location with the folder the sender gave, seen from the account's own folder.",
        )
