# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Running git: with arguments only, an environment of our own, a time limit, and no secrets in what is told."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import IO, ClassVar

from ..module_utils.errors import NetcellarError
from .account import Account
from .ownership import refuse_foreign
from .parent import child_ends_with_us
from .secrets import ENVIRONMENT, FILE_VARIABLE

LOCAL_SECONDS = 900.0
REMOTE_SECONDS = 300.0

# What stands first counts for ssh: a key or known_hosts that the user's GIT_SSH_COMMAND names.
_SSH = (
    " -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=20"
    " -o ServerAliveInterval=15 -o ServerAliveCountMax=4"
)
_SETTINGS = (
    # Hooks and automatic housekeeping of the user's own configuration have no place in a machine's repository, and
    # Git by default does not sync loose objects and refs to the disk.
    "core.hooksPath=/dev/null",
    "gc.auto=0",
    # A loose object costs a sync and a block of the disk each; packs are brought together by care.
    "fastimport.unpackLimit=1",
    "transfer.unpackLimit=1",
    "maintenance.auto=false",
    "core.fsync=committed,loose-object,reference",
    "core.logAllRefUpdates=false",
    "core.quotePath=false",
    "http.lowSpeedLimit=100",
    "http.lowSpeedTime=60",
)
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


_DAMAGED = re.compile(
    r"does not match index|missing object|bad object|bad tree object|bad config|corrupt|reference broken|invalid sha1"
    r"|unable to (?:read|unpack|find) [0-9a-f]{7,}|file is (?:truncated|too small)|cannot be accessed|inflate"
    r"|not a git repository: '",
    re.IGNORECASE,
)
MAKE_ANEW = (
    "Move all that is in it away, but its folder `netcellar`: the next run makes it anew from the remote."
    " Without a remote, restore it from a copy (docs/how-to/recovery.md tells more)"
)


def is_damaged(repository: Path, how: str) -> NetcellarError:
    """That a repository cannot be read as it is."""
    return NetcellarError(f"the repository {repository} is damaged: {how}", remedy=MAKE_ANEW, error="git")


class GitError(NetcellarError):
    """``git VERB`` ended with an error: ``status`` is its exit code, ``stderr`` what it said (without credentials)."""

    def __init__(self, verb: str, status: int, stderr: str, repository: Path | None = None) -> None:
        said = " ".join(" ".join(dict.fromkeys(stderr.splitlines())).split()) or f"exit code {status}"
        told, remedy = f"git {verb} failed: {said}", ""
        if repository and _DAMAGED.search(stderr):
            fault = is_damaged(repository, told)
            told, remedy = fault.message, fault.remedy or ""
        super().__init__(told, remedy=remedy, error="git")
        self.verb = verb
        self.status = status
        self.stderr = stderr


