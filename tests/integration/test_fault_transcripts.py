"""What the user of ``netcellar run`` sees of each fault of a remote: what is wrong, what to do, and what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from tests.unit.plugins.plugin_utils.cellar_kit import bare, files, git, sound

from .git_servers import https_server
from .orchestrating import Bench

OpenLab = Callable[..., Lab]
TOKEN = "tok-71d0c2aa-very-secret"
RULES = "GitLab: You are not allowed to push code to protected branches"


@dataclass
class Place:
    """A project whose remote is a real server by https."""

    bench: Bench
    lab: Lab
    remote: Path

    def change(self, number: int) -> None:
        """Let the device have something new."""
        self.lab.change("r1", "hostname ", f"ip domain name g{number}.example\nhostname ")

    def replace(self, file: str, old: str, new: str) -> None:
        path = self.bench.folder / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

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
def place(lab: OpenLab, tmp_path: Path) -> Iterator[Place]:
    """The project after one run that went well."""
    folder = tmp_path / "server"
    remote = folder / "repositories" / "backups.git"
    remote.parent.mkdir(parents=True)
    git(bare(remote), "config", "http.receivepack", "true")
    opened = lab(LabDevice("r1", "cisco_ios"))
    bench = Bench.on(tmp_path, opened)
    with https_server(folder, remote.parent, TOKEN) as port:
        (tmp_path / ".gitconfig").write_text(f"[http]\n\tsslCAInfo = {folder}/cert.pem\n")
        (tmp_path / "secrets" / "git-token").touch(mode=0o600)
        (tmp_path / "secrets" / "git-token").write_text(TOKEN)
        found = Place(bench, opened, remote)
        keys = "token: {file: secrets/git-token}\n    user: writer"
        found.replace(
            "netcellar.yml", "remote: remote.git", f"remote: https://localhost:{port}/backups.git\n    {keys}"
        )
        ran = bench.job()
        assert ran.code == 0, ran.err
        yield found


FAULTS: dict[str, tuple[Callable[[Place], object], Callable[[Place], object], list[str]]] = {
    "protected branch": (
        lambda place: place.hook(RULES),
        Place.unhook,
        ["it refuses this push by its rules", "You are not allowed to push code", "netcellar_branch"],
    ),
    "no permission": (
        lambda place: place.replace("netcellar.yml", "user: writer", "user: reader"),
        lambda place: place.replace("netcellar.yml", "user: reader", "user: writer"),
        ["it does not let us in, or not write", "Check the key or token"],
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


def test_each_fault_of_a_remote_is_told_with_its_remedy_and_heals(place: Place) -> None:
    for number, (fault, (breaks, heals, words)) in enumerate(FAULTS.items()):
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
    waits = place.bench.run("check")
    print(waits.out, waits.err)
    assert "committed and not proven at the remote" in " ".join(waits.out.split())
    git(place.remote, "update-ref", "-d", "refs/heads/main")

    ran = place.bench.run("run", "nightly", "--output", "json")
    assert ran.code == 0, ran.err
    assert ran.result["git_commit_status"]["pushed"]
    assert files(place.remote) == files(place.bench.folder / "cellar.git")
    versions = git(place.remote, "log", "--format=%h", "main", "--", "backups/r1.running-config").splitlines()
    assert len(versions) == len(FAULTS) + 1
    sound(place.remote)
