"""Nights whose landing and answers lie in an object store end as those in folders do."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

import io
import logging
import os
import shutil
import time
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kpi_reporting.collect import Endpoint, collect_batch, collect_source
from kpi_reporting.errors import KpiReportingError, StoreError
from kpi_reporting.readers import ReadSummary, read, read_new
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night
from tests.integration.intake import EVENING, conn, drop, night, registry, rows, server, states
from tests.integration.s3_store import KEY, NOBODY, SECRET, Store, pointed, s3, s3_url
from tests.integration.sender_server import Server, item, pages_of
from tests.workbooks import hs01, list_rows, saved, stamp, workbook

MARKED = saved(workbook([*stamp("HS-01", "14758", "2025-M07"), ["TUYỆT MẬT"], *list_rows([("1.1", 77)])]))
PAYLOAD = {"form": "HS-01", "version": 1, "unit": "so-y-te", "period": "2025-M07",
           "rows": [{"item": "1.1", "value": 12.5}]}  # fmt: skip
LEDGER = "select origin, sha256, byte_size, reverse(split_part(reverse(landing_uri), '/', 1)) from raw.submissions order by 1"
READ = "select sheet_name, row_number, cells::text from raw.sheet_rows order by 1, 2, 3"


def archive(**members: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as target:
        for name, data in members.items():
            target.writestr(f"{name}.xlsx", data)
    return kept.getvalue()


def dropped(night: Night) -> None:
    good = hs01()
    drop(night, "communes/a.xlsx", good)
    drop(night, "communes/b copy of a.xlsx", good, EVENING.replace(hour=21))
    drop(night, "communes/broken.xlsx", good[:2000])
    drop(night, "communes/several.zip", archive(c=hs01("14797"), d=hs01("14812")))
    drop(night, "communes/secret.xlsx", MARKED)


def collected_and_read(conn: psycopg.Connection, registry: Registry, night: Night, landing: str) -> list[Any]:
    """What a night leaves in the ledger and the warehouse; then nothing of it is left."""
    collect_source(conn, registry, night, "communes", None, landing)
    summary = read_new(conn, registry, night, landing)
    left = [summary, states(conn), rows(conn, LEDGER), rows(conn, READ)]
    conn.rollback()
    with conn.transaction():
        conn.execute("truncate raw.submissions, raw.submission_states, raw.readings, raw.sheet_rows cascade")
    return left


def test_a_night_leaves_the_same_ledger_rows_and_states_as_on_a_folder(
    conn: psycopg.Connection, registry: Registry, night: Night, s3: Store, tmp_path: Path
) -> None:
    dropped(night)
    in_folder, in_store = (
        collected_and_read(conn, registry, night, landing)
        for landing in (f"file://{tmp_path}/landing", s3.landing)
    )
    assert in_store == in_folder
    assert in_store[0] == ReadSummary(read=3, refused=2, duplicates=1, unpacked=1)
    objects = {name.rpartition("/")[2] for name in s3.names()}
    files = {path.name for path in (tmp_path / "landing").rglob("*") if path.is_file()}
    assert objects == files
    assert all(name.startswith(f"landing/{registry.code}/") for name in s3.names())
    assert len(objects) == 5, (
        "four payloads are not the same bytes, and one of an archive's two; none is the secret's"
    )


def test_several_apis_store_at_the_same_time(
    conn: psycopg.Connection, registry: Registry, night: Night, s3: Store, server: Server
) -> None:
    apis = ["so-y-te", "so-noi-vu"]
    for source in apis:
        server.answers[f"/senders/{source}"] = pages_of(
            [
                item(str(number), {**PAYLOAD, "unit": source, "rows": [{"item": "1.1", "value": number}]})
                for number in range(9)
            ]
        )
    endpoint = Endpoint(server.base_url, "t")
    outcomes = collect_batch(conn, registry, night, apis, dict.fromkeys(apis, endpoint), s3.landing)
    assert [getattr(one, "received", one) for one in outcomes] == [9, 9]
    assert len(s3.names()) == 18


def test_a_missing_and_a_changed_object_are_told_and_stop_no_other(
    conn: psycopg.Connection, registry: Registry, night: Night, s3: Store
) -> None:
    for name, unit in (("a", "14758"), ("b", "14797"), ("c", "14812")):
        drop(night, f"communes/{name}.xlsx", hs01(unit))
    collect_source(conn, registry, night, "communes", None, s3.landing)
    uris = dict(rows(conn, "select file_name, landing_uri from raw.submissions"))
    data = {name: s3.files.cat_file(uri) for name, uri in uris.items()}
    s3.files.rm_file(uris["a.xlsx"])
    s3.files.pipe_file(uris["b.xlsx"], b"spoilt")
    with pytest.raises(
        KpiReportingError, match=r"2 submissions: [ab]\.xlsx .*, [ab]\.xlsx .*Restore these files"
    ):
        read_new(conn, registry, night, s3.landing)
    assert dict(states(conn))["communes/c.xlsx"] == ["received", "read"]
    for name in ("a.xlsx", "b.xlsx"):
        s3.files.pipe_file(uris[name], data[name])
    assert read_new(conn, registry, night, s3.landing) == ReadSummary(read=2, refused=0, duplicates=0)


def test_a_secret_stays_known_until_its_object_is_really_removed(
    conn: psycopg.Connection, registry: Registry, night: Night, s3: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(night, "communes/a.xlsx", MARKED)
    collect_source(conn, registry, night, "communes", None, s3.landing)
    with monkeypatch.context() as patch:
        patch.setattr(read, "_forget_secrets", lambda *_: None)
        read_new(conn, registry, night, s3.landing)
    named = "select file_name, landing_uri <> '' from raw.submissions"
    with monkeypatch.context() as patch:
        pointed(patch, endpoint_url=s3.url)
        s3.trust_nobody()
        with pytest.raises(StoreError, match=f"s3://{s3.bucket}/.* cannot be removed: "):
            read_new(conn, registry, night, s3.landing)
        s3.trust_everybody()
    assert rows(conn, named) == [("a.xlsx", True)]
    assert len(s3.names()) == 1
    read_new(conn, registry, night, s3.landing)
    assert rows(conn, named) == [("withheld", False)]
    assert s3.names() == []


def test_collecting_and_reading_without_the_store_say_so_and_lose_nothing(
    conn: psycopg.Connection, registry: Registry, night: Night, s3: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(night, "communes/a.xlsx", hs01())
    with monkeypatch.context() as patch:
        pointed(patch, endpoint_url=NOBODY)
        with pytest.raises(
            StoreError, match=r"cannot be written: Could not connect.*nothing received is lost"
        ):
            collect_source(conn, registry, night, "communes", None, s3.landing)
    collect_source(conn, registry, night, "communes", None, s3.landing)
    with monkeypatch.context() as patch:
        pointed(patch, endpoint_url=NOBODY)
        with pytest.raises(StoreError, match=r"cannot be read: Could not connect.*then run the night again"):
            read_new(conn, registry, night, s3.landing)
    assert states(conn) == [("communes/a.xlsx", ["received"])]
    assert read_new(conn, registry, night, s3.landing) == ReadSummary(read=1, refused=0, duplicates=0)
