"""What is written replaces the earlier file at once, or not at all."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kpi_reporting.whole_files import write_whole

# A limit on the size of files ends a write in its middle, as a full disk does.
CUT_SHORT = """
import resource, sys
from pathlib import Path
from kpi_reporting.whole_files import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (3, 3))
write_whole(Path(sys.argv[1]), "the new words")
"""


@pytest.mark.parametrize("earlier", ["the earlier words", None])
def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, earlier: str | None) -> None:
    path = tmp_path / "state"
    if earlier is not None:
        path.write_text(earlier)
    ended = subprocess.run(
        [sys.executable, "-c", CUT_SHORT, str(path)], capture_output=True, text=True, check=False
    )
    assert "File too large" in ended.stderr
    assert (path.read_text() if path.exists() else None) == earlier
    assert [found.name for found in tmp_path.iterdir()] == ([path.name] if earlier else [])


def test_what_is_ours_alone_was_never_open_to_others(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "secret"
    write_whole(path, "đồng", mode=0o600)
    assert path.read_text("utf-8") == "đồng"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