class Git:
    """git on one bare repository. ``keep`` is a file descriptor that local commands inherit.

    It is that of the repository's lock: a git that outlives its killed parent so keeps others out until it is done.
    ``account`` is for remotes that ask for one; without it git uses the credential helpers of its user.
    ``signing_key`` is the path of an SSH key, private, or public where the agent holds it; "" signs nothing.
    Raises NetcellarError (git) for a repository of another user.
    """

    settings: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, repository: Path, keep: int | None = None, account: Account | None = None, signing_key: str = ""
    ) -> None:
        refuse_foreign(repository)
        self.repository = repository
        self.signing_key = signing_key
        self._account = account
        self._keep = () if keep is None else (keep,)

    def run(self, verb: str, *arguments: str, stdin: bytes = b"") -> bytes:
        """What ``git VERB ARGUMENTS`` prints. Raises GitError."""
        return self._execute(_Call(verb, arguments, LOCAL_SECONDS, self._keep), [stdin])

    def text(self, verb: str, *arguments: str) -> str:
        """What git prints, as text without its last line end."""
        return self.run(verb, *arguments).decode("utf-8", "surrogateescape").strip()

    def feed(self, verb: str, *arguments: str, stdin: Iterable[bytes]) -> bytes:
        """Like ``run``, for an input too long to hold in memory."""
        return self._execute(_Call(verb, arguments, LOCAL_SECONDS, self._keep), stdin)

    def commit_tree(self, *arguments: str, stdin: bytes, environment: Mapping[str, str]) -> str:
        """Make a commit; where it is signed, with the signing key. ``environment`` says who and when."""
        settings = ("gpg.format=ssh", f"user.signingKey={self.signing_key}", "gpg.ssh.program=ssh-keygen")
        call = _Call("commit-tree", arguments, LOCAL_SECONDS, self._keep, settings=settings, environment=environment)
        return self._execute(call, [stdin]).decode().strip()

    def signatures(self, tip: str, signers: str) -> str:
        """Commit and state of its signature (``%G?``), one in a line, the oldest first; ``signers`` is a file."""
        settings = ("gpg.format=ssh", f"gpg.ssh.allowedSignersFile={signers}", "gpg.ssh.program=ssh-keygen")
        words = ("--reverse", "--format=%H %G?", tip)
        return self._execute(_Call("log", words, LOCAL_SECONDS, settings=settings)).decode()

    def talk(self, verb: str, *arguments: str) -> bytes:
        """Like ``run``, for a command that only talks to a remote."""
        return self._execute(_Call(verb, arguments, REMOTE_SECONDS, leashed=True, environment=self._ssh))

    def fetch(self, *arguments: str) -> bytes:
        """Fetch, which talks to a remote and writes here."""
        call = _Call("fetch", arguments, REMOTE_SECONDS, self._keep, leashed=True, environment=self._ssh)
        return self._execute(call)

    def tend(self, verb: str, *arguments: str, seconds: float) -> bytes:
        """Housekeeping, which ends with this process and after ``seconds`` at the latest."""
        return self._execute(_Call(verb, arguments, seconds, self._keep, leashed=True))

    @cached_property
    def _ssh(self) -> Mapping[str, str]:
        """The ssh of the user's git configuration, which what we set for ssh would keep git from using."""
        if "GIT_SSH_COMMAND" in os.environ:
            return {}
        try:
            return {"GIT_SSH_COMMAND": self.text("config", "--get", "core.sshCommand") + _SSH}
        except GitError as error:
            if error.status == 1:
                return {}
            raise

    def _execute(self, call: _Call, stdin: Iterable[bytes] = ()) -> bytes:
        settings = [word for setting in (*_SETTINGS, *self.settings, *call.settings) for word in ("-c", setting)]
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors, ExitStack() as stack:
            if self._account and call.leashed:
                told = stack.enter_context(self._account.told())
                settings += told.settings
                call = replace(call, keep=(*call.keep, told.descriptor))
            command = ["git", *settings, f"--git-dir={self.repository}", call.verb, *call.arguments]
            process = _start(command, call, output, errors)
            try:
                _write_all(process, stdin)
                if not _ended(process, call.seconds):
                    raise GitError(call.verb, -1, f"no end after {call.seconds:.0f} s")
            finally:
                _end(process)
            output.seek(0)
            errors.seek(0)
            if process.returncode:
                # fsck says what is missing on its output.
                said = (errors.read() or output.read()).decode("utf-8", "replace")
                raise GitError(call.verb, process.returncode, without_credentials(said), self.repository)
            return output.read()


@dataclass(frozen=True, slots=True)
class _Call:
    verb: str
    arguments: tuple[str, ...]
    seconds: float
    keep: tuple[int, ...] = ()
    # Its end would not come by itself soon after ours. (To fork for this costs more than a plain start.)
    leashed: bool = False
    settings: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


def clean_environment() -> dict[str, str]:
    """This process's environment without what would make git ask, translate, or work elsewhere, and without secrets."""
    ours = (*ENVIRONMENT.values(), FILE_VARIABLE)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "SSH_ASKPASS", *ours))}
    return kept | {
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh") + _SSH,
        "GIT_ALLOW_PROTOCOL": "file:ssh:https",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }


def without_credentials(text: str) -> str:
    """``text`` without user names and passwords in URLs."""
    return _CREDENTIALS.sub("", text)


def _start(command: list[str], call: _Call, output: IO[bytes], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=errors,
            env=clean_environment() | dict(call.environment),
            pass_fds=call.keep,
            start_new_session=True,
            preexec_fn=child_ends_with_us() if call.leashed else None,  # noqa: PLW1509 (it loads and locks nothing)
        )
    except FileNotFoundError as error:
        raise NetcellarError("git was not found", remedy="Install git 2.34 or newer", error="git") from error


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether it ends in time. At once when it does: Popen waits in steps of up to 50 ms, a dozen times in a run."""
    if sys.platform == "linux":
        descriptor = os.pidfd_open(process.pid)
        try:
            watch = select.poll()
            watch.register(descriptor, select.POLLIN)
            watch.poll(seconds * 1000)
        finally:
            os.close(descriptor)
        seconds = 0.0
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _write_all(process: subprocess.Popen[bytes], stdin: Iterable[bytes]) -> None:
    if process.stdin is None:
        raise ValueError("the process must have been started with a pipe for its input")
    try:
        for piece in stdin:
            process.stdin.write(piece)
        process.stdin.close()
    except BrokenPipeError:
        # git has ended before it read everything; its exit code and words tell why.
        return


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdin is not None and not process.stdin.closed:
        try:
            process.stdin.close()
        except BrokenPipeError:
            return
