"""The landing in an object store, over real HTTP: what is kept, what a failure leaves and what it says."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pytest
from moto.server import ThreadedMotoServer

from kpi_reporting import stores
from kpi_reporting.errors import StoreError
from kpi_reporting.landing import LEVELS, Landing
from tests.integration.s3_store import KEY, NOBODY, SECRET, Store, pointed, s3, s3_url
from tests.killed import Killed

DATA = b"so lieu"
SHA256 = hashlib.sha256(DATA).hexdigest()
NAME = f"landing/x/{SHA256[:2]}/{SHA256}"


def versions(s3: Store) -> list[dict[str, Any]]:
    found = s3.files.call_s3("list_object_versions", Bucket=s3.bucket)
    return [*found.get("Versions", []), *found.get("DeleteMarkers", [])]


def kept(s3: Store, data: bytes = DATA) -> Any:
    return Landing(s3.landing, "x").store(io.BytesIO(data))


@pytest.mark.parametrize("data", [DATA, b"", b"0123456789" * 300_000], ids=["small", "empty", "large"])
def test_bytes_are_kept_once_under_their_hash(s3: Store, data: bytes) -> None:
    first, second = (kept(s3, data) for _ in range(2))
    sha256 = hashlib.sha256(data).hexdigest()
    assert first == second
    assert (first.sha256, first.byte_size) == (sha256, len(data))
    assert s3.names() == [f"landing/x/{sha256[:2]}/{sha256}"]
    assert first.uri == f"s3://{s3.bucket}/{s3.names()[0]}"
    assert stores.read(first.uri) == data


def test_an_object_that_is_there_is_not_sent_again(s3: Store) -> None:
    s3.files.make_bucket_versioned(s3.bucket)
    kept(s3)
    kept(s3)
    assert [one["Key"] for one in versions(s3)] == [NAME]


def test_a_killed_upload_leaves_no_object_and_the_next_one_is_whole(s3: Store) -> None:
    with pytest.raises(KeyboardInterrupt):
        Landing(s3.landing, "x").store(Killed(DATA))
    assert s3.names() == []
    assert stores.read(kept(s3).uri) == DATA


def test_a_store_that_goes_away_during_an_upload_holds_nothing_until_the_next_one(
    s3: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    first.start()
    port = first.get_host_and_port()[1]
    pointed(monkeypatch, endpoint_url=f"http://127.0.0.1:{port}")

    class Failing(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            if not self.tell():
                first.stop()
            return super().read(4)

    with pytest.raises(StoreError, match="cannot be written: Could not connect"):
        Landing(s3.landing, "x").store(Failing(DATA))
    assert s3.names() == []
    again = ThreadedMotoServer("127.0.0.1", port=port, verbose=False)
    again.start()
    assert stores.read(kept(s3).uri) == DATA
    again.stop()


def test_a_bucket_that_is_missing_is_made_as_a_folder_is(s3: Store) -> None:
    stored = Landing(f"s3://{s3.bucket}-new", "x").store(io.BytesIO(DATA))
    assert stores.read(stored.uri) == DATA


def test_what_another_process_stored_or_removed_is_seen_though_this_one_listed_the_folder(s3: Store) -> None:
    """A file system remembers what it listed, and one instance serves the whole process."""
    landing = Landing(s3.landing, "x")
    landing.store(io.BytesIO(DATA))
    here, _ = fsspec.core.url_to_fs(s3.landing)
    folder = f"{s3.bucket}/{NAME}".rpartition("/")[0]
    assert len(here.ls(folder)) == 1
    s3.files.rm_file(f"{s3.bucket}/{NAME}")
    landing.store(io.BytesIO(DATA))
    assert s3.names() == [NAME]

    here.ls(folder)
    s3.files.rm_file(f"{s3.bucket}/{NAME}")
    assert stores.read(f"s3://{s3.bucket}/{NAME}") is None
    kept(s3)

    here.ls(folder)
    s3.files.pipe_file(f"{folder}/other", b"")
    assert len(here.ls(folder)) == 1, "the listing is the remembered one, or this test shows nothing"
    assert stores.read(f"s3://{folder}/other") == b""
    stores.remove(f"s3://{folder}/other", LEVELS)
    assert s3.names() == [NAME]


def test_no_version_of_what_is_removed_stays_in_a_bucket_that_keeps_versions(s3: Store) -> None:
    s3.files.make_bucket_versioned(s3.bucket)
    uri = kept(s3).uri
    s3.files.pipe_file(f"{s3.bucket}/{NAME}", b"spoilt")
    s3.files.pipe_file(f"{s3.bucket}/{NAME}0", b"another object")
    stores.remove(uri, LEVELS)
    stores.remove(uri, LEVELS)
    assert [one["Key"] for one in versions(s3)] == [f"{NAME}0"]


def test_a_landing_that_is_not_there_is_not_taken_for_one_without_the_file(s3: Store, tmp_path: Path) -> None:
    away = f"s3://{s3.bucket}-away/{NAME}"
    for act in (lambda: stores.read(away), lambda: stores.remove(away, LEVELS)):
        with pytest.raises(StoreError, match="The specified bucket does not exist"):
            act()
    with pytest.raises(StoreError, match="No such file or directory"):
        stores.remove(f"file://{tmp_path}/{NAME}", LEVELS)
    (tmp_path / "landing/x").mkdir(parents=True)
    stores.remove(f"file://{tmp_path}/{NAME}", LEVELS)


def refused(s3: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    pointed(monkeypatch, endpoint_url=s3.url)
    s3.trust_nobody()
    return "The AWS Access Key Id you provided does not exist"


def unreachable(_: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    pointed(monkeypatch, endpoint_url=NOBODY)
    return "Could not connect to the endpoint URL"


def without_key(s3: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setitem(stores.fsspec.config.conf, "s3", {"endpoint_url": s3.url})
    return "Unable to locate credentials"


@pytest.mark.parametrize("fault", [refused, unreachable, without_key])
def test_a_store_that_cannot_be_used_says_why_and_what_to_do_and_no_credential(
    s3: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: Callable[[Store, pytest.MonkeyPatch], str],
) -> None:
    reason = fault(s3, monkeypatch)
    uri = f"s3://{s3.bucket}/{NAME}"
    for act, done in (
        (lambda: kept(s3), "written"),
        (lambda: stores.read(uri), "read"),
        (lambda: stores.remove(uri, LEVELS), "removed"),
    ):
        with pytest.raises(StoreError) as error:
            act()
        told = str(error.value)
        assert told.startswith(f"s3://{s3.bucket}/")
        # What is read is asked for with HEAD or GET first, and a refusal of HEAD has no words of its own.
        assert f"cannot be {done}: {reason}" in told or f"cannot be {done}: Forbidden" in told
        assert "Check its address (FSSPEC_S3_ENDPOINT_URL), its key" in told
        logged = "".join(traceback.format_exception(error.value)) + caplog.text
        assert "botocore" not in logged
        assert not [word for word in (SECRET, KEY) if word in logged + told]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("s3://landing", "s3://landing needs a package that is not installed: Install s3fs to access S3."),
        ("s4://landing", "s4://landing cannot be used: Protocol not known: s4. Write s3://bucket,"),
        ("s3://", "s3:// names no bucket: write s3://bucket"),
    ],
)
@pytest.mark.parametrize("variable", ["KPI_LANDING", "KPI_ANSWERS"])
def test_an_address_that_cannot_be_used_ends_in_one_sentence_before_anything_starts(
    tmp_path: Path, variable: str, url: str, sentence: str
) -> None:
    absent = tmp_path / "absent"
    absent.mkdir()
    if url == "s3://landing":
        (absent / "s3fs.py").write_text("raise ModuleNotFoundError('No module named s3fs')")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("kpi-reporting")), "up"],
        env={
            "KPI_HOME": str(tmp_path / "home"),
            "PYTHONPATH": str(absent),
            "PATH": "/usr/bin:/bin",
            variable: url,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr[: len(sentence)]) == (2, sentence)
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "home").exists()
