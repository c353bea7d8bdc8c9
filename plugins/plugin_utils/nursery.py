# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A process that gives birth to others: each has all of Ansible loaded, and may hang or crash for itself alone.

It is forked before an event loop and its threads exist, since a process with threads must not be forked. Forking costs
a few milliseconds, where a fresh interpreter that loads Ansible costs most of a second.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import struct
from collections.abc import Callable, Iterable
from typing import NoReturn, Self

from ansible.utils.display import Display

from .parent import end_with_parent

Work = Callable[[bytes, socket.socket], None]

# What is asked for, and a number: the size of the order that follows, or which child is to be ended.
_HEADER = struct.Struct("!cI")
_BEAR, _END = b"b", b"e"


class Nursery:
    """Starts children that do ``work``: it gets an order, and one end of a socket whose other end the caller has."""

    def __init__(self, work: Work) -> None:
        self._born = 0
        ours, theirs = socket.socketpair()
        if os.fork() == 0:
            ours.close()
            _live(theirs, work)
        theirs.close()
        self._control = ours

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def bear(self, order: bytes) -> tuple[int, socket.socket]:
        """Start a child with an order. Gives its number and our end of its socket. Raises OSError."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [_HEADER.pack(_BEAR, len(order))], [theirs.fileno()])
            self._control.sendall(order)
        self._born += 1
        return self._born, ours

    def end(self, child: int) -> None:
        """End a child at once, whatever it does, and forget it. To be called once for each. Raises OSError."""
        self._control.sendall(_HEADER.pack(_END, child))

    def close(self) -> None:
        """End all children and the nursery."""
        self._control.close()


def _live(control: socket.socket, work: Work) -> NoReturn:
    """Serve until the caller is gone. Nothing here may return into the program that was forked."""
    try:
        end_with_parent()
        _be_quiet()
        _serve(control, work)
    finally:
        os._exit(0)


def _serve(control: socket.socket, work: Work) -> None:
    children: dict[int, int] = {}
    born = 0
    while wish := _hear(control):
        what, number, descriptors = wish
        if what == _END:
            _kill([children.pop(number)])
        else:
            born += 1
            children[born] = _child(control, work, _exactly(control, number), descriptors[0])
    _kill(children.values())


def _child(control: socket.socket, work: Work, order: bytes, descriptor: int) -> int:
    """Fork; the child does its work with the socket and ends."""
    process = os.fork()
    if process:
        os.close(descriptor)
        return process
    try:
        end_with_parent()
        control.close()
        with socket.socket(fileno=descriptor) as channel:
            work(order, channel)
    finally:
        os._exit(0)


def _hear(control: socket.socket) -> tuple[bytes, int, list[int]] | None:
    """What is asked for, the number and the descriptors that came along; None where the caller is gone."""
    header, descriptors, _flags, _address = socket.recv_fds(control, _HEADER.size, 1)
    if header:
        header += _exactly(control, _HEADER.size - len(header))
    return (*_HEADER.unpack(header), descriptors) if len(header) == _HEADER.size else None


def _exactly(control: socket.socket, size: int) -> bytes:
    """So many bytes, or fewer where the caller is gone."""
    data = bytearray()
    while len(data) < size and (piece := control.recv(size - len(data))):
        data += piece
    return bytes(data)


def _kill(processes: Iterable[int]) -> None:
    """A child that has ended by itself is waited for only here, so its number cannot have become another's."""
    for process in processes:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _be_quiet() -> None:
    """Nothing that Ansible's plugins print or log may reach a person or a file: it holds what devices send.

    Nor may it reach Ansible's main process, over the queue that it would share with us and lock while we are killed.
    """
    logging.disable(logging.CRITICAL)
    display = Display()
    display._final_q = None
    display.verbosity = 0
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
