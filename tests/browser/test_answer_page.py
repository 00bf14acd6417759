"""The page a sender reads, in the browser of this machine: it fits on a sheet, and nothing in a file acts on it."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from kpi_reporting.answers.page import summary_page
from tests.unit.answers.told import ERROR, WARNING, answer

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


def browse(page: str, place: Path, *options: str) -> bytes:
    """Open a page from a file, with a profile of its own; return what the browser prints."""
    file = place / "page.html"
    file.write_text(page, "utf-8")
    command = [
        str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", f"--user-data-dir={place / 'profile'}",
        *options, file.as_uri(),
    ]  # fmt: skip
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """Address of a server that answers nothing, and the paths it was asked for."""
    paths: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """The test says what was asked for."""

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_filing_with_a_few_faults_fits_on_one_sheet(tmp_path: Path) -> None:
    sheet = tmp_path / "page.pdf"
    browse(summary_page(answer(ERROR, WARNING)), tmp_path, f"--print-to-pdf={sheet}")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet.read_bytes())) == 1


def test_what_stands_in_a_file_loads_and_runs_nothing(tmp_path: Path, asked: tuple[str, list[str]]) -> None:
    address, paths = asked
    hostile = f"<img src='{address}/picture'><script src='{address}/script'></script>"
    hostile += f"<style>body {{ background: url({address}/style) }}</style>"
    faulty = replace(ERROR, found=hostile, sheet_name=hostile, message_vi=hostile)

    shown = browse(summary_page(answer(faulty, file_name=hostile)), tmp_path, "--dump-dom").decode()

    assert "&lt;img src='" in shown
    assert paths == []
    browse(f"<img src='{address}/control'>", tmp_path, "--dump-dom")
    assert paths == ["/control"]
