"""A stand-in for Nautobot's answers to a stamp, which keeps what is written. The real one: tests/nautobot."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

FIELD = "last_backup"
TOKEN = "0123456789abcdef0123456789abcdef01234567"


class NautobotStub(ThreadingHTTPServer):
    """``dates`` maps a device id to the value of ``last_backup``; ``writes`` holds every write in order.

    ``requests`` is how many have come. ``witness`` is called with each device id and date before it is written.
    """

    daemon_threads = True

    def __init__(self, devices: Iterable[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.dates: dict[str, str | None] = dict.fromkeys(devices)
        self.writes: list[tuple[str, str]] = []
        self.requests = 0
        self.witness: Callable[[str, str], None] = lambda _device, _date: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def custom_fields(self) -> Any:
        row = {"id": FIELD, "key": FIELD, "type": {"value": "text"}, "filter_logic": {"value": "loose"}}
        return {"count": 1, "next": None, "results": [row]}

    def query(self, body: Any) -> Any:
        asked = [key for key in body["variables"]["ids"] if key in self.dates]
        return {"data": {"devices": [{"id": key, "_custom_field_data": {FIELD: self.dates[key]}} for key in asked]}}

    def write(self, body: Any) -> Any:
        for row in body:
            self.witness(row["id"], row["custom_fields"][FIELD])
            self.dates[row["id"]] = row["custom_fields"][FIELD]
            self.writes.append((row["id"], row["custom_fields"][FIELD]))
        return body


class _Handler(BaseHTTPRequestHandler):
    server: NautobotStub

    def parse_request(self) -> bool:
        self.server.requests += 1
        return super().parse_request()

    def do_GET(self) -> None:
        self._answer(self.server.custom_fields())

    def do_POST(self) -> None:
        self._answer(self.server.query(self._body()))

    def do_PATCH(self) -> None:
        self._answer(self.server.write(self._body()))

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test's output clean."""

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, answer: Any) -> None:
        text = json.dumps(answer).encode()
        self.send_response(200 if self.headers["Authorization"] == f"Token {TOKEN}" else 403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@contextmanager
def nautobot(devices: Iterable[str]) -> Iterator[NautobotStub]:
    """The stand-in, served until the block ends."""
    with NautobotStub(devices) as stub:
        Thread(target=stub.serve_forever, daemon=True).start()
        yield stub
        stub.shutdown()
