"""Small texts are looked at once, long ones every time and never kept."""

from __future__ import annotations

import pytest

from kpi_reporting.remembered import once_if_small


def test_a_small_text_is_looked_at_once_and_a_long_one_each_time() -> None:
    asked: list[str] = []

    @once_if_small(longest=3, most=2)
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    assert [length(text) for text in ("abc", "abc", "abcd", "abcd", "abc")] == [3, 3, 4, 4, 3]
    assert asked == ["abc", "abcd", "abcd"]


def test_the_last_ones_are_remembered_and_no_more() -> None:
    asked: list[bytes] = []

    @once_if_small(longest=3, most=2)
    def length(part: bytes) -> int:
        asked.append(part)
        return len(part)

    for part in (b"a", b"b", b"c", b"b", b"a"):
        length(part)
    assert asked == [b"a", b"b", b"c", b"a"]


def test_what_fails_fails_each_time() -> None:
    @once_if_small(longest=3, most=2)
    def number(text: str) -> int:
        return int(text)

    for _ in range(2):
        with pytest.raises(ValueError, match="x"):
            number("x")
