"""What changed by its meaning: with the lines around it, its class, and nothing where only free order changed."""

from __future__ import annotations

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.change_class import CHANGE_CLASSES
from ansible_collections.netcellar.backup.plugins.module_utils.outline import NoOutlineError
from ansible_collections.netcellar.backup.plugins.module_utils.semantic import compare, outline
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for

IOS = """\
! Last configuration change at 01:00
hostname r1
aaa new-model
ip access-list extended MGMT
 permit tcp 10.0.0.0 0.0.0.255 any eq 22
 deny ip any any
access-list 10 permit 10.0.0.1
access-list 10 permit 10.0.0.2
interface Gi0/1
 description uplink
 ip access-group MGMT in
 ip ospf cost 5
!
interface Gi0/2
 description free
!
router bgp 65000
 neighbor 10.0.0.1 remote-as 65001
 address-family ipv4
  neighbor 10.0.0.1 activate
 exit-address-family
ntp server 10.0.0.1
ntp server 10.0.0.2
line vty 0 4
 access-class 10 in
 transport input ssh
banner motd ^C
interface Gi0/2
 free text
^C
end
"""
JUNOS = """\
system {
    host-name r1;
    login {
        user ops {
            class super-user;
        }
    }
    ntp {
        server 10.0.0.1;
        server 10.0.0.2;
    }
}
interfaces {
    ge-0/0/0 {
        description "uplink {";
    }
}
firewall {
    filter MGMT {
        term one {
            then accept;
        }
        term two {
            then discard;
        }
    }
}
"""
FORTIOS = """\
config vdom
    edit root
        config firewall policy
            edit 2
                set action accept
            next
            edit 1
                set action deny
            next
        end
        config router static
            edit 1
                set gateway 10.0.0.1
            next
        end
    next
end
config system admin
    edit "admin"
        set accprofile "super_admin"
    next
end
"""
XML = """\
<?xml version="1.0"?>
<pfsense>
  <system><hostname>fw</hostname><timezone>UTC</timezone></system>
  <filter>
    <rule><tracker>1</tracker><type>pass</type></rule>
    <rule><tracker>2</tracker><type>block</type></rule>
  </filter>
</pfsense>
"""
JSON = '{"acl": {"web": {"rule": [{"id": 1, "action": "permit"}]}}, "hostname": "s1", "vlan": 5}'
ROUTEROS = """\
/interface bridge
add name=bridge
/ip firewall filter
add action=accept chain=input
add action=drop chain=input
/ip route
add gateway=10.0.0.1
"""
SET = """\
set system host-name r1
set interfaces ge-0/0/0 description uplink
set firewall filter MGMT term one then accept
set firewall filter MGMT term two then discard
"""
TEXTS = {
    "cisco_ios": IOS,
    "juniper_junos": JUNOS,
    "fortinet_fortios": FORTIOS,
    "pfsense": XML,
    "eaton_network": JSON,
    "mikrotik_routeros": ROUTEROS,
    "vyos": SET,
}


def told(network_os: str, *swaps: tuple[str, str]) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """The changes between a text and what swaps make of it."""
    old = new = TEXTS[network_os]
    for before, after in swaps:
        assert before in new
        new = new.replace(before, after)
    found = compare(old, new, platform_for(network_os))
    assert found.plain == ""
    return [(change.about, change.parents, change.lines) for change in found.changes]


