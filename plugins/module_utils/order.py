# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where the order of lines means something: rules of a filter, steps of a policy, servers that are asked in turn.

Elsewhere a device may print the same lines in any order, and a change of it is no change.
"""

from __future__ import annotations

import re

from .outline import Item, walk
from .plain_words import plain

# Whose lines are read from the first to the last.
_IN_ORDER = re.compile(
    r"""
    (?:(?:ip|ipv4|ipv6|mac|arp)\ )?access-list\b | acl\b | policy-map\b | (?:traffic|qos)\ policy\b | crypto\ map\b
    | (?:aaa\ group\ server|radius\ scheme|hwtacacs\ scheme)\b | authentication-order\b | name-server\b
    | (?:(?:tacplus|radius)-)?server$
    | (?:rulebase\ )?(?:security|nat|pbf|decryption|qos)\ rules\b | rules\b | filter\b | nat\b | outbound\b
    | firewall\ (?:\S*policy6?|central-snat-map)$ | router\ policy6?$ | (?:authentication\ )?rule$ | entries$
    | user\ rules\b | policy-statement\b | from-zone\b | rule-set\b | policies\b
    | /ip(?:v6)?[ /]firewall[ /](?:filter|nat|mangle|raw) | /queue\ simple | /radius$ | /routing[ /](?:filter|rule)
    | /ip[ /](?:route[ /]rule|ipsec[ /]policy|dns[ /]static|proxy[ /]access|hotspot[ /]walled-garden)
    | /interface[ /]bridge[ /](?:filter|nat) | /(?:caps-man|interface[ /]\S+)[ /]access-list
    | (?:\w+\ )?certificate\b | (?:community|as-path|prefix|rd|extcommunity)-set\b
    """,
    re.VERBOSE,
)
_IN_ORDER_BELOW = re.compile(r"policies\nglobal$|system sdwan\nservice$")
_TERM = re.compile(r"term \S")
_PROGRAM = re.compile(r"route-policy\b|macro\b|event manager applet\b|ltm rule\b|kron policy-list\b|event-handler\b")
# Lines side by side that are read one after the other: those in which this is the same.
_SERIES = re.compile(
    r"""
    access-list\ \S+
    | (?:ip|ipv6)\ (?:as-path\ access-list|prefix-list|community-list(?:\ standard|\ expanded)?)\ \S+
    | (?:ip|ipv6)\ extcommunity-list(?:\ standard|\ expanded)?\ \S+
    | nat\ \( | banner\ \S+ | \S.*?(?=\ term\ \S)
    | firewall\ (?:family\ \S+\ )?filter\ \S+ | policy-options\ policy-statement\ \S+
    | security\ policies\ (?:from-zone\ \S+\ to-zone\ \S+|global) | security\ nat\ \S+\ rule-set\ \S+
    | system\ (?:tacplus|radius|name)-server
    | (?:\S+\ )*?(?:(?:pre-|post-)?rulebase\ \S+\ rules|server-profile\ \S+\ \S+\ server)
    """,
    re.VERBOSE,
)
# A number that says where the line belongs, wherever it stands. ("edit 3" of FortiOS names a rule and no place.)
# Servers that are asked in turn, with or without lines of their own.
_SERVERS = re.compile(
    r"(?:tacacs|radius)(?:-server host| server)\b|aaa-server \S+ \(\S+\) host\b|(?:ip |domain )?name-server\b"
)
# An address is no number that tells a place.
_NUMBERED = re.compile(r"(?:(?:seq|sequence|statement|rule|entry|remark) )?\d+\b(?![.:][\da-f])|.*? seq \d+ ")


def settle_order(root: Item) -> None:
    """Mark below ``root`` whose children stand in an order that means something, and gather series of lines."""
    walk(root, _settle)


def _settle(item: Item, path: tuple[str, ...]) -> None:
    if item.grouped:
        return
    words = plain(item.text)
    if any(_PROGRAM.match(plain(text)) for text in (*path, item.text)):
        item.ordered = True
    elif item.children and words and _stands_in_order(words, path, item):
        item.ordered = item.ordered or not all(_NUMBERED.match(plain(each.text)) for each in item.children)
    if not item.ordered:
        item.children = _gathered(item.children)


def _stands_in_order(words: str, path: tuple[str, ...], item: Item) -> bool:
    below = f"{plain(path[-1]) if path else ''}\n{words}"
    return bool(
        _IN_ORDER.match(words) or _IN_ORDER_BELOW.match(below) or any(_TERM.match(each.text) for each in item.children)
    )


def _gathered(items: list[Item]) -> list[Item]:
    series: dict[str, Item] = {}
    found = []
    for item in items:
        match = _series_of(item)
        if match is None:
            found.append(item)
            continue
        group = series.get(match[0])
        if group is None:
            group = series[match[0]] = Item(f"\0{match[0]}", ordered=True, grouped=True)
            found.append(group)
        group.children.append(item)
    return found


def _series_of(item: Item) -> re.Match[str] | None:
    words = plain(item.text)
    if servers := _SERVERS.match(words):
        return servers
    return None if item.children or _NUMBERED.match(words) else _SERIES.match(words)
