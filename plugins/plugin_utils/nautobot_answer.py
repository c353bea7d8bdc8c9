# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An answer of Nautobot, read with bounds: whoever answers in its place may never end, or send a flood in few bytes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

try:
    import requests
    from requests.packages import urllib3  # type: ignore[attr-defined]  # it is made at run time
except ImportError:
    requests = urllib3 = None  # type: ignore[assignment]

# Some hundred thousand devices' ids, or a thousand devices with very large custom fields.
MOST_BYTES = 256 * 1024 * 1024
PIECE = 64 * 1024


class UnboundedError(Exception):
    """The answer is larger, or takes longer, than any good one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``location`` is where the server sends its clients on to, or empty."""

    status: int
    body: bytes
    location: str = ""

    def json(self) -> Any:
        """What it holds. Raises ValueError for what is no JSON."""
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def read_answer(response: Any, seconds: float, token: str) -> Answer:
    """The answer that a response of ``requests`` brings within ``seconds``. Raises UnboundedError, RequestException.

    What repeats the token of the request comes without it, so that no message can show it.
    """
    end = time.monotonic() + seconds
    body = bytearray()
    # What has come, where urllib3 can (from 2.0 on): to wait for a whole piece, of one who drips, would take for ever.
    read = getattr(response.raw, "read1", response.raw.read)
    with response, _told_as_requests_does():
        while piece := read(PIECE, decode_content=True):
            body += piece
            if len(body) > MOST_BYTES or time.monotonic() > end:
                raise UnboundedError
    location = response.headers.get("Location", "").replace(token, "***")
    return Answer(response.status_code, bytes(body).replace(token.encode(), b"***"), location)


@contextmanager
def _told_as_requests_does() -> Iterator[None]:
    try:
        yield
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.exceptions.ReadTimeout from error
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError from error
