# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The wire to Nautobot: requests with time limits and retries; a fault is a NetcellarError without the token in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from ..module_utils.errors import NetcellarError
from .nautobot_answer import Answer, UnboundedError, read_answer
from .requirements import missing

try:
    import pynautobot
    import requests
except ImportError:
    HAVE_PYNAUTOBOT = False
else:
    HAVE_PYNAUTOBOT = True

CONNECT_TIMEOUT = 10.0
WAITS = (0.0, 0.5, 1.0, 2.0)
"""Seconds before each further try. At once first: uWSGI closes a connection without a word, and we may have kept it."""

PATIENCE = 10
"""A whole answer may take so many times as long as it may take until the next bytes come."""

MOST_ROWS = 1_000_000
MAX_SAID = 400
_PASSING = frozenset({429, 502, 503, 504})


class NautobotError(NetcellarError):
    """Nautobot could not be asked, or said no. ``status`` is the HTTP status, 0 where there was no answer."""

    def __init__(self, message: str, *, remedy: str = "", status: int = 0) -> None:
        super().__init__(message, remedy=remedy)
        self.status = status


class RefusedError(NautobotError):
    """A request that Nautobot understood and refused (HTTP 400, or 200 with GraphQL errors)."""


class ForbiddenError(NautobotError):
    """The token is good, and may not do this (HTTP 403)."""


class SourceDownError(NautobotError):
    """Nautobot cannot be reached, or answers with a fault of its own: nothing is known of what was asked."""


