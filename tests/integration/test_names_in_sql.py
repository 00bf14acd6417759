"""Names folded by the models' macros and by the readers: a name is the same one on both sides."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from jinja2 import Environment

from kpi_reporting.registry import load_registry
from kpi_reporting.text import bare_key, folded_key, match_key
from kpi_reporting.warehouse import connect
from tests.workbooks import PROJECT, THANH_HOA


@pytest.fixture
def conn(warehouse_dsn: str) -> Iterator[psycopg.Connection]:
    with connect(warehouse_dsn) as connection:
        yield connection


def test_match_key_is_the_same_in_sql_and_in_python(conn: psycopg.Connection) -> None:
    registry = load_registry(THANH_HOA)
    names = {one.name_vi for one in registry.units} | {one.alias for one in registry.unit_aliases}
    names |= {one.label for one in registry.form_fields} | set(TRICKY)
    spellings = sorted({variant for name in names for variant in (*spelled(name), name)})
    macro = (PROJECT / "dbt_project/macros/match_key.sql").read_text("utf-8")
    in_sql = Environment().from_string(macro + "{{ match_key('name') }}").render()
    query = f"select name, {in_sql} from unnest(%s::text[]) as t (name)".encode()
    folded = dict(conn.execute(query, (spellings,)).fetchall())
    assert len(folded) > 3000
    assert {name: key for name, key in folded.items() if key != match_key(name)} == {}


@pytest.mark.parametrize("fold", [bare_key, folded_key], ids=["bare_key", "folded_key"])
def test_names_are_folded_further_in_sql_as_in_python(conn: psycopg.Connection, fold: Any) -> None:
    registry = load_registry(THANH_HOA)
    names = (
        {one.name_vi for one in registry.units} | {one.alias for one in registry.unit_aliases} | set(TRICKY)
    )
    names |= (
        {f"UBND {name}" for name in names} | {folded_key(name) for name in names} | {"TP.Huế", "p. An", "xã"}
    )
    keys = sorted({match_key(name) for name in names})
    macros = "".join(
        (PROJECT / f"dbt_project/macros/{one}.sql").read_text("utf-8") for one in ("bare_key", "folded_key")
    )
    in_sql = Environment().from_string(f"{macros}{{{{ {fold.__name__}('key') }}}}").render()
    folded = dict(
        conn.execute(f"select key, {in_sql} from unnest(%s::text[]) as t (key)".encode(), (keys,)).fetchall()
    )
    assert len(folded) > 1500
    assert {key: one for key, one in folded.items() if one != fold(key)} == {}


TRICKY = (
    "Xã Hoà Bình", "Xã Hòa Bình", "hoạ", "họa", "hoàn", "hoàng", "khoẻ", "khỏe", "thuỷ", "thủy", "thuý", "quý", "quỳ",
    "Quỹ", "oà", "oẽ x", "loà xoà", "hoậ", "hoằng", "Hoằng Quỳ", "uỵ", "UỶ BAN", "ỦY BAN", "Đông Hòa", "đ Đ", "hoà.",
    "(hoà)", "hoà-bình", "quoà", "  hai \u00a0 chỗ\u2007trống\u202fhẹp\t\n", "a\u0323\u0302", "a\u0302\u0323", "o\u0300a",
    "oa\u0300", "uy\u0309nh", "Ứng Hoè", "hoè1", "hoè_", "",
)  # fmt: skip


def spelled(name: str) -> tuple[str, ...]:
    """The same name as other keyboards and people write it."""
    moved = name.replace("òa", "oà").replace("ủy", "uỷ").replace("óa", "oá").replace("ỏe", "oẻ")
    return (
        unicodedata.normalize("NFD", name), unicodedata.normalize("NFKD", moved), moved, name.upper(), moved.upper(),
        name.replace(" ", "  "),
    )  # fmt: skip
