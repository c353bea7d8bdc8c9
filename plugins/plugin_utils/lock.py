# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one lock of a repository: whoever holds it is alone with the branch, the index, the staged files, the ledger."""

from __future__ import annotations

import fcntl
import json
import os
import random
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..module_utils.errors import NetcellarError
from .durable import make_private

WAIT_SECONDS = 900.0


@contextmanager
def locked(path: Path, holder: str, wait: float = WAIT_SECONDS) -> Iterator[int]:
    """Hold the lock at ``path`` as ``holder`` (a run id, for the message to others) and give its file descriptor.

    The kernel frees it with the last process that has the descriptor. Raises NetcellarError after ``wait`` seconds.
    """
    try:
        make_private(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise NetcellarError(f"cannot open the lock {path}: {error.strerror}", error="git") from error
    try:
        _acquire(descriptor, path, wait)
        _sign(descriptor, holder)
        yield descriptor
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path, wait: float) -> None:
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise _busy(path, wait) from None
            time.sleep(random.uniform(0.01, 0.1))  # noqa: S311 (jitter, no secret)
        else:
            return


def _sign(descriptor: int, holder: str) -> None:
    note = {"run": holder, "pid": os.getpid(), "host": socket.gethostname(), "since": int(time.time())}
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(note).encode(), 0)
    except OSError:
        # A full disk must not keep anybody out: the note is only for the message.
        return


def _busy(path: Path, wait: float) -> NetcellarError:
    try:
        note = json.loads(path.read_bytes())
        who = f"run {note['run']} (process {note['pid']} on {note['host']})"
    except (OSError, ValueError, TypeError, KeyError):
        who = "another process"
    return NetcellarError(
        f"{path.parent.parent} was locked by {who} for more than {wait:.0f} s",
        remedy="Wait for it to end, or end that process; what was captured is kept and committed by the next run",
        error="git",
    )
