"""Of a state secret hash, sender and time are kept, and nothing else anywhere: no bytes, no rows, no name."""

# ruff: noqa: F401, F811 - fixtures are imported by name
from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kpi_reporting.collect import Endpoint, collect_source
from kpi_reporting.readers import ReadSummary, read, read_new
from kpi_reporting.registry import Registry
from kpi_reporting.warehouse.nights import Night, open_night
from tests.corpus.dangers import zipped
from tests.corpus.marks import hidden, payload, two_sheets
from tests.corpus.old_workbooks import hidden as old_hidden
from tests.integration.intake import AS_OF, EVENING, conn, drop, landing, night, registry, rows, server
from tests.integration.sender_server import Server, item, pages_of
from tests.workbooks import list_rows, saved, stamp, workbook

MARKED = saved(workbook([*stamp("HS-01", "14758", "2025-M07"), ["TUYỆT MẬT"], *list_rows([("1.1", 77)])]))
PLAIN = saved(workbook([*stamp("HS-01", "14797", "2025-M07"), *list_rows([("1.1", 78)])]))
LEDGER = (
    "select source_code, left(origin, 18), file_name, media_type, byte_size, landing_uri, received_at, length(sha256) "
    "from raw.submissions"
)
ABOUT_CONTENT = (
    "select (select count(*) from raw.sheet_rows), (select count(*) from raw.layout_columns), "
    "(select count(*) from raw.readings where form_code is not null or period_code is not null), "
    "(select count(*) from quality.findings where concat(file_name, form_code, period_code, found, cell) <> '')"
)


def next_night(conn: psycopg.Connection, registry: Registry, night: Night) -> Night:
    later = replace(night, as_of=AS_OF.replace(day=18))
    open_night(conn, later, registry.code, registry.sha256)
    return later


def landed(landing: str) -> list[Path]:
    return [path for path in Path(landing.removeprefix("file://")).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("vụ án.xlsx", MARKED),
        ("HS-01_v1_14797_2025-M07_MẬT_vụ án.xlsx", PLAIN),
        ("MẬT/vụ án.xlsx", PLAIN),
        ("vụ án.xlsx", hidden([["TỐI MẬT"], ["vụ án", 77]])),
        ("vụ án.xlsx", two_sheets("MẬT")),
        ("vụ án.json", payload('"mark":"MẬT"', head='"form":"vụ án"')),
        ("vụ án.xls", old_hidden([["TỐI MẬT"], ["vụ án", 77]])),
        ("vụ án.zip", zipped({"MẬT/vụ án.xlsx": b"PK\3\4"})),
    ],
    ids=[
        "marked inside",
        "marked in its name",
        "marked by its folder",
        "marked on a hidden sheet",
        "marked and broken",
        "marked payload",
        "marked on a hidden sheet of an old workbook",
        "marked folder of an archive",
    ],
)
def test_nothing_tells_its_content_and_it_is_known_again_where_it_lies(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str, name: str, data: bytes
) -> None:
    drop(night, f"communes/{name}", data)
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(read=0, refused=1, duplicates=0)
    assert landed(landing) == []
    assert rows(conn, LEDGER) == [("communes", "communes/withheld-", "withheld", "", 0, "", EVENING, 64)]
    assert rows(conn, ABOUT_CONTENT) == [(0, 0, 0, 0)]
    assert rows(conn, "select count(*) from raw.submissions where origin ~ 'vụ án'") == [(0,)]

    later = next_night(conn, registry, night)
    assert collect_source(conn, registry, later, "communes", None, landing).received == 0
    assert read_new(conn, registry, later, landing) == ReadSummary(0, 0, 0)
    assert landed(landing) == []


def test_a_killed_night_leaves_its_bytes_to_the_next_one_to_remove(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(night, "communes/a.xlsx", MARKED)
    collect_source(conn, registry, night, "communes", None, landing)
    with monkeypatch.context() as patch:
        patch.setattr(read, "_forget_secrets", _killed)
        with pytest.raises(KeyboardInterrupt):
            read_new(conn, registry, night, landing)
    assert len(landed(landing)) == 1
    read_new(conn, registry, next_night(conn, registry, night), landing)
    assert landed(landing) == []
    assert [row[2] for row in rows(conn, LEDGER)] == ["withheld"]


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


def test_a_form_declared_secret_is_refused_and_an_api_that_gives_it_again_lands_nothing(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str, server: Server
) -> None:
    forms = [
        row.model_copy(update={"carries_state_secrets": row.form_code == "HS-01"}) for row in registry.forms
    ]
    declared = replace(registry, forms=tuple(forms))
    body = {"form": "HS-01", "unit": "so-y-te", "period": "2025-M07", "rows": []}
    server.answers["/senders/so-y-te"] = pages_of([item("vụ án", body)])
    for one in (night, next_night(conn, registry, night)):
        collect_source(conn, declared, one, "so-y-te", Endpoint(server.base_url, "t"), landing)
        read_new(conn, declared, one, landing)
        assert landed(landing) == []
    assert [row[1:3] for row in rows(conn, LEDGER)] == [("senders/so-y-te/wi", "withheld")]
    assert rows(conn, ABOUT_CONTENT) == [(0, 0, 0, 0)]


def test_one_among_several_in_an_archive_makes_all_of_it_one(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    drop(night, "communes/tháng 7.zip", zipped({"vụ án.xlsx": MARKED, "khác.xlsx": PLAIN}))
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing) == ReadSummary(read=0, refused=1, duplicates=0)
    assert landed(landing) == []
    assert rows(conn, LEDGER) == [("communes", "communes/withheld-", "withheld", "", 0, "", EVENING, 64)]
    assert rows(conn, ABOUT_CONTENT) == [(0, 0, 0, 0)]


def test_a_marked_name_inside_an_archive_counts(
    conn: psycopg.Connection, registry: Registry, night: Night, landing: str
) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("vụ án_TỐI MẬT.xlsx", PLAIN)
    drop(night, "communes/a.zip", archive.getvalue())
    collect_source(conn, registry, night, "communes", None, landing)
    assert read_new(conn, registry, night, landing).refused == 1
    assert [row[2] for row in rows(conn, LEDGER)] == ["withheld"]
