"""Where another order is a change and where it is none, as the devices of each family take it."""

from __future__ import annotations

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.semantic import compare
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for

# What stands around two blocks: a block that shows how this family indents, and those that they are in.
IOS = "interface x\n shutdown\n%s%send\n"
GROUP = "aaa group server tacacs+ T\n%s%send\n"
TRAFFIC = "sysname r\ntraffic policy P\n%s%s"
QOS = "sysname r\nqos policy P\n%s%s"
SECURITY = "security {\n policies {\n  global {\n%s%s  }\n }\n}\n"
SERVERS = "system {\n tacplus-server {\n%s%s }\n}\n"
NAMES = "system {\n name-server {\n%s%s }\n}\n"
STATEFUL = "services {\n stateful-firewall {\n  rule R {\n%s%s  }\n }\n}\n"
PREFIXES = "policy-options {\n prefix-list P {\n%s%s }\n}\n"
HEAD = "config system global\n    set hostname f\nend\n"
ROUTE_MAP = HEAD + 'config router route-map\n    edit "R"\n        config rule\n%s%s        end\n    next\nend\n'
POLICY_ROUTES = HEAD + "config router policy\n%s%send\n"
SDWAN = HEAD + "config system sdwan\n    config service\n%s%s    end\nend\n"
URLS = HEAD + "config webfilter urlfilter\n    edit 1\n        config entries\n%s%s        end\n    next\nend\n"
ADDRESSES = HEAD + "config firewall address\n%s%send\n"
MIKROTIK = "/interface bridge\nadd name=b\n{}\n%s%s"
SET = "set system host-name r\n%s%s"
PANOS = "set deviceconfig system hostname fw\n%s%s"


WIDE = " " * 12


def edit(number: int, line: str) -> str:
    """A block of FortiOS."""
    return f"{WIDE}edit {number}\n{WIDE}    set {line}\n{WIDE}next\n"


