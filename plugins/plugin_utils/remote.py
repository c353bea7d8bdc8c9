# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The remote: which addresses are taken, and the words of git about it as a fault that a person can mend."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ..module_utils.errors import NetcellarError
from .diskspace import FULL, disk_is_full
from .gitprocess import Git, GitError, without_credentials
from .index import INDEX_REF
from .objects import commit_of
from .writer import Tips, one_line

TRACKED_BRANCH = "refs/netcellar/remote/branch"
TRACKED_INDEX = "refs/netcellar/remote/index"
LONGEST_WORDS = 400

_SCHEMES = {"ssh", "https", "file"}
_SCP_LIKE = re.compile(r"(?:[^@/:]+@)?(?P<host>\[[0-9A-Fa-f:]+\]|[^/:@]+):(?!/?/?:)")

# A refusal that may be meant for the index alone.
_REFUSED = re.compile(
    r"hook declined|protected|prohibited|deny|denied|hidden ref|not allowed|not support --atomic",
    re.IGNORECASE,
)
# What writes nothing here, and what comes from the server.
_THERE = {"push", "ls-remote"}
_OF_REMOTE = re.compile(r"^remote:.*$", re.MULTILINE)
_SAYS_NOTHING = re.compile(r"To |hint:|error: failed to push some refs|Please make sure|and the repository exists|\s*$")

