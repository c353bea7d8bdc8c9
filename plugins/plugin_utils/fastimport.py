# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Changes of a branch as the language of ``git fast-import``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

Content = str | Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change in a tree: a path gets a blob (its id, or its bytes, read when they are written) or is removed."""

    write: dict[str, Content] = field(default_factory=dict)
    remove: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.write or self.remove)


def commit_stream(ref: str, base: str | None, changes: Changes, signature: str, message: str) -> Iterator[bytes]:
    """A commit on ``ref`` with ``changes`` on ``base``. ``signature`` is ``Name <mail> SECONDS +0000``."""
    yield f"commit {ref}\ncommitter {signature}\n".encode()
    yield _data(message.encode("utf-8", "replace"))
    if base:
        yield f"from {base}\n".encode()
    # Removals first: a folder may become a file, and a file a folder.
    for path in sorted(changes.remove):
        yield b"D " + quoted(path) + b"\n"
    for path, content in sorted(changes.write.items()):
        yield from _modify(path, content)
    yield b"\n"


def blob_stream(content: bytes) -> Iterator[bytes]:
    """A blob that nothing refers to yet."""
    yield b"blob\n"
    yield _data(content)


def whole_stream(commits: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """Commits (or blobs) as one input. Without its last word (a killed writer) fast-import changes no ref."""
    yield b"feature done\n"
    for commit in commits:
        yield from commit
    yield b"done\n"


def quoted(path: str) -> bytes:
    """``path`` as a C string, as Git quotes it: no byte of it can be read as a command."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return b'"' + escaped.encode() + b'"'


def _modify(path: str, content: Content) -> Iterator[bytes]:
    if isinstance(content, str):
        yield b"M 100644 " + content.encode() + b" " + quoted(path) + b"\n"
    else:
        yield b"M 100644 inline " + quoted(path) + b"\n"
        yield _data(content())


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)
