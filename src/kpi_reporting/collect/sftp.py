"""Files on a sender's SFTP server: told apart by name, time and size, each committed as soon as it is here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

import asyncssh
import tenacity

from kpi_reporting.collect.file_names import (
    FRESH,
    SECOND_LOOK_SECONDS,
    ahead_of_time,
    dated,
    is_ahead,
    is_unfinished,
)
from kpi_reporting.collect.ledger import Ledger, Looks, Payload
from kpi_reporting.collect.outcomes import SftpEndpoint, SourceOutcome
from kpi_reporting.collect.politeness import Pace
from kpi_reporting.collect.refusals import Refused, Temporary
from kpi_reporting.collect.sftp_connection import SftpServer
from kpi_reporting.landing import Landing, media_type
from kpi_reporting.registry.models import Source
from kpi_reporting.warehouse.nights import Night

_CHUNK = 256 * 1024
_IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True)
class _File:
    """``received_at`` is when it was last written, to the second: finer than that SFTP does not tell."""

    path: str
    received_at: datetime
    byte_size: int

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name

    @property
    def looks(self) -> Looks:
        return self.path, self.received_at, self.byte_size


def collect_sftp(
    source: Source, endpoint: SftpEndpoint, night: Night, ledger: Ledger, landing: Landing
) -> SourceOutcome:
    """Collect the files below the source's location as of the night that are not in the ledger.

    What is there under the same name, of the same second and size, is not fetched again. A broken connection is
    made anew, and goes on with what is missing.

    Raises:
        SourceError: the server is unknown, refuses us or is silent, or some files cannot be read or were written on a
            day that is yet to come; the others are kept.
    """
    pace = Pace(source, ledger.bytes_of_night(source))
    visit = _Visit(source, SftpServer(source, endpoint), night, ledger, landing, pace)
    try:
        asyncio.run(visit.until_done())
        if visit.unreadable:
            raise visit.server.cannot_read(visit.unreadable)
    except Refused as refusal:
        raise refusal.error(source) from None
    if visit.ahead:
        raise ahead_of_time(source, visit.ahead)
    return SourceOutcome(source.source_code, visit.received, visit.known)


@dataclass
class _Visit:
    source: Source
    server: SftpServer
    night: Night
    ledger: Ledger
    landing: Landing
    pace: Pace
    received: int = 0
    known: int = 0
    unreadable: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()

    async def until_done(self) -> None:
        """Go through the files, again when the connection breaks."""
        again = tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(self.source.retries + 1),
            wait=tenacity.wait_exponential_jitter(multiplier=0.5, max=10, jitter=0.5),
            retry=tenacity.retry_if_exception_type(Temporary),
            reraise=True,
        )
        await again(self._once)

    async def _once(self) -> None:
        async with self.server.connected() as sftp:
            self.ahead = ()
            found = [file async for file in self._files(sftp, self.source.location)]
            whole = await self._whole(sftp, sorted(found, key=lambda file: file.path))
            there = self.ledger.known_by_looks(self.source, [file.looks for file in whole])
            new = [file for file in whole if file.looks not in there]
            self.known, self.unreadable = len(whole) - len(new) - self.received, ()
            for file in new:
                await asyncio.to_thread(self.pace.before_call)
                await self._take(sftp, file)
                self.pace.spend(file.byte_size)

    async def _files(self, sftp: asyncssh.SFTPClient, folder: str) -> AsyncIterator[_File]:
        """Yield the files of a folder and those below it; links lead nowhere."""
        for entry in await self.server.in_time(sftp.readdir(folder)):
            name, kind = str(entry.filename), entry.attrs.type
            if name in (".", "..") or is_unfinished(name):
                continue
            if kind == asyncssh.FILEXFER_TYPE_DIRECTORY:
                async for file in self._files(sftp, f"{folder}/{name}"):
                    yield file
            elif kind == asyncssh.FILEXFER_TYPE_REGULAR and PurePosixPath(name).match(
                self.source.file_pattern
            ):
                file = _looked_at(f"{folder}/{name}", entry.attrs)
                if is_ahead(file.received_at):
                    self.ahead = (*self.ahead, dated(file.path, file.received_at))
                elif file.received_at <= self.night.as_of:
                    yield file

    async def _whole(self, sftp: asyncssh.SFTPClient, files: list[_File]) -> list[_File]:
        """Look a second time at what was written just before the night."""
        fresh = {file.path for file in files if file.received_at > self.night.as_of - FRESH}
        if not fresh:
            return files
        await asyncio.sleep(SECOND_LOOK_SECONDS)
        return [file for file in files if file.path not in fresh or await self._is_as_it_was(sftp, file)]

    async def _is_as_it_was(self, sftp: asyncssh.SFTPClient, file: _File) -> bool:
        try:
            return _looked_at(file.path, await self.server.in_time(sftp.stat(file.path))) == file
        except asyncssh.SFTPNoSuchFile:
            return False

    async def _take(self, sftp: asyncssh.SFTPClient, file: _File) -> None:
        """Fetch a file and enter it into the ledger, unless it was written to meanwhile: the next night takes it."""
        with SpooledTemporaryFile(_IN_MEMORY) as copy:
            try:
                await self._fetch(sftp, file, cast("BinaryIO", copy))
            except asyncssh.SFTPNoSuchFile:
                return
            except (asyncssh.SFTPPermissionDenied, asyncssh.SFTPFailure) as error:
                self.unreadable = (*self.unreadable, f"{file.path} ({error.__class__.__name__})")
                return
            if not await self._is_as_it_was(sftp, file) or copy.tell() != file.byte_size:
                return
            copy.seek(0)
            stored = self.landing.store(cast("BinaryIO", copy))
        payload = Payload(file.path, file.name, media_type(file.name), file.received_at, stored)
        self.received += self.ledger.record(self.source, [payload])

    async def _fetch(self, sftp: asyncssh.SFTPClient, file: _File, copy: BinaryIO) -> None:
        remote = await self.server.in_time(sftp.open(file.path, "rb"))
        async with remote:
            while chunk := await self.server.in_time(remote.read(_CHUNK)):
                copy.write(cast("bytes", chunk))


def _looked_at(path: str, attrs: asyncssh.SFTPAttrs) -> _File:
    return _File(path, datetime.fromtimestamp(attrs.mtime or 0, UTC), attrs.size or 0)
