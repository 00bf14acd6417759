"""An S3 store on 127.0.0.1 that speaks real HTTP, and the settings under which everything here uses it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
import s3fs
from fsspec.config import conf
from moto.server import ThreadedMotoServer

KEY, SECRET = "AKIAKPIREPORTING", "geheim-of-the-store"
NOBODY = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Store:
    """A running store and a bucket of it for one test; ``files`` looks into it as another process would."""

    url: str
    bucket: str

    @property
    def landing(self) -> str:
        return f"s3://{self.bucket}/landing"

    @property
    def files(self) -> Any:
        return s3fs.S3FileSystem(
            endpoint_url=self.url, key=KEY, secret=SECRET, skip_instance_cache=True, use_listings_cache=False
        )

    def names(self) -> list[str]:
        """Every object of the bucket."""
        return sorted(name.removeprefix(f"{self.bucket}/") for name in self.files.find(self.bucket))

    def trust_nobody(self) -> None:
        """From now on keys are checked, and there is none."""
        self._post("reset-auth", b"0")

    def trust_everybody(self) -> None:
        self._post("reset-auth", b"1000000000")

    def _post(self, act: str, data: bytes) -> None:
        urlopen(Request(f"{self.url}/moto-api/{act}", data, {"Content-Type": "text/plain"})).close()


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def s3(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """What FSSPEC_S3_* of the environment says when a process starts."""
    monkeypatch.setitem(conf, "s3", {"endpoint_url": s3_url, "key": KEY, "secret": SECRET})
    store = Store(s3_url, f"bucket-{uuid4().hex[:8]}")
    store.trust_everybody()
    store.files.mkdir(store.bucket)
    yield store
    store.trust_everybody()


def pointed(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    """Change how this process reaches the store."""
    monkeypatch.setitem(conf, "s3", {"endpoint_url": NOBODY, "key": KEY, "secret": SECRET, **settings})
