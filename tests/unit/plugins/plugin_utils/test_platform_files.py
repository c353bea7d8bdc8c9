"""Platform files are found by every name the world has for a platform, and never guessed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.platform import (
    Artifact,
    Hostname,
    Platform,
    Prompt,
    Secrets,
)
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import (
    experimental_ones,
    known,
    platform_for,
)


@pytest.mark.parametrize(
    ("name", "network_os"),
    [
        ("cisco_ios", "cisco_ios"),
        ("cisco.ios.ios", "cisco_ios"),
        ("ios", "cisco_ios"),
        ("cisco_xe", "cisco_ios"),
        ("IOS", "cisco_ios"),
        ("cisco.nxos.nxos", "cisco_nxos"),
        ("nxos_ssh", "cisco_nxos"),
        ("arista.eos.eos", "arista_eos"),
        ("eos", "arista_eos"),
        ("junipernetworks.junos.junos", "juniper_junos"),
        ("junos", "juniper_junos"),
        ("community.routeros.routeros", "mikrotik_routeros"),
        ("routeros", "mikrotik_routeros"),
        ("frr.frr.frr", "frr"),
    ],
)
def test_aliases(name: str, network_os: str) -> None:
    assert platform_for(name).network_os == network_os


@pytest.mark.parametrize("name", ["", "cisco", "iosv", "../frr", "_common", "cisco.ios"])
def test_unknown_is_unsupported_never_guessed(name: str) -> None:
    with pytest.raises(NetcellarError) as caught:
        platform_for(name)
    assert caught.value.error == "unsupported"


@pytest.mark.parametrize("name", (*known(), *experimental_ones()))
def test_every_file_loads(name: str) -> None:
    platform = platform_for(name, experimental=[name])
    assert platform.network_os == name
    assert "running" in platform.artifacts


@pytest.mark.parametrize("name", experimental_ones())
def test_experimental_platforms_are_off_until_asked_for(name: str) -> None:
    with pytest.raises(NetcellarError) as caught:
        platform_for(name, experimental=["other"])
    assert caught.value.error == "unsupported"
    assert f"netcellar_experimental: [{name}]" in (caught.value.remedy or "")


MINE = """
network_os: {name}
title: Mine
aliases: [{alias}]
prompt: {{privileged: '(?P<host>\\S+)# ?'}}
errors: ['% ']
artifacts: {{running: {{commands: [show all]}}}}
hostname: {{optional: true}}
secrets: {{use: [hashes]}}
"""


def test_folder_of_the_user_adds_and_overrides(tmp_path: Path) -> None:
    (tmp_path / "acme_os.yml").write_text(MINE.format(name="acme_os", alias="ios"))
    (tmp_path / "arista_eos.yml").write_text(MINE.format(name="arista_eos", alias="mine"))
    assert platform_for("acme_os", tmp_path).title == "Mine"
    assert platform_for("ios", tmp_path).network_os == "acme_os"
    assert platform_for("arista_eos", tmp_path).title == "Mine"
    assert platform_for("cisco_nxos", tmp_path) is platform_for("nxos")
    assert platform_for("ios").network_os == "cisco_ios"
    with pytest.raises(NetcellarError):
        platform_for("eos", tmp_path)


def test_fault_in_a_file_of_the_user_names_file_and_key(tmp_path: Path) -> None:
    file = tmp_path / "acme_os.yml"
    cases = [
        (MINE.format(name="acme_os", alias="a").replace("privileged", "privilged"), "prompt.privileged: is missing"),
        (MINE.format(name="other", alias="a"), "network_os: must be 'acme_os'"),
        (MINE.format(name="acme_os", alias="a") + "wrong: 1\n", "wrong: unknown key"),
        (MINE.format(name="acme_os", alias="a").replace("[a]", "7"), "aliases: must be a list"),
        ("[", "cannot be read"),
    ]
    for number, (text, where) in enumerate(cases):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / file.name).write_text(text)
        with pytest.raises(NetcellarError) as caught:
            platform_for("acme_os", folder)
        assert f"{folder / file.name}: {where}" in str(caught.value)
    with pytest.raises(NetcellarError, match=r"there is no folder.*Correct netcellar_platforms"):
        platform_for("cisco_ios", tmp_path / "missing")


def test_every_key_is_documented() -> None:
    page = (Path(__file__).parents[4] / "docs" / "reference" / "platform-file.md").read_text(encoding="utf-8")
    fields = {
        field.name for kind in (Platform, Prompt, Artifact, Hostname, Secrets) for field in dataclasses.fields(kind)
    }
    assert [name for name in sorted(fields - {"name"}) if f"`{name}`" not in page] == []