class Wire:
    """One Nautobot, spoken to as one user. ``timeout``: seconds to wait for the next bytes of an answer."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        verify: bool | str = True,
        timeout: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not HAVE_PYNAUTOBOT:
            raise missing("pynautobot")
        self.url = checked_url(url)
        self._timeout = timeout
        self._sleep = sleep
        self._session = pynautobot.api(self.url, token=None, verify=verify).http_session
        self._token = checked_token(token)
        # as the session's auth, since a header alone gives way to an entry of ~/.netrc
        self._session.auth = _Token(self._token)

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON of a GET of ``/api/PATH``. Raises NautobotError."""
        return self._request("GET", path, params=parameters)

    def prove(self, path: str, what: str) -> None:
        """That the token may view what ``/api/PATH`` lists: GraphQL answers with an empty list where it may not."""
        self._permitted(path, what, limit=1, depth=0, exclude_m2m="true")

    def results(self, path: str, what: str, **parameters: Any) -> list[dict[str, Any]]:
        """All rows of a REST list of ``what``, however many pages it has. Raises NautobotError."""
        rows: list[dict[str, Any]] = []
        while True:
            page = self._permitted(path, what, limit=1000, offset=len(rows), **parameters)
            if not isinstance(page, dict) or not isinstance(page.get("results"), list):
                raise self._foreign(200)
            rows += page["results"]
            if not page.get("next") or not page["results"]:
                return rows
            if len(rows) > MOST_ROWS:
                raise NautobotError(f"{self.url} lists {what} without an end", remedy="Look at Nautobot's own log")

    def _permitted(self, path: str, what: str, **parameters: Any) -> Any:
        try:
            return self.get(path, **parameters)
        except ForbiddenError as error:
            raise ForbiddenError(
                f"the token has no permission to view {what}",
                remedy=f"Give its user the permission to view {what} in Nautobot",
                status=error.status,
            ) from None

    def patch(self, path: str, body: Sequence[Any] | Mapping[str, Any]) -> Any:
        """The JSON of a PATCH of ``/api/PATH``. Raises NautobotError; RefusedError where the body was at fault."""
        parameters = {"depth": 0, "exclude_m2m": "true"}
        return self._request("PATCH", path, params=parameters, json=body)

    def graphql(self, document: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The ``data`` of a GraphQL answer. HTTP 200 with errors is RefusedError too, and so is null for rows."""
        body = {"query": document, "variables": dict(variables or {})}
        answer = self._request("POST", "graphql/", json=body)
        if not isinstance(answer, dict):
            raise self._foreign(200)
        if answer.get("errors"):
            raise RefusedError(f"Nautobot refused the query: {_said(answer)}", status=200)
        data = answer.get("data")
        if not isinstance(data, dict) or any(value is None for value in data.values()):
            raise RefusedError("Nautobot answered the query without data", status=200)
        return data

    def _request(self, method: str, path: str, **options: Any) -> Any:
        answer = self._answer(method, f"{self.url}/api/{path}", **options)
        if answer.status not in {200, 201}:
            raise self._fault(answer)
        try:
            return answer.json()
        except ValueError:
            raise self._foreign(answer.status) from None

    def _foreign(self, status: int) -> NautobotError:
        return NautobotError(
            f"{self.url} answered, but not with JSON as Nautobot does",
            remedy="Check that the address is Nautobot's own, not that of a login page or proxy",
            status=status,
        )

    def _answer(self, method: str, url: str, **options: Any) -> Answer:
        """The first answer that is not a passing fault. Reading twice is harmless, and so is writing the same date."""
        # That of the session gives way to REQUESTS_CA_BUNDLE, whatever it is.
        options |= {"timeout": (CONNECT_TIMEOUT, self._timeout), "verify": self._session.verify}
        for wait in (*WAITS, None):
            try:
                response = self._session.request(method, url, allow_redirects=False, stream=True, **options)
                answer = read_answer(response, PATIENCE * self._timeout, self._token)
            except UnboundedError:
                raise SourceDownError(
                    f"{self.url} sends an answer without an end", remedy="Look at what answers at this address"
                ) from None
            except requests.exceptions.RequestException as error:
                if wait is None or not _passing(error):
                    raise self._unreachable(error) from None
            else:
                if wait is None or answer.status not in _PASSING:
                    return answer
            self._sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _unreachable(self, error: Exception) -> NautobotError:
        if isinstance(error, requests.exceptions.SSLError):
            return NautobotError(
                f"the TLS certificate of {self.url} is not trusted",
                remedy="Install its CA on this machine (REQUESTS_CA_BUNDLE), or set validate_certs to false",
            )
        if isinstance(error, requests.exceptions.ReadTimeout):
            return SourceDownError(
                f"Nautobot at {self.url} did not answer within {self._timeout:g} s",
                remedy="Look at its load, or raise the timeout",
            )
        return SourceDownError(
            f"Nautobot at {self.url} cannot be reached ({type(error).__name__}, tried {len(WAITS) + 1} times)",
            remedy="Check NAUTOBOT_URL, the network, and that Nautobot is running",
        )

    def _fault(self, answer: Answer) -> NautobotError:
        status, said = answer.status, _said(_json(answer))
        if status == HTTPStatus.BAD_REQUEST:
            return RefusedError(f"Nautobot refused the request: {said}", status=status)
        if status in {401, 403} and "permission" not in said.lower():
            return NautobotError(
                f"Nautobot at {self.url} does not accept the token: {said or status}",
                remedy="Set NAUTOBOT_TOKEN to a valid API token",
                status=status,
            )
        if status == HTTPStatus.FORBIDDEN:
            return ForbiddenError(f"Nautobot does not permit this to the token: {said}", status=status)
        message = f"Nautobot at {self.url} answered HTTP {status}" + (f": {said}" if said else "")
        if _moved(status):
            message += f" (moved to {_plain(answer.location)})"
        kind = SourceDownError if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR else NautobotError
        return kind(message, remedy=_remedy(status), status=status)


class _Token:
    """The authentication of a session; ``repr`` does not show the token."""

    def __init__(self, token: str) -> None:
        self._header = f"Token {token}"

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = self._header
        return request


def checked_url(url: str) -> str:
    """The address of Nautobot without ``/api`` and slash at its end. Raises NetcellarError."""
    remedy = "Set NAUTOBOT_URL to something like https://nautobot.example.com"
    # what has a password in it is not shown
    given = f": {url.partition('?')[0]!r}" if url and "@" not in url else ""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError as error:
        raise NetcellarError(f"no usable address of Nautobot is set{given} ({error})", remedy=remedy) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NetcellarError(f"no usable address of Nautobot is set{given}", remedy=remedy)
    if parts.username or parts.password:
        raise NetcellarError("the address of Nautobot has a user or password in it", remedy=remedy)
    path = parts.path.rstrip("/").removesuffix("/api")
    return f"{parts.scheme}://{parts.netloc}{path}"


def checked_token(token: str) -> str:
    """The token without blanks around it. Raises NetcellarError, which does not show it."""
    stripped = (token or "").strip()
    if not stripped or not stripped.isascii() or not stripped.isalnum():
        raise NetcellarError(
            "no usable Nautobot token is set", remedy="Set NAUTOBOT_TOKEN to an API token (letters and digits only)"
        )
    return stripped


def _passing(error: Exception) -> bool:
    kinds = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)
    return isinstance(error, kinds) and not isinstance(error, requests.exceptions.SSLError)


def _json(answer: Answer) -> Any:
    try:
        return answer.json()
    except ValueError:
        return {}


def _said(answer: Any) -> str:
    """What an error answer says, in one line of bounded length."""
    if isinstance(answer, Mapping) and isinstance(answer.get("errors"), list):
        said = "; ".join(str(item.get("message", item)) for item in answer["errors"] if isinstance(item, Mapping))
    elif isinstance(answer, Mapping) and "detail" in answer:
        said = str(answer["detail"])
    else:
        said = str(answer) if answer else ""
    return _plain(said)


def _plain(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_SAID else f"{line[:MAX_SAID]} ..."


def _moved(status: int) -> bool:
    return HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST


def _remedy(status: int) -> str:
    if _moved(status):
        return "Set NAUTOBOT_URL to the address it has moved to (https instead of http?)"
    if status == HTTPStatus.NOT_FOUND:
        return "Check NAUTOBOT_URL: there is no Nautobot API at this address"
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "Look at Nautobot's own log"
    return "Check what the token may do"
