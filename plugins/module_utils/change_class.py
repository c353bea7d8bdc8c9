# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a change is about, for the one who reads it at night: the class of a line, from the lines around it.

The words are those of many platforms in the form of ``plain``. Each pattern is tried on the path of lines, from the
outermost to the changed one, joined by line ends: ``^`` is the start of any of them, ``\\A`` that of the outermost. The
first class that fits counts, the gravest first.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from .plain_words import plain

ChangeClass = Literal["access list", "AAA", "routing", "management", "interface", "other"]

CHANGE_CLASSES: tuple[ChangeClass, ...] = get_args(ChangeClass)

# What only encloses all that matters: contexts, virtual domains, groups, the roots of XML.
_WRAPPER = re.compile(
    r"(?:global|configure|config|devices|vsys|shared|result|response|pfsense|opnsense"
    r"|entry name=\"(?:localhost\.localdomain|vsys\d+)|localhost\.localdomain|vsys\d+)\b"
)
# The name of one is a line of its own below it.
_NAMED_WRAPPER = frozenset({"vdom", "groups", "logical-systems", "tenants"})

_PATTERNS: dict[ChangeClass, str] = {
    "access list": r"""
        ^(?:(?:ip|ipv4|ipv6|mac|arp|management|cpm)[ -])?(?:access-(?:list|group|class)|(?:access-)?filter(?!-)|acls?)\b
        | ^(?:traffic-filter|packet-filter|prefix-filter|object|object-group|management-access-filter|security-policy)\b
        | ^firewall\b | ^nat\b | ^/ip(?:v6)?[ /]firewall | ^(?:\S+\s)*?(?:pre-|post-)?rulebase\b | ^net\ packet-filter
        | ^security\s(?:policies|policy|nat|zones|screen|firewall|address-book|rules)\b | ^ns\ acl | ^aliases$
        | ^(?:address|address-group|service|service-group|zone)(?![\w-])(?=[^\n]*\n)
    """,
    "AAA": r"""
        ^(?:aaa|tacacs(?:-server|plus|\+)?|tacplus(?:-server)?|radius(?:-server)?|hwtacacs(?:-server)?)(?![\w-])
        | ^(?:ldap(?:-server)?|username|local-user|kerberos|usergroup|taskgroup|mgmtuser|root-authentication)\b
        | ^authentication-(?:order|profile)\b | ^system\s(?:security\s)?(?:admin|accprofile|login|tacplus|users?)\b
        | ^system\s(?:security\s)?(?:groups?|authserver|password|aaa)\b
        | \A(?:users?|role|login|authentication|authorization|accounting|password|password-policy|auth|mgt-config)\b
        | \A(?:enable\ (?:secret|password|algorithm)|secret|super\ password|/user|/radius|domain)(?![\w-])
    """,
    "routing": r"""
        ^(?:router|route-map|route-policy|policy-statement|(?:prefix|community|extcommunity|as-path|rd)-(?:list|set))\b
        | ^(?:bgp|ospf(?:v?[23])?|isis|eigrp|ripng|rip|pim|msdp|mpls|ldp|rsvp|segment-routing|bfd|multicast-routing)\b
        | ^(?:ip|ipv4|ipv6)\ (?:route|route-static|router|routing|ospf|rip|eigrp|pim|mroute|multicast-routing)\b
        | ^(?:ip|ipv4|ipv6)\ (?:unicast-routing|community-list|extcommunity-list|as-path|prefix-list|ip-prefix)\b
        | ^(?:ip|ipv6)\ (?:policy-list|local\ policy) | ^(?:network\s)?virtual-router | ^/routing | ^net\ route
        | ^/ip(?:v6)?[ /]route | ^system\sstatic-route
        | \A(?:vrf|route|routing|static|static-route|routing-options|routing-instances?|protocols|policy-options)\b
        | \A(?:policy|key\ chain|ip\ vrf|(?:ip\ )?vpn-instance|staticroutes|gateways|track)\b
    """,
    "management": r"""
        \A(?:hostname|host-name|sysname|switchname|prompt|snmp(?:-server|-agent|d)?|ntpd?|sntp|clock|time|timezone)\b
        | \A(?:logging|log|syslogd?|info-center|ssh|stelnet|sftp|telnet|line|user-interface|console|banner|header)\b
        | \A(?:management|mgmt|dns|domain-name|name-server|lldp|cdp|archive|services?|https?|web|webui|motd)\b
        | \Aip\ (?:ssh|http|https|scp|domain|name-server|host|domain-lookup|ftp|tftp)\b | \A/(?:snmp|tool|system)
        | \A(?:netconf|restconf|grpc|telemetry|crypto|pki|certificate|boot|license|version|feature|platform)\b
        | \A(?:redundancy|alias|exec-timeout|ftp|tftp|flow|sflow|netflow|event|kron|job|errdisable|memory|call-home)\b
        | \A/ip[ /](?:service|dns|ssh|cloud) | \Asystem\b(?!\sinterface)
    """,
    "interface": r"""
        \A(?:interfaces?|ports?|lag|vlans?|ethernet|controller|bundle|port-(?:channel|group)|lacp|channel-group)\b
        | \A(?:stp|mstp|spanning-tree|l2vpn|bridge-domains?|switchport|dot1x|wlan|ap|dot11|trunk|storm-control)\b
        | \A/interface | \A/ip(?:v6)?[ /]address | \Anet\ (?:interface|vlan|self|trunk)\b
        | ^system\sinterface\b | ^(?:network\s)?interfaces?\b
    """,
}
_CLASSES = {name: re.compile(pattern, re.VERBOSE | re.MULTILINE) for name, pattern in _PATTERNS.items()}


def class_of(path: tuple[str, ...]) -> ChangeClass:
    """What the last line of ``path`` is about; the others are those around it, the outermost first."""
    words = [plain(text) for text in path]
    while len(words) > 1 and (words[0] in _NAMED_WRAPPER or _WRAPPER.match(words[0])):
        words = words[2:] if words[0] in _NAMED_WRAPPER else words[1:]
    joined = "\n".join(words)
    return next((name for name, pattern in _CLASSES.items() if pattern.search(joined)), "other")
