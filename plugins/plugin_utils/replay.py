# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Our commits on a remote's tip that has moved: replayed one by one, so that every version stays in the history.

Of two captures of one device the newer wins; what people committed at the remote stays. What of ours cannot stand there
(a path that now belongs to another device, or a file that a person changed too) stays reachable under
``refs/netcellar/superseded/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from .decide import Plan, decide, moment
from .fastimport import Changes, Content
from .gitprocess import Git
from .index import Entry, Index, Key, load_index
from .ledger import Line
from .moves import index_step
from .objects import is_ancestor, read_tree
from .writer import Message, Tips, write_step

SUPERSEDED = "refs/netcellar/superseded/"


@dataclass(frozen=True, slots=True)
class Step:
    """One file in one commit; an empty id stands for no file (or none that is plain text)."""

    path: str
    old: str
    new: str


@dataclass
class Replay:
    """The state on the way: new tips, the files and index there, old commit to new, and whether something was lost."""

    git: Git
    branch: str
    tips: Tips
    files: dict[str, str]
    index: dict[Key, Entry]
    commits: dict[str, str] = field(default_factory=dict)
    lost: bool = False

    @classmethod
    def onto(cls, git: Git, branch: str, tips: Tips) -> Replay:
        """A replay that starts from ``tips``."""
        return cls(git, branch, tips, read_tree(git, tips.branch), load_index(git, tips.index, branch))

    def own_commits(self, here: Tips) -> None:
        """Replay what is in ``here`` and not in the tips."""
        ours = load_index(self.git, here.index, self.branch)
        owners = {entry.path: entry for entry in ours.values()}
        only_here = f"{self.tips.branch}..{here.branch}"
        for commit in self.git.text("rev-list", "--reverse", "--topo-order", only_here).split():
            message = _message_of(self.git, commit)
            steps = list(_steps(self.git, commit))
            captured = [step for step in steps if step.new and step.path in owners]
            entries = [_entry(owners[step.path], step.new, message) for step in captured]
            others = self._merge([step for step in steps if step not in captured])
            self._apply(decide(entries, self.files, self.index, datetime.now(UTC)), others, message)
            self.commits[commit] = self.tips.branch or commit
        self._take_over(ours)

    def own_index(self, here: Tips) -> None:
        """Take over the entries of our index that are newer than those there."""
        self._take_over(load_index(self.git, here.index, self.branch))

    def _take_over(self, ours: Index) -> None:
        newer = {
            key: entry
            for key, entry in ours.items()
            if self.files.get(entry.path) == entry.blob
            and (key not in self.index or moment(entry.captured_at) > moment(self.index[key].captured_at))
        }
        self._apply(Plan(index=newer), Changes(), Message.now("index: entries of another clone", {}))

    def unproven(self, lines: list[Line]) -> list[Line]:
        """The lines as they are true of the new tips: a capture that is missing there is committed again."""
        kept = [replace(line, commit=self.commits.get(line.commit, line.commit)) for line in lines]
        missing = {line.key: line for line in kept if not self._holds(line)}
        if not missing:
            return kept
        entries = [replace(line.entry, captured_at=line.captured_at, run=line.run) for line in missing.values()]
        plan = decide(entries, self.files, self.index, datetime.now(UTC))
        self._apply(plan, Changes(), Message.now("backup: captures of an earlier run", {}))
        for key, decision in plan.decisions.items():
            if decision.verdict != "rejected" and self.tips.branch:
                after = Line.after(decision, self.tips.branch, self.branch)
                missing[key] = replace(after, host=missing[key].host, stamp=missing[key].stamp)
            else:
                del missing[key]
        return [missing.get(line.key, line) for line in kept if line.key in missing or self._holds(line)]

    def _holds(self, line: Line) -> bool:
        if self.files.get(line.entry.path) == line.entry.blob:
            return True
        tip = self.tips.branch
        return tip is not None and is_ancestor(self.git, line.commit, tip) and _tree_holds(self.git, line)

    def _merge(self, steps: list[Step]) -> Changes:
        """Changes of files that are no captures: taken where the remote did not change the same file."""
        write: dict[str, Content] = {}
        remove: set[str] = set()
        for step in steps:
            there = self.files.get(step.path, "")
            if there == step.old and step.new:
                write[step.path] = step.new
            elif there == step.old and there:
                remove.add(step.path)
            elif there != step.new:
                self.lost = True
        return Changes(write, frozenset(remove))

    def _apply(self, plan: Plan, others: Changes, message: Message) -> None:
        self.lost |= any(decision.verdict == "rejected" for decision in plan.decisions.values())
        changes = Changes({**others.write, **plan.write}, (others.remove | plan.remove) - set(plan.write))
        index = index_step(self.branch, self.index, plan.index, self.tips.branch, changes)
        self.index.update(plan.index)
        self.tips = write_step(self.git, self.tips, changes, index, message)
        self.files.update({path: blob for path, blob in changes.write.items() if isinstance(blob, str)})
        for path in changes.remove:
            self.files.pop(path, None)


def _steps(git: Git, commit: str) -> Iterator[Step]:
    parents = git.text("rev-list", "--parents", "-n", "1", commit).split()[1:2]
    pair = [*parents, commit] if parents else ["--root", "--no-commit-id", commit]
    fields = git.run("diff-tree", "-r", "-z", "--no-renames", *pair).decode("utf-8", "surrogateescape").split("\0")
    for facts, path in zip(fields[0:-1:2], fields[1::2], strict=True):
        old_mode, mode, old, new, __ = facts.lstrip(":").split(" ")
        yield Step(path, old if old_mode.startswith("100") else "", new if mode.startswith("100") else "")


def _entry(owner: Entry, blob: str, message: Message) -> Entry:
    if owner.blob == blob:
        return owner
    captured_at = datetime.fromtimestamp(message.seconds, UTC).isoformat()
    return replace(owner, blob=blob, same_as="", captured_at=captured_at)


def _message_of(git: Git, commit: str) -> Message:
    seconds, __, text = git.text("log", "-1", "--no-show-signature", "--format=%ct%n%B", commit).partition("\n")
    return Message(text.strip() + "\n", int(seconds))


def _tree_holds(git: Git, line: Line) -> bool:
    return read_tree(git, line.commit).get(line.entry.path) == line.entry.blob
