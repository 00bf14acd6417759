"""Landing: the bytes of every payload as they came, named by their hash and never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from math import inf
from pathlib import PurePosixPath
from tempfile import NamedTemporaryFile
from time import time  # noqa: TID251 - how long a file lies here the machine's clock says
from typing import IO, Any, BinaryIO
from uuid import uuid4

from kpi_reporting.stores import appears_whole, file_system, saying

# Between a payload and its registry's folder in the landing.
LEVELS = 2
_CHUNK = 1024 * 1024
_LEFT_SECONDS = 24 * 3600
_MEDIA_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".csv": "text/csv",
    ".json": "application/json",
}


@dataclass(frozen=True)
class Stored:
    """Bytes that are safe in the landing."""

    sha256: str
    byte_size: int
    uri: str


class Landing:
    """Content-addressed store on any fsspec file system: ``<url>/<registry>/<first two>/<sha256>``."""

    def __init__(self, url: str, registry_code: str) -> None:
        self._files, root = file_system(url)
        self._root = f"{root.rstrip('/')}/{registry_code}"
        self._url = url

    def store(self, stream: BinaryIO) -> Stored:
        """Keep a stream under the hash of what was really written; equal bytes are kept once.

        The final name appears only when every byte is there, so a killed process leaves no half payload.

        Raises:
            StoreError: the landing cannot be written, for instance because the disk is full.
        """
        keep = self._upload if appears_whole(self._files) else self._write
        with saying(self._url, "written", "run the night again; nothing received is lost"):
            sha256, size, path = keep(stream)
        return Stored(sha256, size, self._files.unstrip_protocol(path))

    def sweep(self) -> None:
        """Remove what killed processes left unfinished, a day later: a part of a state secret may be among it.

        What was not finished is not received; its source still has it. Object stores keep nothing unfinished.

        Raises:
            StoreError: it cannot be removed.
        """
        with saying(self._url, "swept"):
            if not appears_whole(self._files) and self._files.exists(self._unfinished):
                for one in self._files.ls(self._unfinished, detail=True):
                    if _written(one) < time() - _LEFT_SECONDS:
                        with suppress(FileNotFoundError):
                            self._files.rm_file(one["name"])

    @property
    def _unfinished(self) -> str:
        return f"{self._root}/unfinished"

    def _write(self, stream: BinaryIO) -> tuple[str, int, str]:
        """Into a folder: a file gets its name by being moved."""
        unfinished = f"{self._unfinished}/{uuid4().hex}"
        self._files.makedirs(self._unfinished, exist_ok=True)
        with self._files.open(unfinished, "wb") as target:
            sha256, size = _copy(stream, target)
        path = self._path(sha256)
        if self._holds(path):
            self._files.rm_file(unfinished)
        else:
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._files.mv(unfinished, path)
        return sha256, size, path

    def _upload(self, stream: BinaryIO) -> tuple[str, int, str]:
        """Into an object store: an object appears when it is whole, and moving it would be copying it.

        Until its name is known, the payload lies in a file of this machine; a killed upload leaves no object behind.
        """
        with NamedTemporaryFile(prefix="kpi-landing-") as whole:
            sha256, size = _copy(stream, whole)
            whole.flush()
            path = self._path(sha256)
            if not self._holds(path):
                self._files.makedirs(self._root, exist_ok=True)
                self._files.put_file(whole.name, path)
        return sha256, size, path

    def _path(self, sha256: str) -> str:
        return f"{self._root}/{sha256[:2]}/{sha256}"

    def _holds(self, path: str) -> bool:
        # Listings of this folder made since are remembered as well.
        self._files.invalidate_cache(path)
        return bool(self._files.exists(path))


def _written(file: Mapping[str, Any]) -> float:
    """When a listed file was written, in seconds; file systems say it as a number, as an instant, or not at all."""
    at = file.get("mtime", inf)
    return at.timestamp() if isinstance(at, datetime) else float(at)


def _copy(stream: BinaryIO, target: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        size += target.write(chunk)
    return digest.hexdigest(), size


def media_type(name: str) -> str:
    """Return the media type that goes with a name."""
    return _MEDIA_TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")
