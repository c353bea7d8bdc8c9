"""Real Git servers of one test: sshd with a Git shell, and ``git http-backend`` behind TLS and a token."""

from __future__ import annotations

import base64
import http.server
import os
import shutil
import socketserver
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.sshd import serving

GIT_SHELL = 'git shell -c "$SSH_ORIGINAL_COMMAND"'


class _Https(socketserver.ThreadingTCPServer):
    daemon_threads = True
    repositories: Path
    token: str
    headers: list[str]


class _Backend(http.server.BaseHTTPRequestHandler):
    """``git http-backend`` as a CGI program, for whoever brings the token; ``readonly`` may only read."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _answer(self, body: bytes) -> None:
        server: _Https = self.server  # type: ignore[assignment]
        kind, _, given = self.headers.get("Authorization", "").partition(" ")
        user, _, token = base64.b64decode(given).decode().partition(":") if kind == "Basic" else ("", "", "")
        if token != server.token:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.end_headers()
        elif user == "reader" and "git-receive-pack" in self.path:
            self.send_error(403)
        else:
            self._run(server, user, body)

    def _run(self, server: _Https, user: str, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(server.repositories),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REMOTE_USER": user,
            "REMOTE_ADDR": "127.0.0.1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def https_server(folder: Path, repositories: Path, token: str) -> Iterator[int]:
    """The port of a server whose certificate is ``folder/cert.pem``."""
    openssl = shutil.which("openssl") or "openssl"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with _Https(("127.0.0.1", 0), _Backend) as server:
        server.repositories, server.token = repositories, token
        server.socket = context.wrap_socket(server.socket, server_side=True)
        with serving(server):
            yield int(server.server_address[1])
