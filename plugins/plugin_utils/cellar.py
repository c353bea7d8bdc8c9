# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The cellar: one bare repository, its branch, and the way of staged captures into a commit and to the remote.

cellar = Cellar(Path("cellar.git"), branch="main", remote="ssh://git@host/backups.git")
with cellar.open(run) as work:
    fault = work.sync()
    result = work.commit(staging.pending(run), About(run, inventory="production_routers"))
    proof = work.push()
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ..module_utils.errors import NetcellarError
from .account import Account
from .blobs import blob_id
from .bulk import WORTH_IT, store_texts
from .decide import Decision, Plan, decide
from .departing import Departure, Leaving, departure
from .fastimport import Changes, Content
from .garbage import uncollected
from .gitprocess import Git, GitError
from .index import Entry, Index, Key, load_index
from .ledger import Ledger, Line
from .lock import WAIT_SECONDS, locked
from .moves import index_step
from .objects import read_tree
from .push import Exchange, Proof
from .recover import recover
from .remote import checked_remote
from .rooms import Rooms
from .staging import DamagedError, Pending, Staged, Staging
from .writer import Message, MovedError, Tips, move, write_step

TRIES = 5


@dataclass(frozen=True, slots=True)
class About:
    """What the message of a commit tells."""

    run: str
    inventory: str = ""
    job: str = ""


@dataclass(frozen=True, slots=True)
class CommitResult:
    """``commit`` is the branch's tip; it is new where ``files_changed`` is not 0. One decision per device and artifact.

    ``damaged``: staged files that were not whole, where they are now.
    """

    commit: str | None
    files_changed: int = 0
    decisions: Mapping[Key, Decision] = field(default_factory=dict)
    damaged: tuple[Path, ...] = ()


class Cellar:
    """A repository with the branch that runs commit to, and the remote that it is pushed to ("": none).

    ``account`` is for a remote that asks for one; without it, Git's own credential helpers are used. ``signing_key``:
    the path of an SSH key that signs each commit of the branch.
    """

    def __init__(
        self,
        repository: Path,
        branch: str = "main",
        remote: str = "",
        account: Account | None = None,
        signing_key: str = "",
    ) -> None:
        self.repository = repository.absolute()
        self.branch = branch
        self.remote = checked_remote(remote)
        self._account = replace(account, url=self.remote) if account else None
        self._signing_key = signing_key

    def stored(self) -> Index:
        """What the index says is stored here. Changes nothing, and is empty where there is no repository yet.

        Raises NetcellarError (class git).
        """
        rooms = Rooms(self.repository)
        if rooms.free or rooms.unfinished.exists():
            return {}
        git = Git(self.repository)
        return load_index(git, Tips.here(git, self.branch).index, self.branch)

    @contextmanager
    def open(self, run: str, wait: float = WAIT_SECONDS) -> Iterator[OpenCellar]:
        """Take the repository's lock, make the repository where it is missing, clear up after killed processes.

        Raises NetcellarError (class git): locked for too long, not a bare repository, a bad name for the branch.
        """
        rooms = Rooms(self.repository)
        rooms.make()
        with locked(rooms.lock, run, wait) as descriptor:
            git = Git(self.repository, descriptor, self._account, self._signing_key)
            _prepare(git, rooms, self.branch)
            recover(git)
            work = OpenCellar(git, self.branch, self.remote)
            with uncollected():
                try:
                    yield work
                finally:
                    work.settle()


