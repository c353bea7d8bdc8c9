# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keeps a wrong password from locking an account: few logins at a time until one succeeds, none after some refusals.

What is known of a credential is in files of the run, so that all batches and processes of the run share it. A slot is a
lock of the operating system, which a killed process lets go of.
"""

from __future__ import annotations

import asyncio
import fcntl
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..module_utils.errors import NetcellarError
from .dialogue import SessionError
from .durable import make_private

if TYPE_CHECKING:
    from .connect import Credential

# How often a slot is looked for that another process holds.
POLL_SECONDS = 0.05
# Made once in Ansible's main process, as the run's id is: nobody can guess a password from the name of a file.
_SALT = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Caution:
    """How a credential that was not yet accepted in this run is treated.

    ``unproven``: so many logins with it may be under way at a time. ``refusals``: after so many it is used no more.
    """

    unproven: int = 2
    refusals: int = 3


class Breaker:
    """The credentials of a run. ``folder`` is made when it is first needed."""

    def __init__(self, folder: Path, caution: Caution | None = None) -> None:
        self._folder = folder
        self._caution = caution or Caution()
        self._accounts: dict[str, Account] = {}

    def account(self, credential: Credential) -> Account:
        """What the run knows of a credential: the same object for the same user and secrets, whatever their name."""
        parts = (credential.user, credential.password, credential.private_key_file, credential.agent)
        digest = hmac.new(_SALT, repr(parts).encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:32]
        if digest not in self._accounts:
            self._accounts[digest] = Account(self._folder / digest, self._caution, credential.name)
        return self._accounts[digest]


class Account:
    """One credential in one run."""

    def __init__(self, path: Path, caution: Caution, name: str) -> None:
        self._path = path
        self._caution = caution
        self._name = name
        self._proven = False
        self._gate = asyncio.Semaphore(caution.unproven)

    @property
    def proven(self) -> bool:
        """Whether a device of this run has accepted it."""
        self._proven = self._proven or self._file("accepted").exists()
        return self._proven

    def check(self) -> None:
        """Raises SessionError of class auth where it is used no more."""
        if self.proven:
            return
        refused = self._refused()
        if refused >= self._caution.refusals:
            message = f"the credential {self._name!r} was refused {refused} times in this run and accepted never"
            raise SessionError("auth", f"{message}: it is not tried any more, so that no account is locked")

    async def enter(self) -> Turn:
        """Wait until it may be tried. Raises SessionError of class auth where it is used no more."""
        while True:
            self.check()
            if self._proven:
                return Turn(self, None)
            await self._gate.acquire()
            try:
                self.check()
                slot = None if self._proven else self._slot()
            except BaseException:
                self._gate.release()
                raise
            if slot is not None:
                return Turn(self, slot)
            self._gate.release()
            if not self._proven:
                await asyncio.sleep(POLL_SECONDS)

    def note(self, accepted: bool) -> None:
        """Note the answer to a login. Raises NetcellarError when it cannot be written."""
        if accepted and self._proven:
            return
        try:
            make_private(self._path.parent)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            descriptor = os.open(self._file("accepted" if accepted else "refused"), flags, 0o600)
            try:
                os.write(descriptor, b".")
            finally:
                os.close(descriptor)
        except OSError as error:
            raise NetcellarError(f"cannot write {self._path}: {error.strerror}") from error
        self._proven = self._proven or accepted

    def leave(self, slot: int) -> None:
        """Give a slot back."""
        os.close(slot)
        self._gate.release()

    def _refused(self) -> int:
        try:
            return self._file("refused").stat().st_size
        except FileNotFoundError:
            return 0

    def _slot(self) -> int | None:
        """A slot that no process holds, as a file descriptor."""
        try:
            make_private(self._path.parent)
            for number in range(self._caution.unproven):
                slot = os.open(self._file(f"slot{number}"), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(slot)
                else:
                    return slot
        except OSError as error:
            raise NetcellarError(f"cannot write {self._path}: {error.strerror}") from error
        return None

    def _file(self, kind: str) -> Path:
        return self._path.with_name(f"{self._path.name}.{kind}")


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
