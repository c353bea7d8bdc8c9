"""What the user of ``netcellar run`` sees of each fault of a remote: what is wrong, what to do, and what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from tests.sshd import SSHD, let_in, sshd
from tests.unit.plugins.plugin_utils.cellar_kit import bare, files, git, sound

from .git_servers import GIT_SHELL, https_server
from .orchestrating import Bench

OpenLab = Callable[..., Lab]
TOKEN = "tok-71d0c2aa-very-secret"
RULES = "GitLab: You are not allowed to push code to protected branches"


@dataclass
class Place:
    """A project whose remote is a real server. ``reading`` and ``writing`` let it have rights of one kind only."""

    bench: Bench
    lab: Lab
    remote: Path
    reading: Callable[[], object]
    writing: Callable[[], object]

    def change(self, number: int) -> None:
        """Let the device have something new."""
        self.lab.change("r1", "hostname ", f"ip domain name g{number}.example\nhostname ")

    def hook(self, text: str) -> None:
        """Let the server say no to every push."""
        path = self.remote / "hooks" / "pre-receive"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\necho '{text}' >&2\nexit 1\n")
        path.chmod(0o755)

    def unhook(self) -> None:
        (self.remote / "hooks" / "pre-receive").unlink()

    @property
    def away(self) -> Path:
        return self.remote.with_name("away.git")


@pytest.fixture
def place(server: str, lab: OpenLab, tmp_path: Path) -> Iterator[Place]:
    """The project after one run that went well."""
    folder = tmp_path / "server"
    remote = folder / "repositories" / "backups.git"
    remote.parent.mkdir(parents=True)
    git(bare(remote), "config", "http.receivepack", "true")
    opened = lab(LabDevice("r1", "cisco_ios"))
    bench = Bench.on(tmp_path, opened)
    with (_by_https if server == "https" else _by_ssh)(bench, folder, remote) as (reading, writing):
        ran = bench.job()
        assert ran.code == 0, ran.err
        yield Place(bench, opened, remote, reading, writing)


Switches = tuple[Callable[[], object], Callable[[], object]]


@contextmanager
def _by_https(bench: Bench, folder: Path, remote: Path) -> Iterator[Switches]:
    """Users with a token: one that may push, and one that may not."""
    with https_server(folder, remote.parent, TOKEN) as port:
        (bench.folder / ".gitconfig").write_text(f"[http]\n\tsslCAInfo = {folder}/cert.pem\n")
        token = bench.folder / "secrets" / "git-token"
        token.touch(mode=0o600)
        token.write_text(TOKEN)
        project = bench.folder / "netcellar.yml"
        keys = "token: {file: secrets/git-token}\n    user: writer"
        address = f"remote: https://localhost:{port}/backups.git\n    {keys}"
        project.write_text(project.read_text().replace("remote: remote.git", address))

        def user(name: str, before: str) -> None:
            project.write_text(project.read_text().replace(f"user: {before}", f"user: {name}"))

        yield lambda: user("reader", "writer"), lambda: user("writer", "reader")


@contextmanager
def _by_ssh(bench: Bench, folder: Path, remote: Path) -> Iterator[Switches]:
    """Keys of an account with a Git shell: one that may push, and one whose only command is the one to fetch."""
    if not SSHD.exists():
        pytest.skip("there is no sshd here")
    with sshd(folder, GIT_SHELL) as port:
        let_in(folder, "reader_key", f"git upload-pack {remote}")
        project = bench.folder / "netcellar.yml"
        project.write_text(project.read_text().replace("remote.git", f"ssh://127.0.0.1:{port}{remote}"))
        options = f"-o IdentitiesOnly=yes -o UserKnownHostsFile={folder}/known_hosts -o GlobalKnownHostsFile=/dev/null"

        def key(name: str) -> None:
            command = f"ssh -F none -i {folder}/{name} {options}"
            (bench.folder / ".gitconfig").write_text(f"[core]\n\tsshCommand = {command}\n")

        key("user_key")
        yield lambda: key("reader_key"), lambda: key("user_key")


FAULTS: dict[str, tuple[Callable[[Place], object], Callable[[Place], object], list[str]]] = {
    "protected branch": (
        lambda place: place.hook(RULES),
        Place.unhook,
        ["it refuses this push by its rules", "You are not allowed to push code", "netcellar_branch"],
    ),
    "no permission": (
        lambda place: place.reading(),
        lambda place: place.writing(),
        ["not write", "right to push"],
    ),
    "remote gone": (
        lambda place: place.remote.rename(place.away),
        lambda place: place.away.rename(place.remote),
        ["there is no repository at this address", "create the (empty) repository"],
    ),
    "disk full": (
        lambda place: place.hook("fatal: write error: No space left on device"),
        Place.unhook,
        ["its disk is full", "Make room there"],
    ),
}


# Over either way to the server; what a way has no part in is asked over one of them.
ASKED = {
    "https": ("no permission", "remote gone"),
    "ssh": ("protected branch", "no permission", "disk full"),
}


@pytest.mark.parametrize("server", ASKED)
def test_each_fault_of_a_remote_is_told_with_its_remedy_and_heals(place: Place, server: str) -> None:
    for number, fault in enumerate(ASKED[server]):
        breaks, heals, words = FAULTS[fault]
        place.change(number)
        breaks(place)
        ran = place.bench.run("run", "nightly")
        said = " ".join((ran.out + ran.err).split())
        print(f"--- {fault}: exit code {ran.code}\n{ran.out}{ran.err}")
        assert ran.code not in {0, 2}, fault
        for word in words:
            assert word in said, fault
        assert "1 file changed in commit" in said, fault
        for silly in ("Traceback", TOKEN):
            assert silly not in said, fault
        heals(place)
    waits = place.bench.run("check", "--online")
    said = " ".join(waits.out.split())
    assert "committed and not proven at the remote" in said
    assert "backups.git answers" in said
    git(place.remote, "update-ref", "-d", "refs/heads/main")

    ran = place.bench.run("run", "nightly", "--output", "json")
    assert ran.code == 0, ran.err
    assert ran.result["git_commit_status"]["pushed"]
    assert files(place.remote) == files(place.bench.folder / "cellar.git")
    versions = git(place.remote, "log", "--format=%h", "main", "--", "backups/r1.running-config").splitlines()
    assert len(versions) == len(ASKED[server]) + 1
    sound(place.remote)
