"""What came of collecting from a source."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from kpi_reporting.errors import SourceError


@dataclass(frozen=True)
class Endpoint:
    """Where a source or the national system answers, and the token it asks for; the token is never shown."""

    base_url: str
    token: str

    def __repr__(self) -> str:
        return f"Endpoint(base_url={self.base_url!r}, token=…)"


@dataclass(frozen=True)
class SftpEndpoint:
    """Where an SFTP server answers, by which key it is known, and who we are there; secrets are never shown.

    ``host_key`` is a public key as in known_hosts, without the host; ``private_key`` is PEM or OpenSSH text.
    """

    host: str
    port: int
    user: str
    host_key: str
    password: str = ""
    private_key: str = ""

    def __repr__(self) -> str:
        return f"SftpEndpoint(host={self.host!r}, port={self.port}, user={self.user!r}, …)"


AnyEndpoint = Endpoint | SftpEndpoint


@dataclass(frozen=True)
class SourceOutcome:
    """A source that was collected: payloads that are new, and payloads that were in the ledger already."""

    source_code: str
    received: int
    already_known: int


@dataclass(frozen=True)
class SourceFailure:
    """A source that could not be collected, with what its sender and an engineer should read."""

    source_code: str
    sender: str
    message_vi: str
    message_en: str
    hint: str
    is_silent: bool
    rule_id: str

    @classmethod
    def of(cls, error: SourceError) -> SourceFailure:
        """Turn the error into a value that can be handed on."""
        return cls(**vars(error))

    def error(self) -> SourceError:
        """Turn it back into the error it came from."""
        return SourceError(**asdict(self))
