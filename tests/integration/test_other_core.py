"""The newest ansible-core that is supported, on the newest Python, runs the same playbook."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from netcellar.demo.devices import demo_devices

from .conftest import OpenLab, Site

ROOT = Path(__file__).resolve().parents[2]
CORE = "ansible-core==2.21.*"


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` folder of a new virtual environment with that core."""
    # A shim of pyenv fails where that version is not the chosen one, so the version itself comes first.
    installed = sorted(Path.home().glob(".pyenv/versions/3.13*/bin/python3.13"))
    python = next(iter(installed), None) or shutil.which("python3.13")
    if python is None:
        pytest.skip("there is no Python 3.13 on this machine")
    folder = tmp_path_factory.mktemp("other-core")
    subprocess.run([python, "-m", "venv", folder], check=True)
    install = [folder / "bin" / "pip", "install", "--quiet", CORE, "-r", ROOT / "requirements.txt"]
    subprocess.run(install, check=True)
    return folder / "bin"


@pytest.mark.deep
def test_the_playbook_runs_on_the_newest_core(lab: OpenLab, site: Site, programs: Path) -> None:
    opened = lab(*demo_devices())
    site.programs = programs
    site.settings = {"ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".dev")}
    site.know(opened)
    undefined = opened.hosts()["berlin-rtr-2"] | {"ansible_password": "{{ nowhere_defined }}"}
    site.write("hosts.yml", json.dumps({"all": {"hosts": opened.hosts() | {"berlin-rtr-2": undefined}}}))
    played = site.play(netcellar_serial=5)
    assert played.noise == [], played.output
    bad = {host: record.error for host, record in played.records.items() if not record.good}
    assert bad == {
        "berlin-rtr-2": "no_credential",
        "broken-password": "auth",
        "broken-down": "refused",
        "broken-hangup": "incomplete",
        "broken-answer": "command_rejected",
    }, played.output
    again = site.play("--limit", "all:!broken-*:!berlin-rtr-2", netcellar_verdict="notable")
    assert (again.code, again.recap) == (0, {"berlin-rtr-1": "ok"}), again.output
    site.write("empty.yml", "")
    assert "the inventory holds no host" in site.play("--limit", "x", inventory="empty.yml").output
