# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One SSH channel as a feed of bytes: collected in time linear in their number, watched at their end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .terminal import mark, render, unmark

if TYPE_CHECKING:
    import asyncssh

# Prompts and pagers are looked for in that many bytes at the end of the last line.
WINDOW = 4096
# How some devices (HP ProCurve) go to the next line: by a code for it, or by taking away the first line of the screen
# and putting in a last one. No longer than LONGEST_MOVE bytes.
NEXT_LINE = re.compile(rb"\x1bE|\x1b\[1?M\x1b\[[\d;]{1,7}H\x1b\[1?L")
LONGEST_MOVE = 20
BEGUN_CODE = re.compile(rb"\x1b(?:\[[\d;?]*)?\Z")


class Feed:
    """What a channel sends. It is the session object that asyncssh calls back.

    ``limit`` is the number of bytes after which the channel is closed, so that no device can fill the memory.
    ``closed`` tells that nothing more will come, for whatever reason.
    """

    def __init__(self, limit: int) -> None:
        self.closed = False
        self.overflow = False
        self.exit_status: int | None = None
        self.size = 0
        self._limit = limit
        self._pieces: list[bytes] = []
        self._tail = bytearray()
        self._later: list[bytes] = []
        self._heard = 0.0
        self._loop = asyncio.get_running_loop()
        self._channel: asyncssh.SSHClientChannel[bytes] | None = None
        self._look: Callable[[str], object] | None = None
        self._found: asyncio.Future[Any] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, channel: asyncssh.SSHClientChannel[bytes]) -> None:
        """Called by asyncssh when the channel is open."""
        self._channel = channel

    def session_started(self) -> None:
        """Called by asyncssh when the shell or the command runs."""

    def data_received(self, data: bytes, datatype: object) -> None:
        """Called by asyncssh for every piece; error output counts as output."""
        del datatype
        self.size += len(data)
        self._heard = self._loop.time()
        if self.size > self._limit:
            self.overflow = True
            self._end()
            self.abort()
        # Whoever waits has found something and does not know it yet: what it takes must end there.
        if self._later or (self._found and self._found.done()):
            self._later.append(data)
        else:
            self._add(data)
            self._check()

    def _add(self, data: bytes) -> None:
        last = self._tail[-LONGEST_MOVE:]
        if b"\x1b" in data or b"\x1b" in last:
            del self._tail[len(self._tail) - len(last) :]
            data = NEXT_LINE.sub(b"\r\n", bytes(last) + data)
        cut = data.rfind(b"\n") + 1
        if cut:
            self._pieces += (bytes(self._tail), data[:cut])
            self._tail = bytearray(data[cut:])
        else:
            self._tail += data

    def exit_status_received(self, status: int) -> None:
        """Called by asyncssh when a command has ended by itself."""
        self.exit_status = status

    def exit_signal_received(self, signal: str, core_dumped: bool, message: str, lang: str) -> None:
        """Called by asyncssh when a command was killed: without an exit status its output is not whole."""

    def eof_received(self) -> bool:
        """Called by asyncssh at the end of the output; asyncssh then closes the channel."""
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """Called by asyncssh when the channel or the connection is gone."""
        del error
        self._end()

    def pause_writing(self) -> None:
        """Called by asyncssh; what we write always fits."""

    def resume_writing(self) -> None:
        """Called by asyncssh; what we write always fits."""

    def xon_xoff_requested(self, client_can_do: bool) -> None:
        """Called by asyncssh; flow control is SSH's own."""

    def send(self, text: str) -> None:
        """Type ``text``. To a channel that is gone nothing is sent: the wait that follows tells so."""
        if self._channel and not self.closed and not self._channel.is_closing():
            self._channel.write(text.encode("utf-8", "surrogateescape"))

    def abort(self) -> None:
        """Close the channel at once."""
        if self._channel:
            self._channel.abort()

    @property
    def line(self) -> str:
        """The end of the last line, as a terminal shows it, without what is marked."""
        return unmark(render(bytes(self._tail[-WINDOW:])))

    @property
    def lines(self) -> int:
        """How many pieces with whole lines have come since the last ``take``."""
        return len(self._pieces)

    def take(self) -> bytes:
        """All that has come since the last call, up to what was found by a wait."""
        rest = self._begun()
        taken = b"".join((*self._pieces, self._tail[: len(self._tail) - len(rest)]))
        self._pieces, self._tail = [], rest
        self._catch_up()
        return taken

    def drop(self) -> None:
        """Forget all that has come."""
        self.take()
        self._pieces, self._tail = [], self._begun()

    def _begun(self) -> bytearray:
        """The beginning of a control code whose rest is still to come: half a code would be taken for text."""
        found = None if self.closed else BEGUN_CODE.search(self._tail[-LONGEST_MOVE:])
        return bytearray(found[0]) if found else bytearray()

    def head(self, size: int) -> bytes:
        """The first ``size`` bytes, or a little more, of what ``take`` would give."""
        parts: list[bytes] = []
        for piece in (*self._pieces, bytes(self._tail)):
            parts.append(piece[:size])
            size -= len(piece)
            if size <= 0:
                break
        return b"".join(parts)

    def mark_line(self, start: int) -> None:
        """Mark the last line from its ``start`` (an index of ``line``) as text that is not part of any answer."""
        line = self.line
        self._tail[-WINDOW:] = line[:start].encode("utf-8", "surrogateescape") + mark(line[start:])

    async def wait(self, look: Callable[[str], Any], silence: float) -> Any:
        """What ``look`` finds in the last line: the first value that is not None.

        None when the channel was closed. Raises TimeoutError when nothing came for ``silence`` seconds.
        """
        self._heard = self._loop.time()
        self._catch_up()
        self._look, self._found = look, self._loop.create_future()
        self._check()
        self._timer = self._loop.call_later(silence, self._silent, silence)
        try:
            return await self._found
        finally:
            self._timer.cancel()
            self._look = self._found = None

    async def quiet(self, seconds: float) -> bool:
        """Whether nothing comes for ``seconds``."""
        self._catch_up()
        before = self.size
        await asyncio.sleep(seconds)
        return self.size == before

    def _catch_up(self) -> None:
        later, self._later = self._later, []
        for data in later:
            self._add(data)

    def _silent(self, silence: float) -> None:
        """One timer per wait, not one per piece: it is set anew only when it goes off."""
        left = self._heard + silence - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._silent, silence)
        elif self._found and not self._found.done():
            self._found.set_exception(TimeoutError())

    def _check(self) -> None:
        if not self._look or not self._found or self._found.done():
            return
        found = None if self.overflow else self._look(self.line)
        if found is not None:
            self._found.set_result(found)
        elif self.closed:
            self._found.set_result(None)

    def _end(self) -> None:
        self.closed = True
        self._check()
