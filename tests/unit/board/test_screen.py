"""Where the board is printed."""

from __future__ import annotations

import io

import pytest

from kpi_reporting.board.screen import new_screen, print_indented


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("columns", "width"), [("60", 100), ("130", 130), ("400", 160)])
def test_a_terminal_sets_the_width_within_reason(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", "50")
    assert new_screen(Terminal()).width == width


def test_a_log_has_a_width_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert new_screen(io.StringIO()).width == 120


def test_names_are_printed_as_they_are() -> None:
    stream = io.StringIO()
    screen = new_screen(stream)
    screen.print("Sở [red]Y tế[/red] :smile: 12 345")
    print_indented(screen, ["Xã [A]"])
    assert stream.getvalue().splitlines()[0] == "Sở [red]Y tế[/red] :smile: 12 345"
    assert stream.getvalue().splitlines()[1].rstrip() == "  Xã [A]"