CHANGED = [
    (
        "cisco_ios",
        (" deny ip any any", " permit udp any any\n deny ip any any"),
        ("access list", ("ip access-list extended MGMT",),
         ("  permit tcp 10.0.0.0 0.0.0.255 any eq 22", "+ permit udp any any", "  deny ip any any")),
    ),
    ("cisco_ios", ("MGMT in", "MGMT out"),
     ("access list", ("interface Gi0/1",), ("- ip access-group MGMT in", "+ ip access-group MGMT out"))),
    ("cisco_ios", ("access-class 10", "access-class 11"),
     ("access list", ("line vty 0 4",), ("- access-class 10 in", "+ access-class 11 in"))),
    ("cisco_ios", ("aaa new-model\n", ""), ("AAA", (), ("- aaa new-model",))),
    ("cisco_ios", ("cost 5", "cost 6"), ("routing", ("interface Gi0/1",), ("- ip ospf cost 5", "+ ip ospf cost 6"))),
    ("cisco_ios", ("10.0.0.1 activate", "10.0.0.2 activate"),
     ("routing", ("router bgp 65000", "address-family ipv4"),
      ("- neighbor 10.0.0.1 activate", "+ neighbor 10.0.0.2 activate"))),
    ("cisco_ios", ("input ssh", "input all"),
     ("management", ("line vty 0 4",), ("- transport input ssh", "+ transport input all"))),
    ("cisco_ios", ("description free", "description used"),
     ("interface", ("interface Gi0/2",), ("- description free", "+ description used"))),
    ("cisco_ios", ("interface Gi0/2\n description free\n!\n", ""),
     ("interface", (), ("- interface Gi0/2", "-   description free"))),
    ("cisco_ios", (" free text", " other text"),
     ("management", ("banner motd ^C",), ("  interface Gi0/2", "-  free text", "+  other text", "  ^C"))),
    ("cisco_ios", ("hostname r1", "hostname r1\nsome thing"), ("other", (), ("+ some thing",))),
    ("juniper_junos", ("then discard", "then reject"),
     ("access list", ("firewall {", "filter MGMT {", "term two {"), ("- then discard;", "+ then reject;"))),
    ("juniper_junos", ("super-user", "operator"),
     ("AAA", ("system {", "login {", "user ops {"), ("- class super-user;", "+ class operator;"))),
    ("juniper_junos", ("uplink {", "downlink {"),
     ("interface", ("interfaces {", "ge-0/0/0 {"), ('- description "uplink {";', '+ description "downlink {";'))),
    ("fortinet_fortios", ("action accept", "action deny"),
     ("access list", ("config vdom", "edit root", "config firewall policy", "edit 2"),
      ("- set action accept", "+ set action deny"))),
    ("fortinet_fortios", ("10.0.0.1", "10.0.0.2"),
     ("routing", ("config vdom", "edit root", "config router static", "edit 1"),
      ("- set gateway 10.0.0.1", "+ set gateway 10.0.0.2"))),
    ("fortinet_fortios", ("super_admin", "read"),
     ("AAA", ("config system admin", 'edit "admin"'), ('- set accprofile "super_admin"', '+ set accprofile "read"'))),
    ("pfsense", ("<type>pass", "<type>block"),
     ("access list", ("<pfsense>", "<filter>", "<rule> <tracker>1</tracker>"),
      ("- <type>pass</type>", "+ <type>block</type>"))),
    ("eaton_network", ('"permit"', '"deny"'),
     ("access list", ('"acl":', '"web":', '"rule":', "- 1"), ('- "action": "permit"', '+ "action": "deny"'))),
    ("mikrotik_routeros", ("action=drop", "action=reject"),
     ("access list", ("/ip firewall filter",),
      ("  add action=accept chain=input", "- add action=drop chain=input", "+ add action=reject chain=input"))),
    ("mikrotik_routeros", ("gateway=10.0.0.1", "gateway=10.0.0.2"),
     ("routing", ("/ip route",), ("- add gateway=10.0.0.1", "+ add gateway=10.0.0.2"))),
    ("vyos", ("host-name r1", "host-name r2"),
     ("management", (), ("- set system host-name r1", "+ set system host-name r2"))),
]  # fmt: skip


@pytest.mark.parametrize(("network_os", "swap", "change"), CHANGED)
def test_a_change_has_its_class_and_parents(
    network_os: str, swap: tuple[str, str], change: tuple[str, tuple[str, ...], tuple[str, ...]]
) -> None:
    assert told(network_os, swap) == [change]


UNUSED = "interface Gi0/2\n description free\n"
ADMIN = 'config system admin\n    edit "admin"\n        set accprofile "super_admin"\n    next\nend\n'
FREE = [
    ("cisco_ios", ("ntp server 10.0.0.1\nntp server 10.0.0.2\n", "ntp server 10.0.0.2\nntp server 10.0.0.1\n")),
    ("cisco_ios", (" ip access-group MGMT in\n ip ospf cost 5\n", " ip ospf cost 5\n ip access-group MGMT in\n")),
    ("cisco_ios", (f"{UNUSED}!\n", ""), ("line vty", f"{UNUSED}line vty")),
    ("cisco_ios", ("change at 01:00", "change at 02:00")),
    ("juniper_junos", ("server 10.0.0.1;\n        server 10.0.0.2", "server 10.0.0.2;\n        server 10.0.0.1")),
    ("fortinet_fortios", (ADMIN, ""), ("config vdom", f"{ADMIN}config vdom")),
    ("pfsense", ("<hostname>fw</hostname><timezone>UTC</timezone>", "<timezone>UTC</timezone><hostname>fw</hostname>")),
    ("eaton_network", ('"hostname": "s1", "vlan": 5', '"vlan": 5, "hostname": "s1"')),
    ("vyos", ("set system host-name r1\nset interfaces ge-0/0/0 description uplink\n",
              "set interfaces ge-0/0/0 description uplink\nset system host-name r1\n")),
]  # fmt: skip


