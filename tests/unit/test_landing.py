from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.landing import Landing
from tests.killed import Killed


def files_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_bytes_are_kept_once_under_their_hash(tmp_path: Path) -> None:
    landing = Landing(f"file://{tmp_path}", "thanh_hoa")
    first, second = (landing.store(io.BytesIO(b"so lieu")) for _ in range(2))
    sha256 = hashlib.sha256(b"so lieu").hexdigest()
    assert first == second
    assert (first.sha256, first.byte_size) == (sha256, 7)
    assert files_of(tmp_path) == [f"thanh_hoa/{sha256[:2]}/{sha256}"]
    assert Path(first.uri.removeprefix("file://")).read_bytes() == b"so lieu"


def test_a_payload_larger_than_a_chunk_is_whole(tmp_path: Path) -> None:
    data = b"0123456789" * 300_000
    stored = Landing(f"file://{tmp_path}", "x").store(io.BytesIO(data))
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert Path(stored.uri.removeprefix("file://")).read_bytes() == data


def test_a_killed_write_leaves_nothing_under_a_final_name(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        Landing(f"file://{tmp_path}", "x").store(Killed(b"abc"))
    assert [name for name in files_of(tmp_path) if not name.startswith("x/unfinished/")] == []


def test_what_a_killed_write_left_goes_a_day_later_and_what_is_being_written_stays(tmp_path: Path) -> None:
    landing = Landing(f"file://{tmp_path}", "x")
    landing.sweep()
    kept = landing.store(io.BytesIO(b"so lieu"))
    for name, hours in (("left", 25), ("writing", 23)):
        path = tmp_path / "x/unfinished" / name
        path.write_bytes(b"abc")
        os.utime(path, (path.stat().st_mtime - hours * 3600,) * 2)
    os.utime(tmp_path / "x" / kept.sha256[:2] / kept.sha256, (0, 0))
    landing.sweep()
    assert files_of(tmp_path) == sorted(["x/unfinished/writing", f"x/{kept.sha256[:2]}/{kept.sha256}"])


class OnServer(LocalFileSystem):
    """Files whose listings say their times as a server's file system says them."""

    protocol = "onserver"
    says: ClassVar[Callable[[float], dict[str, object]]]

    def ls(self, path: str, detail: bool = False, **said: object) -> list[object]:
        found = super().ls(path, detail=True, **said)
        return [
            {name: value for name, value in one.items() if name != "mtime"} | OnServer.says(one["mtime"])
            for one in found
        ]


@pytest.mark.parametrize(
    ("says", "stays"),
    [
        (lambda at: {"mtime": datetime.fromtimestamp(at, UTC)}, ["new"]),
        (lambda at: {"modify": str(at)}, ["new", "old"]),
    ],
)
def test_when_a_file_was_written_is_understood_or_left_open(
    tmp_path: Path,
    says: Callable[[float], dict[str, object]],
    stays: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fsspec.register_implementation("onserver", OnServer, clobber=True)
    monkeypatch.setattr(OnServer, "says", staticmethod(says), raising=False)
    landing = Landing(f"onserver://{tmp_path}", "x")
    landing.store(io.BytesIO(b"so lieu"))
    for name, hours in (("old", 25), ("new", 23)):
        path = tmp_path / "x/unfinished" / name
        path.write_bytes(b"abc")
        os.utime(path, (path.stat().st_mtime - hours * 3600,) * 2)
    landing.sweep()
    assert sorted(path.name for path in (tmp_path / "x/unfinished").iterdir()) == stays


def test_a_landing_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("a file where a folder should be")
    with pytest.raises(KpiReportingError, match="cannot be written"):
        Landing(f"file://{tmp_path}", "x").store(io.BytesIO(b"abc"))
