"""What is computed from the same small texts again and again, as from the labels that all senders of a form send."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_Given = TypeVar("_Given", str, bytes)
_Found = TypeVar("_Found")


def once_if_small(
    longest: int, most: int
) -> Callable[[Callable[[_Given], _Found]], Callable[[_Given], _Found]]:
    """Remember what a function found for the last ``most`` texts of up to ``longest`` letters or bytes.

    A sender's long texts are looked at and forgotten, so that no file fills the memory of the ones after it. Nobody may
    change what such a function returns.
    """

    def decorate(look: Callable[[_Given], _Found]) -> Callable[[_Given], _Found]:
        remembered = lru_cache(maxsize=most)(look)

        @wraps(look)
        def looked(given: _Given) -> _Found:
            return remembered(given) if len(given) <= longest else look(given)

        return looked

    return decorate
