"""The recorded sessions through the whole playbook: static inventory, capture, Git; judged by their corpus."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.integration.conftest import Played, Site

from .recorded import Recorded
from .test_recorded import MISSES, NOT_SECRET, REFUSED, SAMPLE, sample, served

SETTINGS = {
    "netcellar_identity": "off",
    "netcellar_host_keys": "off",
    "netcellar_paths": "c/{name}.cfg",
    "netcellar_retries": 0,
    "netcellar_verdict": "off",
    "netcellar_command_timeout": 60,
}
WAYS = [{}, {"chunk": 7}, {"pager": 24}, {"chunk": 7, "pager": 24}]


@pytest.fixture
def machine(tmp_path: Path) -> Site:
    return Site(tmp_path, dict(SETTINGS))


def back_up(machine: Site, ports: Mapping[str, int], users: Mapping[str, str], secrets: str) -> Played:
    """Run the playbook on an inventory as the corpus names it."""
    hosts = {
        name: {
            "ansible_host": "127.0.0.1",
            "ansible_port": port,
            "ansible_user": users.get(name, "backup"),
            "ansible_password": "backup",
            "ansible_network_os": name.partition("-")[0],
        }
        for name, port in ports.items()
    }
    machine.write("hosts.json", json.dumps({"all": {"hosts": hosts}}))
    return machine.play(inventory="hosts.json", netcellar_secrets=secrets)


def stored(machine: Site) -> dict[str, str]:
    """What the cellar holds of each session, byte for byte."""
    texts = {}
    for path in machine.files:
        if path.startswith("c/"):
            show = ["git", f"--git-dir={machine.repository}", "show", f"main:{path}"]
            texts[path[2:-4]] = subprocess.run(show, capture_output=True, check=True).stdout.decode()
    return texts


def wrong(sessions: list[Recorded], texts: Mapping[str, str], *, masked: bool) -> list[str]:
    """The sessions whose text is not what their corpus expects, less the explained ones."""
    explained = {**MISSES, **(NOT_SECRET if masked else {})}
    found = [f"{one.name}: nothing is stored" for one in sessions if one.name not in {*texts, *REFUSED}]
    for one in sessions:
        if one.name in texts and one.name not in explained:
            text = texts[one.name]
            found.append((one.masked_well(text) if masked else one.kept_well(text)) or "")
    return [fault for fault in found if fault]


def test_a_sample_is_stored_as_expected_and_a_cut_one_never(
    corpus: Path, recorded: list[Recorded], machine: Site
) -> None:
    sessions = sample(recorded, SAMPLE)
    with served(corpus, sessions) as ports:
        played = back_up(machine, ports, {}, "keep")
        assert set(played.outcomes.values()) == {"stored"}, played.output
        assert wrong(sessions, stored(machine), masked=False) == []
        assert_no_cut_is_stored(machine, ports)


@pytest.mark.deep
@pytest.mark.parametrize("options", WAYS, ids=str)
def test_all_are_stored_as_expected(
    corpus: Path, recorded: list[Recorded], machine: Site, options: dict[str, int]
) -> None:
    with served(corpus, recorded, **options) as ports:
        back_up(machine, ports, {}, "keep")
        texts = stored(machine)
        assert wrong(recorded, texts, masked=False) == []
        assert set(texts) == {one.name for one in recorded} - REFUSED
        if not options:
            assert_no_cut_is_stored(machine, ports)


@pytest.mark.deep
def test_all_are_masked_as_expected(corpus: Path, recorded: list[Recorded], machine: Site) -> None:
    with served(corpus, recorded) as ports:
        back_up(machine, ports, {}, "mask")
        assert wrong(recorded, stored(machine), masked=True) == []


def assert_no_cut_is_stored(machine: Site, ports: Mapping[str, int]) -> None:
    """Run again, each session dropped somewhere: no record is good, and Git stays as it was."""
    chance, tree = random.Random(20261121), machine.tree
    played = back_up(machine, ports, {name: f"cut:{chance.uniform(0, 0.99)}" for name in ports}, "keep")
    assert {host: record.outcome for host, record in played.records.items() if record.good} == {}
    assert len(played.records) == len(ports)
    assert machine.tree == tree
