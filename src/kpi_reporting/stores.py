"""Stores of files: a folder, or an object store such as S3, behind any fsspec URL.

Each file system has errors of its own, which are often no ``OSError``, as botocore's. Here they become sentences.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath

import fsspec
from fsspec.asyn import AsyncFileSystem

from kpi_reporting.errors import KpiReportingError, StoreError
from kpi_reporting.settings import Settings

_PASSWORD = re.compile(r"//[^/@\s]+@")
_S3 = ("s3://", "s3a://")
_ADVICE_S3 = (
    "Check its address (FSSPEC_S3_ENDPOINT_URL), its key (AWS_SHARED_CREDENTIALS_FILE, or AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY), what that key may do, and the bucket"
)
_ADVICE = "Make room or put the access right"
# What a file system says in Python's own words about a URL; any other of Python's errors is a defect.
_OF_A_URL = (OSError, ValueError, NotImplementedError)


def refuse_unusable(settings: Settings) -> None:
    """Refuse a landing or a place for answers whose kind of URL this installation cannot use; asks no server.

    Raises:
        StoreError: the package for it is not installed, there is no such kind, or what lies there could not be found
            again by its address.
    """
    for url in (settings.landing, settings.answers_url):
        _refuse_forgotten(url)
        file_system(url)


def _refuse_forgotten(url: str) -> None:
    """Where a file lies is kept without the host and the account of some kinds, so that no password is kept either."""
    with suppress(ImportError, ValueError):  # told by what opens the address
        protocol, _ = fsspec.core.split_protocol(url)
        kind = fsspec.get_filesystem_class(protocol)
        kept = kind._get_kwargs_from_urls(f"{protocol}://{kind._strip_protocol(url)}")
        if lost := sorted(kind._get_kwargs_from_urls(url).keys() - kept.keys()):
            names = ", ".join(f"FSSPEC_{protocol.upper()}_{name.upper()}" for name in lost)
            raise StoreError(
                f"{shown(url)} says where the store is and who asks, which no address of a file keeps: give {names} in "
                f"the environment, and write {protocol}:///path/to/folder.",
                is_unreachable=True,
            )


def file_system(url: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """Return the file system behind a URL, and the path there, with nothing remembered of what lies there.

    One instance serves a whole process and believes every listing it made; others store and remove meanwhile.

    Raises:
        StoreError: the package for it is not installed, there is no such kind, or it cannot be reached.
    """
    try:
        with saying(url, "used"):
            files, path = fsspec.core.url_to_fs(url)
            files.invalidate_cache(path)
    except ImportError as error:
        raise StoreError(
            f"{shown(url)} needs a package that is not installed: {error}. Install it beside kpi-reporting – for "
            "s3:// `pip install -r docker/requirements.txt` – or name a folder: file:///path/to/folder.",
            is_unreachable=True,
        ) from None
    if url.startswith(_S3) and not path.strip("/"):
        raise StoreError(
            f"{url} names no bucket: write s3://bucket, or s3://bucket/folder.", is_unreachable=True
        )
    return files, path


def appears_whole(files: fsspec.AbstractFileSystem) -> bool:
    """Tell whether a file appears when all of it is there, as in object stores; in a folder it grows under its name."""
    return isinstance(files, AsyncFileSystem)


@contextmanager
def saying(url: str, done: str, then: str = "run the night again") -> Iterator[None]:
    """Say what a file system could not do, why, and what to do about it.

    Raises:
        StoreError: it could not be done; no password of the URL is told.
    """
    try:
        yield
    except KpiReportingError:
        raise
    except Exception as error:
        if type(error).__module__ == "builtins" and not isinstance(error, _OF_A_URL):
            raise
        answered = isinstance(error, OSError) and not isinstance(error, ConnectionError | TimeoutError)
        message = f"{shown(url)} cannot be {done}: {_reason(error)}. {_advice(url, error)}, then {then}."
        raise StoreError(message, is_unreachable=not answered) from None


def read(uri: str) -> bytes | None:
    """Return the bytes of a file, or None when it is gone.

    Raises:
        StoreError: they cannot be read, or the whole bucket is not there.
    """
    files, path = file_system(uri)
    with saying(uri, "read"):
        try:
            data: bytes = files.cat_file(path)
        except FileNotFoundError:
            # The bucket of an object store; a folder's path begins with the root, which is always there.
            if not files.exists(PurePosixPath(path).parts[0]):
                raise
            return None
        return data


def remove(uri: str, levels: int) -> None:
    """Remove a file and every earlier version of it; one that is gone already counts as removed.

    Unless the folder ``levels`` above it is missing as well: a disk is not mounted, or the address is another store's.

    Raises:
        StoreError: it cannot be removed.
    """
    files, path = file_system(uri)
    with saying(uri, "removed"):
        try:
            files.rm_file(path)
        except FileNotFoundError:
            if not files.exists(str(PurePosixPath(path).parents[levels - 1])):
                raise
        if uri.startswith(_S3):
            _remove_versions(files, path)


def _remove_versions(files: fsspec.AbstractFileSystem, path: str) -> None:
    """A bucket that keeps versions keeps what was deleted; a store that knows no versions has none."""
    bucket, key, _ = files.split_path(path)
    try:
        found = files.call_s3("list_object_versions", Bucket=bucket, Prefix=key)
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise
        return
    for version in [*found.get("Versions", []), *found.get("DeleteMarkers", [])]:
        if version["Key"] == key:
            files.call_s3("delete_object", Bucket=bucket, Key=key, VersionId=version["VersionId"])


def shown(text: str) -> str:
    """Return a URL, or text with URLs in it, without passwords."""
    return _PASSWORD.sub("//***@", text)


def _reason(error: Exception) -> str:
    told = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return shown(" ".join(str(told).split())).rstrip(".")


def _advice(url: str, error: Exception) -> str:
    if "Protocol not known" in str(error):
        return "Write s3://bucket, file:///path/to/folder or another address that fsspec knows"
    return _ADVICE_S3 if url.startswith(_S3) else _ADVICE
