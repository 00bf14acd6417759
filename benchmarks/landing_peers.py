"""How long dlt and pandas take to land the same rows; run by ``benchmarks.landing`` with what they need installed.

Each gets its rows in memory in the form it likes best, dlt also as plain dictionaries.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import dlt
import pandas as pd
import pyarrow as pa
from sqlalchemy import create_engine

NAMES = ("period", "unit", "name", "number", "value", "empty", "missing", "note")


def main(dsn: str, rows: int) -> None:
    """Print the seconds of each way as JSON."""
    columns = _columns(rows)
    table, frame = pa.table(columns), pd.DataFrame(columns)
    ways: dict[str, Callable[[], Any]] = {
        "dlt, defaults": lambda: _dlt(dsn, "defaults", [table]),
        "dlt, Arrow as CSV without compression": lambda: _dlt_at_its_best(dsn, table),
        "pandas.to_sql": lambda: frame.to_sql(
            "by_pandas", create_engine(dsn.replace("postgresql://", "postgresql+psycopg2://")), index=False,
            chunksize=10_000,
        ),
    }  # fmt: skip
    sys.stdout.write("\n" + json.dumps({name: _seconds(way) for name, way in ways.items()}) + "\n")


def _columns(rows: int) -> dict[str, list[Any]]:
    numbers = range(rows)
    made = (
        [f"2025-M{n % 12 + 1:02d}" for n in numbers], [f"{n % 166:05d}" for n in numbers],
        [f"Xã số {n % 166}" for n in numbers], list(numbers), [n / 8 for n in numbers], [""] * rows,
        pa.nulls(rows, pa.string()).to_pylist(), ["đạt"] * rows,
    )  # fmt: skip
    return dict(zip(NAMES, made, strict=True))


def _dlt(dsn: str, name: str, data: Any, **how: Any) -> None:
    pipeline = dlt.pipeline(
        name, destination=dlt.destinations.postgres(dsn), dataset_name=name, progress=None
    )
    pipeline.run(data, table_name="rows", write_disposition="replace", **how).raise_on_failed_jobs()


def _dlt_at_its_best(dsn: str, table: pa.Table) -> None:
    dlt.config["normalize.data_writer.disable_compression"] = True
    dlt.config["data_writer.disable_compression"] = True
    _dlt(dsn, "at_its_best", [table], loader_file_format="csv")


def _seconds(way: Callable[[], Any]) -> float:
    began = time.monotonic()
    way()
    return time.monotonic() - began


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