# The first that fits counts: git often adds a general sentence to the one that tells.
_FAULTS = tuple(
    (re.compile(pattern, re.IGNORECASE), what, remedy)
    for pattern, what, remedy in (
        (
            r"\((fetch first|non-fast-forward)\)",
            "others kept pushing to it at the same time",
            "Start the runs of different machines at different times",
        ),
        (
            FULL.pattern,
            "its disk is full",
            "Make room there",
        ),
        (
            r"host key verification failed|no .* host key is known",
            "its ssh host key is not known, or has changed",
            "Check the key and put it into known_hosts of the user that runs Netcellar",
        ),
        (
            r"dubious ownership",
            "its repository belongs to another user of that server",
            "Give it to the user whom Netcellar logs in as there, or let that user name it as safe.directory",
        ),
        (
            r"marked as read.only|key is read-only|expected to get object ID|not have write access|DENIED by fallthru"
            r"|not allowed to push code to this project|unable to create temporary object directory",
            "it lets us read, and not write",
            "Give the key or token of the user that runs Netcellar the right to push",
        ),
        (
            r"protected branch|GH006|hook declined|prohibited|denied by|deny updating|not allowed to push|read-only",
            "it refuses this push by its rules (protected branch or hook)",
            "Let this user push to the branch and to refs/netcellar/*, or set netcellar_branch to another branch",
        ),
        (
            r"permission (to .* )?denied|authentication failed|could not read (username|password)|access denied"
            r"|terminal prompts disabled|returned error: 40[13]|insufficient permission|not authorized|unauthorized",
            "it does not let us in, or not write",
            "Check the key or token of the user that runs Netcellar, and its right to push",
        ),
        (
            r"bad line length character",
            "what answers there does not speak Git",
            "Log in there by ssh as Netcellar does: its shell must be one for Git, and print nothing of its own",
        ),
        (
            r"not appear to be a git repository|repository .*not found|not a git repository|does not exist"
            r"|no such file|returned error: 404",
            "there is no repository at this address",
            "Check netcellar_remote, and create the (empty) repository there first",
        ),
        (
            r"could not resolve|connection (refused|timed out|reset|closed)|no route to|network is unreachable"
            r"|unable to (connect|access)|failed to connect|hung up|timed out|no end after|early eof",
            "it cannot be reached",
            "Check the address and the network",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Remote:
    """The branch at a remote address. All methods raise GitError; ``fault`` explains it."""

    git: Git
    url: str
    branch: str

    def tips(self) -> Tips:
        """What the remote says its branch and index are, now."""
        branch_ref = f"refs/heads/{self.branch}"
        listing = self.git.talk("ls-remote", "--refs", "--", self.url, branch_ref, INDEX_REF).decode("utf-8", "replace")
        found = {ref: commit for commit, __, ref in (line.partition("\t") for line in listing.splitlines())}
        return Tips(found.get(branch_ref), found.get(INDEX_REF))

    def fetch(self) -> Tips:
        """Bring the remote's branch and index here (what is there already is not fetched again) and give their tips."""
        told = self.tips()
        tracked = {TRACKED_BRANCH: told.branch, TRACKED_INDEX: told.index}
        gone = [ref for ref, tip in tracked.items() if tip is None]
        self.git.run("update-ref", "--stdin", stdin="".join(f"delete {ref}\n" for ref in gone).encode())
        wanted = {ref for ref, tip in tracked.items() if tip and commit_of(self.git, ref) != tip}
        sources = {TRACKED_BRANCH: f"refs/heads/{self.branch}", TRACKED_INDEX: INDEX_REF}
        specs = [f"+{source}:{ref}" for ref, source in sources.items() if ref in wanted]
        if specs:
            quiet = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance")
            self.git.fetch(*quiet, "--", self.url, *specs)
        return Tips(commit_of(self.git, TRACKED_BRANCH), commit_of(self.git, TRACKED_INDEX))

    def push(self, tips: Tips) -> str:
        """Push branch and index, both or none, and never over anything that is not in their history.

        A server that refuses the index (some take branches only) gets the branch alone: the warning is returned.
        """
        branch = f"{tips.branch}:refs/heads/{self.branch}" if tips.branch else ""
        index = f"{tips.index}:{INDEX_REF}" if tips.index else ""
        specs = [spec for spec in (branch, index) if spec]
        if not specs:
            return ""
        try:
            self._send(["--atomic"], specs)
        except GitError as error:
            if not branch or not index or not _REFUSED.search(error.stderr):
                raise
            self._send([], [branch])
            return (
                f"remote {without_credentials(self.url)} does not take {INDEX_REF}, which keeps the runs of several"
                f" machines apart; only the branch was pushed; git said: {_telling(error)}"
            )
        return ""

    def _send(self, options: list[str], specs: list[str]) -> None:
        self.git.talk("push", *options, "--no-follow-tags", "--no-verify", "--", self.url, *specs)

    def fault(self, error: GitError, *, waits: bool = True) -> NetcellarError:
        """``error`` in words for people: of class push, or git where it was this machine's disk that was full.

        ``waits``: whether something is to be pushed there.
        """
        if error.verb not in _THERE and FULL.search(_OF_REMOTE.sub("", error.stderr)):
            return disk_is_full(self.git.repository)
        words = _telling(error)
        found = ((what, remedy) for pattern, what, remedy in _FAULTS if pattern.search(error.stderr))
        what, remedy = next(found, ("git could not exchange with it", "See what git said"))
        return NetcellarError(
            f"remote {without_credentials(self.url)}: {what}; git said: {words}",
            remedy=f"{remedy}; what was committed is kept and goes with the next run" if waits else remedy,
            error="push",
        )


def _telling(error: GitError) -> str:
    lines = [line for line in error.stderr.splitlines() if not _SAYS_NOTHING.match(line)]
    return one_line(" ".join(lines))[:LONGEST_WORDS].rstrip(".")


def checked_remote(remote: str) -> str:
    """The address to give to git: an absolute path, ssh, https or file. Raises NetcellarError (push) for all else.

    An address is data: it must not be an option, run a command, or carry a password.
    """
    if not remote:
        return ""
    if remote.startswith("-") or not remote.isprintable() or re.match(r"\w+::", remote):
        raise _refused(remote, "it is not an address of a repository")
    if "://" in remote:
        return _checked_url(remote)
    scp_like = _SCP_LIKE.match(remote)
    if scp_like is None:
        return str(Path(remote).expanduser().absolute())
    if scp_like["host"].startswith("-"):
        raise _refused(remote, "its host is an option")
    return remote


def _checked_url(remote: str) -> str:
    try:
        parts = urlsplit(remote)
        host, password, user = parts.hostname or "", parts.password, parts.username
    except ValueError as error:
        raise _refused(remote, "it is not a valid URL") from error
    if parts.scheme not in _SCHEMES:
        raise _refused(remote, "only ssh, https and file are used")
    if password is not None or (user is not None and parts.scheme != "ssh"):
        raise _refused(remote, "it holds a password or token, which would be seen in the process list")
    if (not host and parts.scheme != "file") or host.startswith("-") or (user or "").startswith("-"):
        raise _refused(remote, "it names no host")
    return remote


def _refused(remote: str, why: str) -> NetcellarError:
    return NetcellarError(
        f"netcellar_remote {without_credentials(one_line(remote))!r} is refused: {why}",
        remedy="Use a path, ssh://user@host/path, user@host:path, or https://host/path with a credential helper of Git",
        error="push",
    )
