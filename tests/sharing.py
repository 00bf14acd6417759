"""How tests are shared out among several processes, each with a PostgreSQL of its own.

A file stays in one process, since its warehouse is made once for all its tests. So does a folder whose files look at
the same night or province. Files of many independent nights are shared out night by night.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

WHOLE_FOLDERS = ("tests/integration/summary", "tests/unit/sandbox")
IN_PIECES = ("tests/golden/test_golden_cases.py", "tests/engine/test_engine_against_naive.py")
# What takes long comes first; the golden cases, many and short, fill up the end.
ORDER = ("integration", "engine", "dags", "registry", "unit", "golden")

_FIRST_PARAMETER = re.compile(r"\[([^\]-]+)")


def piece_of(nodeid: str) -> str:
    """Name what a test shares a process with."""
    file = nodeid.partition("::")[0]
    folder = str(PurePosixPath(file).parent)
    if folder in WHOLE_FOLDERS:
        return folder
    parameter = _FIRST_PARAMETER.search(nodeid) if file in IN_PIECES else None
    return f"{file}[{parameter.group(1)}]" if parameter else file


def place_of(nodeid: str) -> int:
    """Place of a test's folder among the others."""
    folder = PurePosixPath(nodeid).parts[1]
    return ORDER.index(folder) if folder in ORDER else 0


def scheduler(config: Any, log: Any) -> Any:
    """Return what gives the pieces to processes, in the order in which tests were collected."""
    from xdist.scheduler import LoadScopeScheduling

    class PieceByPiece(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return piece_of(nodeid)

    config.option.loadscopereorder = False
    return PieceByPiece(config, log)
