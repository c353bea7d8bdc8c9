"""What the orchestrator's tests share: a sound project in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SOUND = """\
version: 1
nautobot:
  url: https://nautobot.example.com
  token: {env: NAUTOBOT_TOKEN}
repositories:
  main:
    path: cellar.git
    remote: remote.git
credentials:
  lab:
    user: backup
    password: {env: LAB_PASSWORD}
inventories:
  extra: extra.yml
jobs:
  nightly:
    inventory: production
    repository: main
    credentials: [lab]
    paths: "backups/{name}.{artifact}-config"
    concurrency: 20
"""
INVENTORY = "plugin: netcellar.backup.devices\ndevices: ../devices.yml\nmatch: {all: true}\n"
DEVICES = "devices:\n  - {name: r1, address: 192.0.2.1, platform: cisco_ios}\n  - {name: r2, platform: arista_eos}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with everything but the project file."""
    (tmp_path / "inventories").mkdir()
    (tmp_path / "inventories" / "production.yml").write_text(INVENTORY)
    (tmp_path / "extra.yml").write_text(INVENTORY.replace("../", ""))
    (tmp_path / "devices.yml").write_text(DEVICES)
    return tmp_path


@pytest.fixture
def write(folder: Path) -> Callable[[str], Path]:
    """Writes ``netcellar.yml`` and gives its path."""

    def written(text: str) -> Path:
        file = folder / "netcellar.yml"
        file.write_text(text)
        return file

    return written
