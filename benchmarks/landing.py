"""Landing rows that were read: two million of eight fields, beside the server's own COPY and two known loaders."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg

from benchmarks.figures import Figure
from kpi_reporting.readers.store import store_rows
from kpi_reporting.readers.submissions import KeptRows
from kpi_reporting.runtime.warehouse import running_warehouse
from kpi_reporting.settings import Settings, get_settings

ROWS, FILES = 2_000_000, 20
_PEERS = Path(__file__).parent / "landing_peers.py"
_PEERS_NEED = (
    "dlt[postgres]==1.31.0", "pandas==2.3.3", "pyarrow==22.0.0", "psycopg2-binary==2.9.11", "sqlalchemy==2.0.44",
)  # fmt: skip
_REGISTRY = "landing"
_SHEET = "Biểu 01"
_LEDGER = """
insert into raw.nights (night_id, registry_code, registry_sha256, as_of, inbox)
values ('2025-07-17', 'landing', '', '2025-07-17', '');
insert into raw.submissions (
    night_id, source_code, channel, origin, file_name, media_type, received_at, collected_at, byte_size, sha256,
    landing_uri
)
select '2025-07-17', 'bench', 'drop_folder', n || '.csv', n || '.csv', 'text/csv', now(), now(), 0, md5(n::text), ''
from generate_series(1, {files}) as n
"""


def landing_figures() -> Iterator[Figure]:
    """Land the same rows in turn, each time into the empty table; every ratio is of seconds by the clock."""
    per_file = ROWS // FILES
    files = [
        [_row(number) for number in range(place * per_file, (place + 1) * per_file)] for place in range(FILES)
    ]
    with _warehouse() as (settings, dsn), psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute(_LEDGER.format(files=FILES).encode())
        own = _best(conn, lambda: _land(conn, files))
        copy = _best(conn, lambda: _server_copy(conn, settings.home, files))
        told = f"{ROWS:,} rows of 8 fields, {ROWS / own:,.0f} rows/s"
        yield Figure(
            "landing: ratio to the server's COPY", own / copy, 1.6, "×", f"{told}, into the same table"
        )
        for peer, seconds in _peers(dsn, settings.home):
            yield Figure(
                f"landing: ratio to {peer}", own / seconds, 1, "×", f"{told}, into a table of their own"
            )


def _row(number: int) -> tuple[object, ...]:
    return (
        f"2025-M{number % 12 + 1:02d}",
        f"{number % 166:05d}",
        f"Xã số {number % 166}",
        number,
        number / 8,
        "",
        None,
        "đạt",
    )


def _land(conn: psycopg.Connection, files: Sequence[Sequence[tuple[object, ...]]]) -> float:
    kept = [
        (number, KeptRows(_SHEET, [json.dumps(row, ensure_ascii=False) for row in rows]))
        for number, rows in enumerate(files, 1)
    ]
    began = time.monotonic()
    with conn.transaction():
        store_rows(conn, kept)
    return time.monotonic() - began


def _server_copy(
    conn: psycopg.Connection, place: Path, files: Sequence[Sequence[tuple[object, ...]]]
) -> float:
    text = place / "rows.txt"
    with text.open("w", encoding="utf-8") as file:
        for number, rows in enumerate(files, 1):
            for row_number, row in enumerate(rows, 1):
                cells = json.dumps(row, ensure_ascii=False).replace("\\", "\\\\")
                file.write(f"{number}\t{_SHEET}\t{row_number}\t{cells}\n")
    text.chmod(0o644)
    began = time.monotonic()
    conn.execute(f"copy raw.sheet_rows (submission_id, sheet_name, row_number, cells) from '{text}'".encode())
    return time.monotonic() - began


def _best(conn: psycopg.Connection, once: Callable[[], float]) -> float:
    return min(_into_the_empty_table(conn, once) for _ in range(3))


def _into_the_empty_table(conn: psycopg.Connection, once: Callable[[], float]) -> float:
    conn.execute("truncate raw.sheet_rows")
    conn.execute("checkpoint")
    return once()


def _peers(dsn: str, place: Path) -> Iterator[tuple[str, float]]:
    """Loaders of others, each in its own process with what it needs."""
    uv = get_settings().project_dir / ".venv-uv/bin/uv"
    needed = [part for one in _PEERS_NEED for part in ("--with", one)]
    command = [
        str(uv),
        "run",
        "--quiet",
        "--no-project",
        "--python",
        "3.11",
        *needed,
        str(_PEERS),
        dsn,
        str(ROWS),
    ]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=place).stdout
    yield from ((name, float(seconds)) for name, seconds in json.loads(said.splitlines()[-1]).items())


@contextmanager
def _warehouse() -> Iterator[tuple[Settings, str]]:
    with tempfile.TemporaryDirectory(prefix="kpi-landing-") as name:
        place = Path(name)
        place.chmod(0o755)
        settings = replace(get_settings(), home=place, dsn=None)
        with running_warehouse(settings, _REGISTRY) as dsn:
            yield settings, dsn
