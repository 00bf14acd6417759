"""How the sandbox's commands end: what a person can put right in one sentence, a signal in one word.

The same endings as those of ``kpi-reporting``, for commands the product does not know of.
"""

from __future__ import annotations

import errno
import signal
import sys
from datetime import datetime
from types import FrameType
from typing import NoReturn
from zoneinfo import ZoneInfo

import psycopg
import typer

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.settings import get_settings, home_error

_LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
_USER_ERROR, _SIGNALLED = 2, 128
_OF_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}


def run(app: typer.Typer) -> NoReturn:
    """Run a command to its end; no traceback for what a person can put right, nothing left running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        app()
    except KpiReportingError as error:
        _end(str(error))
    except psycopg.errors.DiskFull as error:
        _end(f"The disk of the warehouse is full: {error}. Free some space and try again.")
    except OSError as error:
        if error.errno not in _OF_THE_MACHINE:
            raise
        _end(str(home_error(get_settings().home, error)))
    except SystemExit as ended:
        if isinstance(ended.code, int) and ended.code > _SIGNALLED:
            sys.stderr.write("Stopped.\n")
        raise
    sys.exit(0)


def instant(text: str) -> datetime:
    """Return the instant a person wrote; without an offset it is local time.

    Raises:
        KpiReportingError: it is not written like one.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise KpiReportingError(
            f"--as-of {text!r} is not an instant; write it like 2025-07-17T01:00:00+07:00."
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=_LOCAL)


def _end(text: str) -> NoReturn:
    sys.stderr.write(f"{text}\n")
    sys.exit(_USER_ERROR)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(_SIGNALLED + number)
