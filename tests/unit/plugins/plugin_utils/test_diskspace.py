"""A full disk is told on the side where it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.gitprocess import Git, GitError
from ansible_collections.netcellar.backup.plugins.plugin_utils.remote import Remote

HERE, THERE = ("the disk that holds", "git"), ("its disk is full", "push")


@pytest.mark.parametrize(
    ("verb", "words", "told"),
    [
        ("fetch", "fatal: write error: No space left on device", HERE),
        ("update-ref", "error: cannot update ref 'x': couldn't write '/c/refs/x.lock'", HERE),
        ("fetch", "remote: fatal: write error: No space left on device\nfatal: early EOF", THERE),
        ("push", "remote: error: cannot update ref 'refs/heads/main': couldn't write '/r/refs/heads/main.lock'", THERE),
        ("push", "fatal: Unable to create temporary file: No space left on device", THERE),
    ],
)
def test_of_an_exchange(tmp_path: Path, verb: str, words: str, told: tuple[str, str]) -> None:
    fault = Remote(Git(tmp_path), "https://h/x", "main").fault(GitError(verb, 128, words))
    assert (told[0] in fault.message, fault.error) == (True, told[1])
    assert "Make room" in fault.remedy
