"""What a person is told of an address that cannot be used."""

from __future__ import annotations

import sys

import pytest

from kpi_reporting.errors import AnswerError, StoreError
from kpi_reporting.stores import file_system, saying


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


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(StoreError, match=r"gs://kpi needs a package that is not installed: .*gcsfs"):
        file_system("gs://kpi")
