"""What one commit changed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.changes import changes

IMPORT = """\
commit refs/heads/main
committer x <x@example.com> 0 +0000
data 1
a
M 100644 inline backups/ü r1
data 4
one

M 100644 inline b
data 4
two

commit refs/heads/main
committer x <x@example.com> 1 +0000
data 1
b
M 100644 inline b
data 6
three

"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "cellar.git"
    subprocess.run(["git", "init", "--quiet", "--bare", path], check=True)
    subprocess.run(["git", "-C", path, "fast-import", "--quiet"], input=IMPORT.encode(), check=True)
    return path


def commit(repository: Path, name: str) -> str:
    command = ["git", "-C", str(repository), "rev-parse", name]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_odd_bytes_hide_no_line(repository: Path) -> None:
    odd = "commit refs/heads/main\ncommitter x <x@x> 2 +0000\ndata 1\nc\nfrom refs/heads/main^0\n"
    odd += "M 100644 inline b\ndata 7\nth\0ree\n\n"
    subprocess.run(["git", "-C", repository, "fast-import", "--quiet"], input=odd.encode(), check=True)
    assert "+th\0ree" in changes(repository, commit(repository, "main")).diff


def test_only_what_the_commit_changed(repository: Path) -> None:
    found = changes(repository, commit(repository, "main"))
    assert found.paths == ("b",)
    assert "-two\n+three" in found.diff


def test_the_first_commit_changed_everything(repository: Path) -> None:
    assert changes(repository, commit(repository, "main~1")).paths == ("b", "backups/ü r1")


@pytest.mark.parametrize("name", ["main", "--output=x", "", "HEAD~1"])
def test_only_hashes(repository: Path, name: str) -> None:
    with pytest.raises(NetcellarError, match="not the hash"):
        changes(repository, name)


def test_a_commit_that_is_not_there(repository: Path) -> None:
    with pytest.raises(NetcellarError):
        changes(repository, "0" * 40)
