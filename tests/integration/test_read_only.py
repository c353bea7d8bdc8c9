"""A project folder that is truly read-only: said clearly, and nothing is lost; with its state elsewhere all works."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from netcellar.demo.terminal import LabDevice

from tests.conftest import OpenLab

from .orchestrating import Bench, Ran

MOUNTED = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec "$@"'


class ReadOnly(Bench):
    """Its commands run where the project's folder is mounted read-only, which not even root can write in."""

    def command(self, *arguments: str) -> list[str]:
        inside = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNTED, str(self.folder)]
        return [*inside, *super().command(*arguments)]

    @property
    def content(self) -> dict[str, bytes]:
        """Every file of the project."""
        return {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project's folder, on a machine that lets us mount it read-only."""
    found = tmp_path / "project"
    found.mkdir()
    if not shutil.which("unshare"):
        pytest.skip("NO READ-ONLY FOLDER IS TESTED HERE: there is no unshare")
    tried = ReadOnly(found).command()[:8]
    said = subprocess.run([*tried, "touch", "x"], capture_output=True, text=True, check=False).stderr
    if "Read-only file system" not in said:
        pytest.skip(f"NO READ-ONLY FOLDER IS TESTED HERE: {said.strip()}")
    return found


def test_nothing_can_be_written(lab: OpenLab, folder: Path) -> None:
    bench = ReadOnly.on(folder, lab(LabDevice("r1", "cisco_ios")))
    assert Bench(folder).job().code == 0
    before = bench.content
    checked = bench.run("check")
    assert checked.code == 2
    assert f"{folder / '.netcellar'} is no folder that can be written in" in checked.out
    assert f"{folder / 'cellar.git'} is not writable" in checked.out
    for arguments in (("run", "nightly"), ("scheduler",), ("report",), ("coverage",)):
        told(bench.run(*arguments), folder)
    assert bench.content == before
    assert Bench(folder).run("coverage").code == 0


def told(ran: Ran, folder: Path) -> None:
    """What every command says that needs the store."""
    place = f"{folder / '.netcellar'}: the store cannot be kept there: Read-only file system"
    remedy = "set `state` in netcellar.yml to a folder that you may write in"
    assert (ran.code, ran.out, ran.err) == (3, "", f"netcellar: {place}\n  -> {remedy}\n")


def test_what_is_written_lies_elsewhere(lab: OpenLab, folder: Path, tmp_path: Path) -> None:
    bench = ReadOnly.on(folder, lab(LabDevice("r1", "cisco_ios")))
    file = folder / "netcellar.yml"
    text = (
        file.read_text()
        .replace("path: cellar.git", "path: ../cellar.git")
        .replace("version: 1", "version: 1\nstate: ../state")
    )
    file.write_text(text.replace("    remote: remote.git\n", ""))
    before = bench.content
    assert (bench.run("check").code, bench.job().code, bench.run("coverage").code) == (0, 0, 0)
    assert bench.content == before
    assert (tmp_path / "state").is_dir()
