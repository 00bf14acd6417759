"""Why a source gave nothing usable, told for the sender and for the engineer."""

from __future__ import annotations

from kpi_reporting.errors import SourceError
from kpi_reporting.registry.models import Source


class Refused(Exception):
    """A call that brought nothing usable, told for the sender and for the engineer."""

    rule_id = "source_unavailable"

    def __init__(self, message_vi: str, message_en: str, hint: str) -> None:
        self.message_vi, self.message_en, self.hint = message_vi, message_en, hint
        super().__init__(message_en)

    def error(self, source: Source) -> SourceError:
        """Return the error of the source it happened to."""
        told = (self.message_vi, self.message_en, self.hint)
        return SourceError(source.source_code, source.name_vi, *told, isinstance(self, Silent), self.rule_id)


class Silent(Refused):
    """Nothing came back in time. Not tried again here: the whole night would wait for one sender twice."""


class Gone(Refused):
    """What was asked for is there no more: a cursor the sender does not know any longer."""


class Temporary(Refused):
    """A refusal that another attempt may overcome."""
