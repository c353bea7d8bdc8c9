"""A gate before a server: closed, the server is gone as far as anybody can see; opened, it is there again."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PIECE = 65536


class Gate:
    """Passes on what comes to ``port`` on loopback, while it is open."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.at = socket.create_server(("127.0.0.1", 0))
        self.port = self.at.getsockname()[1]
        self.ends: list[socket.socket] = []
        self._moving = threading.Lock()
        self._serve()

    def _serve(self) -> None:
        threading.Thread(target=self._accept, args=(self.at,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = listener.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
                with self._moving:
                    if listener is self.at:
                        self._let_through(near, far)

    def _let_through(self, near: socket.socket, far: socket.socket) -> None:
        self.ends += [near, far]
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass_on(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := one.recv(PIECE):
                other.sendall(piece)
            other.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Nobody gets through any more, and whoever was through is cut off. Nobody else can take the port meanwhile."""
        with self._moving:
            for end in (self.at, *self.ends):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
            self.ends.clear()
            self.at = socket.socket()
            self.at.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.at.bind(("127.0.0.1", self.port))

    def open(self) -> None:
        """Let through again."""
        self.at.listen()
        self._serve()


@contextmanager
def gate(to: int) -> Iterator[Gate]:
    """A gate before a port, closed at the end."""
    one = Gate(to)
    try:
        yield one
    finally:
        one.close()
