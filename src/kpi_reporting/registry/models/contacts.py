"""Contacts: where a sender is written to."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from kpi_reporting.registry.models.rows import Dated, Flag


def _written_as_address(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    if not text.isascii():
        raise ValueError("write one e-mail address in ASCII letters, like van-thu@so.example")
    try:
        validate_email(text, allow_smtputf8=False, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError(f"write one e-mail address like van-thu@so.example: {error}") from None
    return text


EmailAddress = Annotated[str, AfterValidator(_written_as_address)]


class Contact(Dated):
    """An address at which a unit is reminded of what it has not filed."""

    file = "contacts"
    key = ("unit_code", "email", "valid_from")
    unit_code: str = Field(description="Code of the unit that is written to.")
    email: EmailAddress = Field(description="Its address; a unit may have several, all get the same mail.")
    confirmed: Flag = Field(
        description="False while the unit has not confirmed the address: nothing is sent there until then."
    )
