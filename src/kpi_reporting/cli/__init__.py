"""The command line: one small program for people, the Makefile and containers."""

from __future__ import annotations

import errno
import signal
import sys
from types import FrameType
from typing import NoReturn

import psycopg
import typer

from kpi_reporting.cli import acts, figures, filing, machine, nights, quarantine, reminders, rules, senders
from kpi_reporting.errors import KpiReportingError
from kpi_reporting.settings import get_settings, home_error

_USER_ERROR, _SIGNALLED = 2, 128
_OF_THE_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="KPI reporting of a province, every night: collect, check, compute, publish, sign off, deliver.",
    epilog="Exit codes: 0 all well, 1 the night failed or a file would not count, 2 something to put right first.",
)
for group in (nights, filing, acts, figures, rules, quarantine, senders, reminders, machine):
    app.registered_commands += group.app.registered_commands


def main(commands: typer.Typer = app) -> NoReturn:
    """Run a command; what a person can put right is told in one sentence, without a traceback."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        commands()
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


def _end(text: str) -> NoReturn:
    sys.stderr.write(f"{text}\n")
    sys.exit(_USER_ERROR)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(_SIGNALLED + number)