@pytest.mark.parametrize("case", FREE)
def test_another_order_is_no_change_where_it_is_free(case: tuple[str, *tuple[tuple[str, str], ...]]) -> None:
    network_os, *swaps = case
    assert told(network_os, *swaps) == []


IN_ORDER = [
    ("cisco_ios", "access-list 10 permit 10.0.0.1", "access-list 10 permit 10.0.0.2"),
    ("cisco_ios", " permit tcp 10.0.0.0 0.0.0.255 any eq 22", " deny ip any any"),
    ("juniper_junos", "term one {\n            then accept;", "term two {\n            then discard;"),
    ("fortinet_fortios", "edit 2\n                set action accept", "edit 1\n                set action deny"),
    ("pfsense", "<tracker>1</tracker><type>pass", "<tracker>2</tracker><type>block"),
    ("mikrotik_routeros", "action=accept", "action=drop"),
    ("vyos", "set firewall filter MGMT term one then accept", "set firewall filter MGMT term two then discard"),
]


@pytest.mark.parametrize(("network_os", "one", "other"), IN_ORDER)
def test_another_order_is_a_change_where_it_means_something(network_os: str, one: str, other: str) -> None:
    found = told(network_os, (one, "<>"), (other, one), ("<>", other))
    assert [about for about, __, __ in found] == ["access list"]


def test_rules_with_numbers_stand_where_their_numbers_say() -> None:
    one, other = "ip access-list A\n   10 permit ip any any\n", "   20 deny ip any any\n"
    shuffled = compare(one + other, one.partition("\n")[0] + "\n" + other + "   10 permit ip any any\n")
    assert (shuffled.changes, shuffled.plain) == ((), "")


PLAIN = [
    ("interface 0/1\nshutdown\nexit\ninterface 0/2\nexit\n", "its blocks are not indented"),
    ("a {\n  b;\n", "a brace is not closed"),
    ("a {\n}\n}\n", "a brace closes that was never opened"),
    ("<a><b></a>", "its XML is not whole"),
    ('<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>', "its XML declares a type of document"),
    ("{" * 5000 + "}" * 5000, "its JSON cannot be read"),
    ('{"a": ' * 100 + "1" + "}" * 100, "it is nested too deep"),
    ("<a>" * 100 + "</a>" * 100, "it is nested too deep"),
    ("".join(" " * depth + "x\n" for depth in range(100)), "it is nested too deep"),
    ("-----BEGIN CERTIFICATE-----\nabc\n", "a free text in it does not end"),
]


@pytest.mark.parametrize(("text", "why"), PLAIN)
def test_a_text_without_an_outline_is_told_and_nothing_is_guessed(text: str, why: str) -> None:
    assert compare(text, text.replace("b", "c") + " \n" + text).plain == why


def test_what_only_encloses_has_no_class() -> None:
    text = "groups {\n    re0 {\n        system {\n            host-name r1;\n        }\n    }\n}\n"
    (change,) = compare(text, text.replace("r1", "r2")).changes
    assert (change.about, change.parents) == ("management", ("groups {", "re0 {", "system {"))


def test_of_blocks_with_one_heading_those_that_say_the_same_are_one() -> None:
    one, other = "address-family ipv4\n neighbor a\n", "address-family ipv4\n neighbor b\n"
    (change,) = compare(one + other, other).changes
    assert change.lines == ("- address-family ipv4", "-   neighbor a")


def test_an_outline_that_hides_a_line_is_not_believed() -> None:
    found = compare("a\n b\nexit-address-family\n", "a\n b\n")
    assert (found.changes, found.plain) == ((), "its lines differ where its outline does not")


def test_work_is_bounded() -> None:
    same = " pass\n" * 3000
    found = compare(f"route-policy p\n{same}", f"route-policy p\n drop\n{same}")
    assert found.plain == "too many of its lines are the same"


def test_lines_that_may_belong_to_a_block_above_keep_their_order() -> None:
    one, other = (
        "interface 1\nshutdown\ninterface 2\nno shutdown\n",
        "interface 1\nno shutdown\ninterface 2\nshutdown\n",
    )
    assert compare(one, other).changes != ()


def test_classes_come_in_the_order_of_their_gravity() -> None:
    swaps = [
        (" free", " used"),
        ("input ssh", "input all"),
        ("cost 5", "cost 6"),
        ("aaa new", "aaa old"),
        ("udp", "tcp"),
    ]
    found = [about for about, __, __ in told("cisco_ios", *swaps[:-1], ("MGMT in", "MGMT out"))]
    assert found == sorted(found, key=CHANGE_CLASSES.index)
    assert set(found) == {"access list", "AAA", "routing", "management", "interface"}


def test_an_outline_is_refused_and_not_guessed() -> None:
    with pytest.raises(NoOutlineError):
        outline("interface 0/1\nexit\n")
