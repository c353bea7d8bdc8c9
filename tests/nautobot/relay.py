"""What stands before a real Nautobot, counts the requests, and sees each date before it is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import requests

TIMEOUT_SECONDS = 60


class Relay(ThreadingHTTPServer):
    """``witness`` is called with each device id and the value of ``field`` before a write is passed on."""

    daemon_threads = True

    def __init__(self, upstream: str, field: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream.rstrip("/")
        self.field = field
        self.requests = 0
        self.witness: Callable[[str, str], None] = lambda _device, _date: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Relay

    def do_GET(self) -> None:
        self._pass_on(b"")

    def do_POST(self) -> None:
        self._pass_on(self._body())

    def do_PATCH(self) -> None:
        body = self._body()
        for row in json.loads(body):
            self.server.witness(row["id"], row["custom_fields"][self.server.field])
        self._pass_on(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test's output clean."""

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _pass_on(self, body: bytes) -> None:
        self.server.requests += 1
        headers = {name: value for name, value in self.headers.items() if name.lower() in {"authorization", "accept"}}
        headers["Content-Type"] = "application/json"
        answer = requests.request(
            self.command, self.server.upstream + self.path, data=body, headers=headers, timeout=TIMEOUT_SECONDS
        )
        self.send_response(answer.status_code)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)


@contextmanager
def relay(upstream: str, field: str) -> Iterator[Relay]:
    """The relay, served until the block ends."""
    with Relay(upstream, field) as served:
        Thread(target=served.serve_forever, daemon=True).start()
        yield served
        served.shutdown()
