"""A marked file that cannot be read: whatever goes wrong, nothing of it is told to anybody, the log included."""

from __future__ import annotations

import logging
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_reporting.readers import content
from kpi_reporting.readers.broken_files import bears_mark
from kpi_reporting.readers.reading import read_submission
from kpi_reporting.readers.remains import members_left
from kpi_reporting.readers.secrets_of_state import is_grade, may_say_grade
from kpi_reporting.readers.submissions import Submission
from kpi_reporting.registry import Registry, load_registry
from tests.corpus.cases import JULY
from tests.corpus.dangers import marked, zipped
from tests.corpus.marks import drawn, payload
from tests.corpus.ods import ods
from tests.workbooks import THANH_HOA, hs01


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(THANH_HOA)


def _broken(*_: object, **__: object) -> None:
    raise RuntimeError("vụ án X")


@pytest.mark.parametrize(("data", "is_told"), [(marked("TỐI MẬT"), False), (hs01(), True)])
def test_what_libraries_say_of_a_marked_file_reaches_no_log(
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    data: bytes,
    is_told: bool,
) -> None:
    monkeypatch.setattr(content, "_document", _broken)
    with caplog.at_level(logging.DEBUG):
        reading = read_submission(registry, Submission(1, "communes", "vụ án.xlsx", JULY, "", ""), data)
    assert ("vụ án" in caplog.text) is is_told
    assert [one.rule_id for one in reading.findings] == ["unreadable_file" if is_told else "state_secret"]


def test_the_finding_of_a_marked_and_broken_payload_quotes_nothing_of_it(registry: Registry) -> None:
    data = payload('"nil":"?","mark":"MẬT"', head='"form":"vụ án"')
    reading = read_submission(registry, Submission(1, "communes", "a.json", JULY, "", ""), data)
    (finding,) = reading.addressed()
    assert finding.rule_id == "state_secret"
    assert (finding.found, finding.form_code, finding.file_name, finding.period_code) == (
        None,
        None,
        None,
        None,
    )


def test_a_marked_folder_counts_where_an_archive_does_not_say_that_it_is_in_utf8() -> None:
    """Archives of macOS: a folder's name in UTF-8, without the bit that says so."""
    data = bytearray(zipped({"MẬT/a.xlsx": hs01()}))
    for start, flags in ((data.find(b"PK\3\4"), 6), (data.find(b"PK\1\2"), 8)):
        data[start + flags + 1] &= ~0x08
    assert content.open_content(bytes(data), "a.zip").is_marked_secret


def test_members_are_found_without_a_directory() -> None:
    whole = zipped({"a/b.xml": b"<a>" * 50, "Mật.csv": b"1;2"})
    assert members_left(whole[: whole.find(b"PK\1\2")]) == {"a/b.xml": b"<a>" * 50, "Mật.csv": b"1;2"}


def test_of_a_damaged_member_comes_what_stands_before_the_damage() -> None:
    content_of_it = bytes(number % 251 for number in range(200_000))
    packed = zlib.compress(content_of_it, 0)[2:-4]
    header = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(packed), 200_000, 5, 0) + b"a.xml"
    left = members_left(header + packed[:150_000] + b"\xff" * 50_000)["a.xml"]
    assert 100_000 < len(left) < 200_000
    assert left[:100_000] == content_of_it[:100_000]


def test_a_bomb_in_a_broken_archive_is_unpacked_no_further_than_the_budget() -> None:
    bomb = zipped({f"{number}.xml": bytes(20_000_000) for number in range(4)})
    left = members_left(bomb)
    assert sum(map(len, left.values())) <= 32 * 1024 * 1024


GOOD = {"a.xlsx": drawn("bí mật"), "a.ods": ods(), "a.json": payload(), "a.zip": zipped({"a.xlsx": hs01()})}


@pytest.mark.parametrize("file_name", GOOD)
@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 20_000), new=st.binary(min_size=1, max_size=30), end=st.integers(0, 20_000))
def test_nothing_is_a_mark_in_an_unmarked_file_however_it_is_damaged(
    file_name: str, place: int, new: bytes, end: int
) -> None:
    data = GOOD[file_name]
    damaged = data[: place % len(data)] + new + data[place % len(data) + len(new) :]
    assert not bears_mark(damaged[: max(len(data) - end % len(data), 4)], file_name)


@pytest.mark.parametrize(
    "text",
    [
        "Mật",
        "MẬT",
        "m\u1ea1\u0302t",
        "tèi mËt",
        "TUYEÄT MAÄT",
        "TÔ?I MÂòT",
        "M\u0087T",
        "M&#7853;t",
    ],
)
def test_what_may_be_a_grade_is_not_passed_over(text: str) -> None:
    assert may_say_grade(text.encode())


@pytest.mark.parametrize(
    "text", ["Bảo mật", "Mật khẩu", "mật ong", "Mặt", "Một", "Bí mật", "Mật, Tối mật", "M ật"]
)
def test_words_are_no_grades(text: str) -> None:
    assert not is_grade(text)


@pytest.mark.parametrize("text", ["TèI MËT", "Tuyeät maät", "M\u0087T", "MÂòT", "mật.", "“MẬT”"])
def test_grades_are_known_in_old_encodings_too(text: str) -> None:
    assert is_grade(text)