TERMS = ("term a {\nthen {\naccept;\n}\n}\n", "term b {\nthen {\ndiscard;\n}\n}\n")
ADDED = ("add comment=a disabled=no\n", "add comment=b disabled=no\n")
IN_ORDER = [
    ("cisco_ios", IOS, "tacacs server A\n address ipv4 10.0.0.1\n", "tacacs server B\n address ipv4 10.0.0.2\n"),
    ("cisco_ios", IOS, "radius server A\n address ipv4 10.0.0.1\n", "radius server B\n address ipv4 10.0.0.2\n"),
    ("cisco_ios", GROUP, " server name A\n", " server name B\n"),
    ("cisco_iosxr", IOS, "tacacs-server host 10.0.0.1 port 49\n key 7 x\n", "tacacs-server host 10.0.0.2\n key 7 y\n"),
    ("cisco_iosxr", IOS, "domain name-server 10.0.0.1\n", "domain name-server 10.0.0.2\n"),
    ("cisco_asa", IOS, "aaa-server T (in) host 10.0.0.1\n key x\n", "aaa-server T (in) host 10.0.0.2\n key x\n"),
    ("cisco_asa", "dns server-group D\n%s%s", " name-server 10.0.0.1\n", " name-server 10.0.0.2\n"),
    ("cisco_asa", IOS, "nat (a,b) source static A A\n", "nat (a,b) source dynamic any interface\n"),
    ("cisco_asa", IOS, "banner login one\n", "banner login two\n"),
    ("cisco_nxos", IOS, "tacacs-server host 10.0.0.1\n", "tacacs-server host 10.0.0.2\n"),
    ("arista_eos", "ip access-list A\n%s%s", "   permit ip any any\n", "   deny ip any any\n"),
    ("huawei_vrp", TRAFFIC, " classifier a behavior a\n", " classifier b behavior b\n"),
    ("hp_comware", QOS, " classifier a behavior a\n", " classifier b behavior b\n"),
    ("aruba_aosw", "user-role R\n%s%s!\n", " access-list session A\n", " access-list session B\n"),
    ("juniper_junos", SECURITY, "policy a {\nthen {\npermit;\n}\n}\n", "policy b {\nthen {\ndeny;\n}\n}\n"),
    ("juniper_junos", SERVERS, "10.0.0.1 {\ntimeout 3;\n}\n", "10.0.0.2 {\ntimeout 4;\n}\n"),
    ("juniper_junos", NAMES, "10.0.0.1;\n", "10.0.0.2;\n"),
    ("juniper_junos", STATEFUL, *TERMS),
    ("juniper_junos", SET, "set security policies global policy a then x\n", "set security policies global policy b\n"),
    ("juniper_junos", SET, "set system tacplus-server 10.0.0.1\n", "set system tacplus-server 10.0.0.2\n"),
    ("juniper_junos", SET, "set services x rule R term a then y\n", "set services x rule R term b then z\n"),
    ("fortinet_fortios", ROUTE_MAP, edit(1, "match-ip-address a"), edit(2, "action deny")),
    ("fortinet_fortios", POLICY_ROUTES, edit(1, "gateway 10.0.0.1"), edit(2, "gateway 10.0.0.2")),
    ("fortinet_fortios", SDWAN, edit(1, "name a"), edit(2, "name b")),
    ("fortinet_fortios", URLS, edit(1, "url a"), edit(2, "url b")),
    *(
        ("mikrotik_routeros", MIKROTIK.format(menu), *ADDED)
        for menu in (
            *("/ip firewall mangle", "/ip/firewall/filter", "/routing filter rule", "/routing rule", "/ip route rule"),
            *("/interface bridge filter", "/interface wireless access-list", "/caps-man access-list", "/radius"),
            "/ip ipsec policy",
        )
    ),
    ("paloalto_panos", PANOS, "set rulebase nat rules A to x\n", "set rulebase nat rules B to y\n"),
    (
        "paloalto_panos",
        PANOS,
        "set device-group X pre-rulebase security rules A action allow\n",
        "set device-group X pre-rulebase security rules B action deny\n",
    ),
    (
        "paloalto_panos",
        PANOS,
        "set shared server-profile tacplus T server A address 10.0.0.1\n",
        "set shared server-profile tacplus T server B address 10.0.0.2\n",
    ),
]
FREE = [
    ("cisco_ios", IOS, "vrf definition A\n rd 1:1\n", "vrf definition B\n rd 1:2\n"),
    ("cisco_ios", IOS, "snmp-server host 10.0.0.1 a\n", "snmp-server host 10.0.0.2 a\n"),
    ("cisco_ios", IOS, "ip route 0.0.0.0 0.0.0.0 10.0.0.1\n", "ip route 0.0.0.0 0.0.0.0 10.0.0.2\n"),
    ("cisco_iosxr", "ipv4 access-list A\n%s%s!\n", " 10 permit ipv4 any any\n", " 20 deny ipv4 any any\n"),
    ("cisco_asa", "object-group network N\n%s%s", " network-object host 1.1.1.1\n", " network-object host 1.1.1.2\n"),
    (
        "aruba_aoscx",
        IOS,
        "access-list ip A\n    10 permit any any any\n",
        "access-list ip B\n    20 deny any any any\n",
    ),
    ("juniper_junos", PREFIXES, "10.0.0.0/8;\n", "11.0.0.0/8;\n"),
    ("juniper_junos", "interfaces {\n%s%s}\n", "ge-0/0/0 {\nmtu 1;\n}\n", "ge-0/0/1 {\nmtu 2;\n}\n"),
    ("fortinet_fortios", ADDRESSES, edit(1, "subnet 1.1.1.1/32"), edit(2, "subnet 2.1.1.1/32")),
    ("mikrotik_routeros", MIKROTIK.format("/ip address"), *ADDED),
    ("paloalto_panos", PANOS, "set address a ip-netmask 10.0.0.1\n", "set address b ip-netmask 10.0.0.2\n"),
    ("vyos", "firewall {\n name A {\n%s%s }\n}\n", "rule 10 {\naction a\n}\n", "rule 20 {\naction b\n}\n"),
    (
        "f5_tmos",
        "ltm pool /Common/p {\n    members {\n%s%s    }\n}\n",
        "/Common/a:80 {\naddress 1.1.1.1\n}\n",
        "/Common/b:80 {\naddress 1.1.1.2\n}\n",
    ),
]


@pytest.mark.parametrize(("case", "means"), [*((case, True) for case in IN_ORDER), *((case, False) for case in FREE)])
def test_another_order_is_a_change_where_a_device_goes_by_it(case: tuple[str, str, str, str], means: bool) -> None:
    network_os, around, one, other = case
    platform = platform_for(network_os, experimental=[network_os])
    found = compare(around % (one, other), around % (other, one), platform)
    assert (found.changes != (), found.plain) == (means, "")
