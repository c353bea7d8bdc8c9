# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keeps a wrong password from locking an account: few logins at a time until one succeeds, none after some refusals.

What is known of a credential is in files of the state folder, so that all batches and processes of a run share it, and
all runs that go on at one time. A slot is a lock of the operating system, which a killed process lets go of.
"""

from __future__ import annotations

import asyncio
import fcntl
import hmac
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..module_utils.errors import NetcellarError
from .dialogue import SessionError
from .durable import make_private
from .owner import Owner
from .trials import Trials

if TYPE_CHECKING:
    from .connect import Credential

# How often a slot is looked for that another process holds.
POLL_SECONDS = 0.05
KEY = "key"
KEPT_SECONDS = 30 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Caution:
    """How a credential that was not yet accepted in this run is treated.

    ``unproven``: so many logins with it may be under way at a time. ``refusals``: after so many it is used no more.
    """

    unproven: int = 2
    refusals: int = 3


class Breaker:
    """The credentials of a run, whose main process is ``owner``. ``folder`` is made when it is first needed."""

    def __init__(self, folder: Path, run: str, owner: Owner, caution: Caution | None = None) -> None:
        self._folder = folder
        self._run = run
        self._owner = owner
        self._caution = caution or Caution()
        self._accounts: dict[str, Account] = {}

    def account(self, credential: Credential) -> Account:
        """What is known of a credential: the same object for the same user and secrets, whatever their name.

        Raises NetcellarError where the folder cannot be written.
        """
        parts = (credential.user, credential.password, credential.private_key_file, credential.agent)
        digest = hmac.new(self._key, repr(parts).encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:32]
        if digest not in self._accounts:
            path = self._folder / digest
            trials = Trials(path.with_name(f"{path.name}.trials"), self._run, self._owner)
            self._accounts[digest] = Account(path, trials, self._caution, credential.name)
        return self._accounts[digest]

    @cached_property
    def _key(self) -> bytes:
        """Random, and the same for all processes: no name of a file tells which credential it is about."""
        try:
            make_private(self._folder)
            _remove_old(self._folder)
            return _shared_key(self._folder / KEY)
        except OSError as error:
            raise NetcellarError(f"cannot write {self._folder}: {error.strerror}") from error


class Account:
    """One credential."""

    def __init__(self, path: Path, trials: Trials, caution: Caution, name: str) -> None:
        self._path = path
        self._trials = trials
        self._caution = caution
        self._name = name
        self._proven = False
        self._gate = asyncio.Semaphore(caution.unproven)

    @property
    def proven(self) -> bool:
        """Whether a device has accepted it in this run, or in one that goes on beside it."""
        self._proven = self._proven or self._trials.accepted()
        return self._proven

    def check(self) -> None:
        """Raises SessionError of class auth where it is used no more."""
        if self.proven:
            return
        refused = self._trials.refused()
        if refused >= self._caution.refusals:
            message = f"the credential {self._name!r} was refused {refused} times and accepted never in the runs of now"
            raise SessionError("auth", f"{message}: it is not tried any more, so that no account is locked")

    async def enter(self) -> Turn:
        """Wait until it may be tried. Raises SessionError of class auth where it is used no more."""
        while True:
            self.check()
            if self._proven:
                return Turn(self, None)
            await self._gate.acquire()
            slot = None
            try:
                slot = self._slot()
                # What was known before may have changed until the slot was ours.
                self.check()
            except BaseException:
                if slot is not None:
                    os.close(slot)
                self._gate.release()
                raise
            if slot is not None:
                return Turn(self, slot)
            self._gate.release()
            if not self._proven:
                await asyncio.sleep(POLL_SECONDS)

    def note(self, accepted: bool) -> None:
        """Note the answer to a login. Raises NetcellarError when it cannot be written."""
        if self.proven:
            return
        self._trials.add(accepted)
        self._proven = self._proven or accepted

    def leave(self, slot: int) -> None:
        """Give a slot back."""
        os.close(slot)
        self._gate.release()

    def _slot(self) -> int | None:
        """A slot that no process holds, as a file descriptor."""
        try:
            make_private(self._path.parent)
            for number in range(self._caution.unproven):
                file = self._path.with_name(f"{self._path.name}.slot{number}")
                slot = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(slot)
                else:
                    return slot
        except OSError as error:
            raise NetcellarError(f"cannot write {self._path}: {error.strerror}") from error
        return None


class Turn:
    """The right to try a credential once. What came of it is noted before the next one may."""

    def __init__(self, account: Account, slot: int | None) -> None:
        self._account = account
        self._slot = slot

    def end(self, accepted: bool | None) -> None:
        """Whether the device accepted it; None where it did not say."""
        try:
            if accepted is not None:
                self._account.note(accepted)
        finally:
            if self._slot is not None:
                self._account.leave(self._slot)
                self._slot = None


def _shared_key(path: Path) -> bytes:
    """The key at ``path``; of several processes that make one at the same time all get the same. Raises OSError."""
    while True:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            new = path.with_name(f".{KEY}-{secrets.token_hex(8)}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(32))
        try:
            os.link(new, path)
        except FileExistsError:
            continue
        finally:
            new.unlink()


def _remove_old(folder: Path) -> None:
    """Forget credentials that were not tried for long, such as passwords that were changed."""
    for file in folder.iterdir():
        # Another process may take it away at this moment: its own half-made key, or what it finds old, too.
        with suppress(FileNotFoundError):
            if file.name != KEY and time.time() - file.stat().st_mtime > KEPT_SECONDS:
                file.unlink()
