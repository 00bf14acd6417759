"""The share of a limit that was used."""

from __future__ import annotations

import math

import pytest

from benchmarks.figures import Figure


@pytest.mark.parametrize(
    ("measured", "limit", "ratio"), [(1.2, 1.6, 0.75), (3.2, 1.6, 2.0), (0, 0, 0.0), (1, 0, math.inf)]
)
def test_where_nothing_may_be_anything_breaks_the_limit(measured: float, limit: float, ratio: float) -> None:
    assert Figure("x", measured, limit, "", "").ratio == pytest.approx(ratio)
