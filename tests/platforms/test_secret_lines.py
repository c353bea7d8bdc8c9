"""Lines with a secret, one by one: masking takes the secret and leaves the words around it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.netcellar.backup.plugins.module_utils.mask import MARKER, mask
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for

SECRET = "tirana1key"
LINES = yaml.safe_load(Path(__file__).with_name("secret-lines.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("network_os", LINES)
def test_the_secret_of_each_line_is_masked(network_os: str) -> None:
    platform = platform_for(network_os, experimental=[network_os])
    masked = {line: mask(platform, f"{line}\n").text.rstrip("\n") for line in LINES[network_os]}
    assert [line for line, text in masked.items() if SECRET in text or MARKER not in text] == []
    first = {line: line.split()[0] for line in masked if not line.split()[0].startswith((SECRET, '"'))}
    assert [line for line, word in first.items() if word.partition("=")[0] not in masked[line]] == []


PLAIN = {
    "cisco_asa": [" key *****", "snmp-server host inside 192.0.2.1 community ***** version 2c"],
    "cisco_ios": [
        "service password-encryption",
        " authentication open",
        "snmp-server enable traps snmp authentication",
    ],
    "cisco_iosxr": ["   authentication mode md5", "  authentication keychain kc1", "   authentication message-digest"],
    "cisco_nxos": ["username bob passphrase  lifetime 99999 warntime 14 gracetime 3", "key chain kc1"],
    "juniper_junos": ["set policy-options community c1 members 65000:1", "set system login password minimum-length 9"],
    "nokia_sros": ['        community "tag-to" {', '                community { add ["tag-to"] }'],
    "opnsense": ["        <prefetchkey>0</prefetchkey>"],
    "paloalto_panos": ["set mgt-config users admin phash *"],
    "vyos": ["set interfaces wireguard wg0 peer p public-key 'cHVibGljS2V5'", "            community 65000:1"],
}


@pytest.mark.parametrize("network_os", PLAIN)
def test_a_line_without_a_secret_stays_as_it_is(network_os: str) -> None:
    for line in PLAIN[network_os]:
        assert mask(platform_for(network_os), f"{line}\n").text == f"{line}\n"