class OpenCellar:
    """The cellar while its lock is held."""

    def __init__(self, git: Git, branch: str, remote: str) -> None:
        self.git = git
        self.branch = branch
        self.ledger = Ledger(git.repository, held=True)
        self._exchange = Exchange(git, branch, remote, self.ledger)
        self._staging = Staging(git.repository)
        self._committed: list[Pending] = []
        self._algorithm = git.text("rev-parse", "--show-object-format")

    def sync(self) -> NetcellarError | None:
        """Take over what moved at the remote, before a commit. Gives the fault where it is out of reach."""
        return self._exchange.sync()

    def push(self) -> Proof:
        """Push whatever the remote lacks, read it back, and prove it; without a remote the branch here is the proof."""
        proof = self._exchange.push()
        self.settle()
        return proof

    def settle(self) -> None:
        """Write the ledger, and only then remove the staged files of what is committed."""
        self.ledger.flush()
        while self._committed:
            self._staging.remove(self._committed.pop())

    def commit(self, pending: Pending, about: About) -> CommitResult:
        """Commit what changed and note everything for the ledger; the staged files stay until ``push`` or the end.

        A rejected capture goes to quarantine. Raises NetcellarError of class git; everything is then still staged.
        """
        staged = {_key(each): each for each in pending.staged}
        damaged = list(pending.damaged)
        for __ in range(TRIES + len(staged)):
            try:
                plan, tips = self._write(staged.values(), about)
            except MovedError:
                continue
            except DamagedError as error:
                damaged.append(self._staging.set_aside(staged.pop(_key(error.staged))))
                continue
            self._note(plan, tips, staged)
            for each in staged.values():
                if plan.decisions[each.capture.device_id, each.capture.artifact].verdict == "rejected":
                    self._staging.set_aside(each)
            self._committed.append(pending)
            return CommitResult(tips.branch, len(plan.write) + len(plan.remove), plan.decisions, tuple(damaged))
        raise NetcellarError(f"{self.branch} of {self.git.repository} is being moved by somebody else", error="git")

    def _write(self, staged: Iterable[Staged], about: About) -> tuple[Plan, Tips]:
        tips = Tips.here(self.git, self.branch)
        index = load_index(self.git, tips.index, self.branch)
        captures = {self._blob(each): each for each in staged}
        # What a killed run left may be of another inventory.
        ours = {about.run: about.inventory}
        wanted = [Entry.of(each.capture, self._blob(each), ours.get(each.capture.run, "")) for each in staged]
        plan = decide(wanted, read_tree(self.git, tips.branch), index, datetime.now(UTC))
        texts = {blob: captures[blob].read for blob in plan.write.values() if blob in captures}
        if len(texts) >= WORTH_IT:
            store_texts(self.git, list(texts.values()))
            texts = {}
        write: dict[str, Content] = {path: texts.get(blob, blob) for path, blob in plan.write.items()}
        files = Changes(write, plan.remove)
        entries = index_step(self.branch, index, plan.index, tips.branch, files)
        new = write_step(self.git, tips, files, entries, _message(plan, about))
        move(self.git, self.branch, tips, new)
        return plan, new

    def depart(self, leaving: Leaving, about: About, present: Collection[str]) -> Departure:
        """Move or remove the files of devices of the run's inventory that are not ``present`` (ids), in one commit."""
        for __ in range(TRIES):
            tips = Tips.here(self.git, self.branch)
            index = load_index(self.git, tips.index, self.branch)
            found = departure(leaving, about.inventory, present, read_tree(self.git, tips.branch), index)
            if not found.index:
                return found
            entries = index_step(self.branch, index, found.index, tips.branch, found.changes)
            message = _trailed(f"backup: {len(found.names)} devices left {about.inventory} ({leaving.policy})", about)
            try:
                move(self.git, self.branch, tips, write_step(self.git, tips, found.changes, entries, message))
            except MovedError:
                continue
            return found
        return Departure(refused=f"{self.branch} is being moved by somebody else")

    def _blob(self, staged: Staged) -> str:
        return staged.blob if self._algorithm == "sha1" else blob_id(staged.read(), self._algorithm)

    def _note(self, plan: Plan, tips: Tips, staged: Mapping[tuple[str, str, str], Staged]) -> None:
        lines = []
        for key, decision in plan.decisions.items():
            if decision.verdict == "rejected" or tips.branch is None:
                continue
            capture = staged[*key, decision.capture.run].capture
            lines.append(Line.after(decision, tips.branch, self.branch, capture.host, capture.stamp))
        self.ledger.add(lines)


def _key(staged: Staged) -> tuple[str, str, str]:
    return (staged.capture.device_id, staged.capture.artifact, staged.capture.run)


def _message(plan: Plan, about: About) -> Message:
    devices = {device for device, __ in plan.decisions}
    changed = {device for (device, __), decision in plan.decisions.items() if decision.verdict == "changed"}
    subject = f"backup: {len(changed)} of {len(devices)} devices changed"
    subject += f" ({about.inventory})" if about.inventory else ""
    return _trailed(subject, about)


def _trailed(subject: str, about: About) -> Message:
    trailers = {"Netcellar-Run": about.run, "Netcellar-Inventory": about.inventory, "Netcellar-Job": about.job}
    return Message.now(subject, trailers)


def _prepare(git: Git, rooms: Rooms, branch: str) -> None:
    _check_branch(git, branch)
    try:
        if rooms.free or rooms.unfinished.exists():
            rooms.unfinished.touch(mode=0o600)
            git.run("init", "--bare", "--quiet", "--template=", f"--initial-branch={branch}")
            rooms.unfinished.unlink()
        bare = git.text("rev-parse", "--is-bare-repository") == "true"
    except OSError as error:
        raise NetcellarError(f"cannot write {error.filename}: {error.strerror}", error="git") from error
    if not bare:
        raise NetcellarError(
            f"{git.repository} is not a bare Git repository",
            remedy="Set netcellar_repository to a path that does not exist yet, or to a bare repository",
            error="git",
        )


def _check_branch(git: Git, branch: str) -> None:
    try:
        good = git.text("check-ref-format", "--branch", branch) == branch
    except GitError as error:
        if error.remedy:
            raise
        good = False
    if not good:
        raise NetcellarError(
            f"{branch!r} cannot be the name of a branch", remedy="Set netcellar_branch to a name as main", error="git"
        )
