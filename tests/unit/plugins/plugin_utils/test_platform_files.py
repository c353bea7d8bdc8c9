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
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import known, platform_for


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


@pytest.mark.parametrize("name", known())
def test_every_file_loads_and_reads_its_prompts(name: str) -> None:
    platform = platform_for(name)
    assert platform.network_os == name
    assert "running" in platform.artifacts
    assert all(group in platform.prompt.privileged.groupindex for group in ["host"])


def test_every_key_is_documented() -> None:
    page = (Path(__file__).parents[4] / "docs" / "reference" / "platform-file.md").read_text(encoding="utf-8")
    fields = {
        field.name for kind in (Platform, Prompt, Artifact, Hostname, Secrets) for field in dataclasses.fields(kind)
    }
    assert [name for name in sorted(fields - {"name"}) if f"`{name}`" not in page] == []
