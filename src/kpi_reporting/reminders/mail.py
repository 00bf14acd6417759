"""Handing mails to one SMTP server: encrypted, its certificate verified, the password never in sight."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import TracebackType
from typing import Literal, Self

from kpi_reporting.errors import ReminderError

TIMEOUT_SECONDS = 30.0
_LONGEST_REPLY = 200
_OK = 250
_DEFAULT_PORTS = {"ssl": 465, "starttls": 587, "none": 25}


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, who we are there, and which address it comes from; ``port`` 0 is the usual one."""

    host: str
    from_email: str
    port: int = 0
    login: str = ""
    password: str = field(default="", repr=False)
    security: Literal["ssl", "starttls", "none"] = "starttls"

    @property
    def place(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port or _DEFAULT_PORTS[self.security]}"


class Refused(Exception):
    """The server answered that it does not take a mail; ``str`` is its answer."""


class Unanswered(Exception):
    """The connection ended before the answer: the mail may have been taken."""


class Mailer:
    """A connection that is opened when needed and again after it broke."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def connect(self) -> None:
        """Have a connection that answers.

        Raises:
            ReminderError: nobody answers, not with a certificate we trust, or not to our account.
        """
        if self._connection is not None and _answers(self._connection):
            return
        self._close()
        try:
            self._connection = _opened(self._server)
        except (OSError, smtplib.SMTPException) as error:
            raise ReminderError(
                f"The mail server {self._server.place} cannot be used: {_reason(error)}. Check the connection in "
                "Airflow (Admin, Connections), then clear this task: who was reminded today is not reminded twice."
            ) from None

    def send(self, message: EmailMessage) -> dict[str, str]:
        """Hand over one mail on the open connection; return the addresses that were refused, with the answers.

        Raises:
            Refused: no address was taken, or the mail was not.
            Unanswered: the connection broke.
        """
        if self._connection is None:
            raise Unanswered("there is no connection")
        try:
            refused = self._connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise Refused("; ".join(_answer(*said) for said in error.recipients.values())) from None
        except smtplib.SMTPResponseException as error:
            raise Refused(_answer(error.smtp_code, error.smtp_error)) from None
        except (OSError, smtplib.SMTPException) as error:
            self._close()
            raise Unanswered(_reason(error)) from None
        return {address: _answer(*said) for address, said in refused.items()}

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _opened(server: MailServer) -> smtplib.SMTP:
    _check_settings(server)
    context = ssl.create_default_context()
    port = server.port or _DEFAULT_PORTS[server.security]
    if server.security == "ssl":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, port, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, port, timeout=TIMEOUT_SECONDS)
    try:
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.login:
            connection.login(server.login, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_settings(server: MailServer) -> None:
    if "@" not in server.from_email:
        raise ReminderError(
            f"The connection to {server.place} says no address that mail comes from: "
            "write from_email into its extra."
        )
    if server.login and server.security == "none":
        raise ReminderError(
            f"The connection to {server.place} has a password and no encryption, so nothing is sent. "
            "Leave out disable_tls, or the login."
        )


def _answers(connection: smtplib.SMTP) -> bool:
    try:
        return connection.noop()[0] == _OK
    except (OSError, smtplib.SMTPException):
        return False


def _reason(error: Exception) -> str:
    """What went wrong, in words that hold no secret: an answer to a login may repeat it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"it does not accept our login (code {error.smtp_code})"
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"


def _answer(code: int, text: bytes | str) -> str:
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(told.split())}"[:_LONGEST_REPLY]
