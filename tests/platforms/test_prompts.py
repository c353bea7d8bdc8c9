"""Prompts as devices show them: which rights each stands for, and the name in it."""

from __future__ import annotations

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for

PRIVILEGED = [
    ("arista_eos", "leaf-1(s1)#", "leaf-1"),
    ("aruba_aoscx", "core sw 1# ", "core sw 1"),
    ("aruba_aosw", "(wlc-1) ^*[mynode] #", "wlc-1"),
    ("aruba_instant", " ap-1# ", "ap-1"),
    ("checkpoint_gaia", "gw-1:0> ", "gw-1"),
    ("cisco_asa", "fw-1/pri/act#", "fw-1"),
    ("cisco_ios", "r1~lab&2#   ", "r1~lab&2"),
    ("cisco_nxos", "sw1(maint-mode)(config)#", "sw1"),
    ("cisco_asa", "fw-1/ctx/act# ", "fw-1"),
    ("cisco_ios", "r1.example-2#", "r1.example-2"),
    ("cisco_iosxr", "RP/0/RSP0/CPU0:r1#", "r1"),
    ("cisco_iosxr", "0/RP0/CPU0:r1#", "r1"),
    ("cisco_nxos", "sw1(maint-mode)# ", "sw1"),
    ("cumulus_linux", "root@leaf:mgmt:~# ", "leaf"),
    ("cumulus_linux", "root@leaf~# ", "leaf"),
    ("extreme_exos", "* Slot-1 sw1.12 # ", "sw1"),
    ("extreme_exos", "(vr VR-Mgmt) * sw1.12 # ", "sw1"),
    ("fortinet_fortios", "fw1 (global) # ", "fw1"),
    ("fortinet_fortios", "fw1(Primary) (global) # ", "fw1"),
    ("fortinet_fortios", "(M) fw1 $ ", "fw1"),
    ("fortinet_fortios", "a-long-na~ (root) # ", "a-long-na"),
    ("hp_comware", "<sw 1>", "sw 1"),
    ("hp_comware", "[sw1]", "sw1"),
    ("hp_procurve", "HP-2920-24G# ", "HP-2920-24G"),
    ("juniper_junos", "admin@mx1> ", "mx1"),
    ("juniper_junos", "mx1> ", "mx1"),
    ("mikrotik_routeros", "[admin@r 1] > ", "r 1"),
    ("netgear_smart", "(GS748T -+.v4)#", "GS748T -+.v4"),
    ("nokia_sros", "*A:r1# ", "r1"),
    ("nokia_sros", "A:admin@r1# ", "r1"),
    ("paloalto_panos", "admin@fw1(active)> ", "fw1"),
    ("paloalto_panos", "ann@example.com@fw1> ", "fw1"),
    ("ruckus_fastiron", "SSH@sw1#", "sw1"),
    ("vyos", "vyos@r1:~$ ", "r1"),
]
USER = [
    ("arista_eos", "leaf-1>", "leaf-1"),
    ("checkpoint_gaia", "[Expert@gw-1:0]# ", "gw-1"),
    ("cisco_asa", "fw-1> ", "fw-1"),
    ("cisco_ios", "r1>", "r1"),
    ("cumulus_linux", "cumulus@leaf~$", "leaf"),
    ("juniper_junos", "root@srx1:~ # ", "srx1"),
    ("juniper_junos", "root@mx1% ", "mx1"),
    ("juniper_junos", "root@:RE:0% ", None),
    ("juniper_junos", "% ", None),
]
NONE = [
    ("cisco_ios", "Password: "),
    ("cisco_ios", " --More-- "),
    ("hp_procurve", "#"),
    ("garderos_grs", "#LAB#"),
    ("juniper_junos", "---(more 45%)---"),
    ("fortinet_fortios", "--More-- "),
]


@pytest.mark.parametrize(("network_os", "prompt", "host"), PRIVILEGED)
def test_a_prompt_that_may_read(network_os: str, prompt: str, host: str) -> None:
    known = platform_for(network_os).prompt
    assert known.may_read(prompt)
    assert known.host(prompt) == host


@pytest.mark.parametrize(("network_os", "prompt", "host"), USER)
def test_a_prompt_that_needs_more_rights(network_os: str, prompt: str, host: str | None) -> None:
    known = platform_for(network_os).prompt
    assert known.stands(prompt)
    assert not known.may_read(prompt)
    assert known.host(prompt) == host


@pytest.mark.parametrize(("network_os", "line"), NONE)
def test_what_is_no_prompt(network_os: str, line: str) -> None:
    known = platform_for(network_os).prompt
    assert not known.stands(line)
