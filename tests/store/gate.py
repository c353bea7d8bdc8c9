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
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.ends: list[socket.socket] = []
        self._serve()

    def _serve(self) -> None:
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = listener.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
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
        """Nobody gets through any more, and whoever was through is cut off."""
        for end in (self.listener, *self.ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.ends.clear()

    def open(self) -> None:
        """Let through again."""
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self._serve()


@contextmanager
def gate(to: int) -> Iterator[Gate]:
    """A gate before a port, closed at the end."""
    one = Gate(to)
    try:
        yield one
    finally:
        one.close()
