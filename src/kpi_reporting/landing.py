"""Landing: the bytes of every payload as they came, named by their hash and never changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO
from uuid import uuid4

import fsspec

from kpi_reporting.errors import KpiReportingError

_CHUNK = 1024 * 1024
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
        self._files, root = fsspec.core.url_to_fs(url)
        self._root = f"{root.rstrip('/')}/{registry_code}"
        self._url = url

    def store(self, stream: BinaryIO) -> Stored:
        """Keep a stream under the hash of what was really written; equal bytes are kept once.

        The final name appears only when every byte is there, so a killed process leaves no half payload.

        Raises:
            KpiReportingError: the landing cannot be written, for instance because the disk is full.
        """
        unfinished = f"{self._root}/unfinished/{uuid4().hex}"
        try:
            sha256, size = self._write(stream, unfinished)
            path = f"{self._root}/{sha256[:2]}/{sha256}"
            self._move(unfinished, path)
        except OSError as error:
            raise KpiReportingError(
                f"The landing {self._url} cannot be written: {error.strerror or error}. "
                "Make room or put the access right, then run the night again; nothing received is lost."
            ) from error
        return Stored(sha256, size, self._files.unstrip_protocol(path))

    def _write(self, stream: BinaryIO, path: str) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        with self._files.open(path, "wb") as target:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += target.write(chunk)
        return digest.hexdigest(), size

    def _move(self, unfinished: str, path: str) -> None:
        if self._files.exists(path):
            self._files.rm_file(unfinished)
            return
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._files.mv(unfinished, path)


def media_type(name: str) -> str:
    """Return the media type that goes with a name."""
    return _MEDIA_TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")
