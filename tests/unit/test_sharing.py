"""Tests that share a warehouse meet in one process; independent nights are spread."""

from __future__ import annotations

from tests import sharing
from tests.workbooks import PROJECT

CASES, ENGINE = sharing.IN_PIECES


def test_what_is_named_is_there() -> None:
    named = [*sharing.WHOLE_FOLDERS, *sharing.IN_PIECES, *(f"tests/{folder}" for folder in sharing.ORDER)]
    assert [name for name in named if not (PROJECT / name).exists()] == []


def test_a_file_stays_together_whatever_its_parameters() -> None:
    pieces = {sharing.piece_of(f"tests/integration/test_read.py::test_{name}") for name in ("a", "b[c-d]")}
    assert pieces == {"tests/integration/test_read.py"}


def test_files_of_one_night_stay_together() -> None:
    summary = sharing.WHOLE_FOLDERS[0]
    assert {sharing.piece_of(f"{summary}/test_{name}.py::test_x") for name in ("a", "b")} == {summary}


def test_a_golden_case_goes_where_there_is_room() -> None:
    assert sharing.piece_of(f"{CASES}::test_case[one]") != sharing.piece_of(f"{CASES}::test_case[other]")


def test_all_nights_of_a_random_province_stay_together() -> None:
    tests = ("test_each_night[province_1-night_2]", "test_at_once[province_1]", "test_at_once[province_2]")
    first, second, other = (sharing.piece_of(f"{ENGINE}::{test}") for test in tests)
    assert first == second != other


def test_golden_cases_come_last() -> None:
    folders = sorted(sharing.ORDER, key=lambda folder: sharing.place_of(f"tests/{folder}/test_x.py::test_y"))
    assert folders[-1] == "golden"
    assert sharing.place_of("tests/a_new_folder/test_x.py::test_y") == 0
