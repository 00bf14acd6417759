"""What a person is told of an address that cannot be used."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kpi_reporting.errors import AnswerError, StoreError
from kpi_reporting.settings import get_settings
from kpi_reporting.stores import file_system, refuse_unusable, saying


@pytest.mark.parametrize(
    ("error", "reason", "is_unreachable"),
    [
        (OSError(28, "No space left on device"), "No space left on device", False),
        (PermissionError("Access Denied."), "Access Denied", False),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused", True),
        (TimeoutError(), "TimeoutError", True),
        (type("HttpError", (Exception,), {})("no answer\nfrom https://me:geheim@host/x"),
         "no answer from https://***@host/x", True),
    ],
)  # fmt: skip
def test_what_a_file_system_raises_becomes_one_sentence_without_a_password(
    error: Exception, reason: str, is_unreachable: bool
) -> None:
    with pytest.raises(StoreError) as told, saying("ftp://kpi:geheim@host/landing", "read"):
        raise error
    assert str(told.value) == (
        f"ftp://***@host/landing cannot be read: {reason}. Make room or put the access right, then run the night again."
    )
    assert told.value.is_unreachable == is_unreachable


@pytest.mark.parametrize("error", [AnswerError("told already"), TypeError("a defect"), KeyboardInterrupt()])
def test_what_is_told_already_a_defect_and_a_kill_pass(error: BaseException) -> None:
    with pytest.raises(type(error)) as passed, saying("s3://landing", "read"):
        raise error
    assert passed.value is error


@pytest.mark.parametrize("name", ["landing", "answers"])
def test_an_address_that_no_file_of_it_keeps_is_refused_without_its_password(name: str) -> None:
    settings = replace(get_settings(), **{name: "ftp://kpi:geheim@files.example/landing"})
    with pytest.raises(StoreError) as told:
        refuse_unusable(settings)
    assert str(told.value) == (
        "ftp://***@files.example/landing says where the store is and who asks, which no address of a file keeps: give "
        "FSSPEC_FTP_HOST, FSSPEC_FTP_PASSWORD, FSSPEC_FTP_USERNAME in the environment, and write ftp:///path/to/folder."
    )


def test_addresses_that_a_file_keeps_are_taken(tmp_path: Path) -> None:
    for url in (f"file://{tmp_path}", str(tmp_path), "s3://landing/folder", "memory://landing"):
        refuse_unusable(replace(get_settings(), landing=url, answers=url))


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(StoreError, match=r"gs://kpi needs a package that is not installed: .*gcsfs"):
        file_system("gs://kpi")
