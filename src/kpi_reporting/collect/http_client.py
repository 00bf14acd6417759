"""One sender's API over HTTP: patience with a limit, a few attempts, and errors that show no secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Self
from urllib.parse import urlsplit

import requests
import tenacity
import urllib3

from kpi_reporting.collect.outcomes import Endpoint
from kpi_reporting.collect.refusals import Gone, Refused, Silent, Temporary
from kpi_reporting.registry.models import Source

_MAX_BODY = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_WHOLE_ANSWER = 3  # a page may take this many times the silence that is allowed
_NOT_MODIFIED, _GONE = 304, 410
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Answer:
    """A body, and by what it is known again; None when it is the one that was known."""

    body: bytes | None
    etag: str | None = None
    last_modified: str | None = None


class _Bearer(requests.auth.AuthBase):
    """The token as an auth object: a header would be overruled by a .netrc of the machine."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class ApiClient:
    """Calls one source's address; ``place`` is that address without query, user or token."""

    def __init__(self, source: Source, endpoint: Endpoint) -> None:
        self._url = f"{endpoint.base_url.rstrip('/')}/{source.location.lstrip('/')}"
        parts = urlsplit(self._url)
        self.place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        self._timeout = source.timeout_seconds
        self._attempts = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(source.retries + 1),
            wait=tenacity.wait_exponential_jitter(multiplier=0.5, max=10, jitter=0.5),
            retry=tenacity.retry_if_exception_type(Temporary),
            reraise=True,
        )
        self._session = requests.Session()
        self._session.auth = _Bearer(endpoint.token)
        self._session.headers["Accept-Encoding"] = "identity"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, query: dict[str, Any], known: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to a query; its body only when it is another one than that of the headers ``known``.

        Raises:
            Refused: no usable answer within the source's retries.
        """
        return self._attempts(self._get_once, query, known or {})

    def _get_once(self, query: dict[str, Any], known: Mapping[str, str]) -> Answer:
        started = monotonic()
        try:
            with self._session.get(
                self._url, params=query, headers=known, timeout=self._timeout, stream=True
            ) as answer:
                if known and answer.status_code == _NOT_MODIFIED:
                    return Answer(None)
                self._look_at_status(answer)
                body = self._body(answer, started + self._timeout * _WHOLE_ANSWER)
                return Answer(body, answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            raise self._silent() from None
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise self._unreachable(error) from None

    def _body(self, answer: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        while chunk := answer.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if monotonic() > deadline:
                raise self._silent()
            if len(body) > _MAX_BODY:
                raise self._too_long()
        return bytes(body)

    def _look_at_status(self, answer: requests.Response) -> None:
        status = answer.status_code
        if status in _WORTH_ANOTHER_TRY:
            raise Temporary(
                *self._status_text(status, "Look at the sender's service, then retry this source.")
            )
        if status in (401, 403):
            hint = "Renew the token of the connection (Airflow, Admin, Connections), then retry this source."
            raise Refused(*self._status_text(status, hint))
        if status == _GONE:
            raise Gone(*self._status_text(status, "Retry the source; everything is asked for again."))
        if status != 200:
            hint = "Compare the source's location and its connection with the address the sender gave."
            raise Refused(*self._status_text(status, hint))

    def _status_text(self, status: int, hint: str) -> tuple[str, str, str]:
        return f"{self.place} trả lời mã {status}.", f"{self.place} answered HTTP {status}.", hint

    def _silent(self) -> Refused:
        return Silent(
            f"{self.place} không trả lời trong {self._timeout} giây.",
            f"{self.place} gave no complete answer in time ({self._timeout} s of silence are allowed).",
            "Ask the sender whether its service runs, then retry this source; what it files later is collected "
            "in the next night.",
        )

    def _unreachable(self, error: Exception) -> Refused:
        return Temporary(
            f"Không kết nối được với {self.place}.",
            f"{self.place} cannot be reached ({error.__class__.__name__}).",
            "Check the address of the connection and the network, then retry this source.",
        )

    def _too_long(self) -> Refused:
        return Refused(
            f"{self.place} gửi trang dữ liệu quá lớn.",
            f"{self.place} sent a page of more than {_MAX_BODY // 1024 // 1024} MB.",
            "Lower page_size of the source, or have the sender correct its paging.",
        )
