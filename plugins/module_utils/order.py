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
    (?:(?:ip|ipv4|ipv6|mac|arp)\ )?access-list\b | acl\b | policy-map\b | crypto\ map\b
    | (?:aaa\ group\ server|radius\ scheme|hwtacacs\ scheme)\b | authentication-order\b | name-server\b
    | (?:rulebase\ )?(?:security|nat|pbf|decryption|qos)\ rules\b | rules\b | filter\b | nat\b | outbound\b
    | firewall\ (?:\S*policy6?|central-snat-map)$ | user\ rules\b
    | policy-statement\b | from-zone\b | rule-set\b | policies\b
    | /ip(?:v6)?[ /]firewall[ /](?:filter|nat|mangle|raw) | /queue\ simple
    | (?:\w+\ )?certificate\b | (?:community|as-path|prefix|rd|extcommunity)-set\b
    """,
    re.VERBOSE,
)
# As far down as it goes: programs.
_PROGRAM = re.compile(r"route-policy\b|macro\b|event manager applet\b|ltm rule\b|kron policy-list\b|event-handler\b")
# Lines side by side that are read one after the other: those in which this is the same.
_SERIES = re.compile(
    r"""
    access-list\ \S+
    | (?:ip|ipv6)\ (?:as-path\ access-list|prefix-list|community-list(?:\ standard|\ expanded)?)\ \S+
    | (?:ip|ipv6)\ extcommunity-list(?:\ standard|\ expanded)?\ \S+
    | (?:tacacs|radius)-server\ host | ip\ name-server | nat\ \(
    | firewall\ (?:family\ \S+\ )?filter\ \S+ | policy-options\ policy-statement\ \S+
    | security\ policies\ from-zone\ \S+\ to-zone\ \S+ | security\ nat\ \S+\ rule-set\ \S+
    | (?:\S+\ )*?rulebase\ \S+\ rules
    """,
    re.VERBOSE,
)
# A number that says where the line belongs, wherever it stands. ("edit 3" of FortiOS names a rule and no place.)
_NUMBERED = re.compile(r"(?:(?:seq|sequence|statement|rule|entry|remark) )?\d+\b|.*? seq \d+ ")


def settle_order(root: Item) -> None:
    """Mark below ``root`` whose children stand in an order that means something, and gather series of lines."""
    walk(root, _settle)


def _settle(item: Item, path: tuple[str, ...]) -> None:
    if item.grouped:
        return
    words = plain(item.text)
    if any(_PROGRAM.match(plain(text)) for text in (*path, item.text)):
        item.ordered = True
    elif item.children and words and _IN_ORDER.match(words):
        item.ordered = item.ordered or not all(_NUMBERED.match(plain(each.text)) for each in item.children)
    if not item.ordered:
        item.children = _gathered(item.children)


def _gathered(items: list[Item]) -> list[Item]:
    series: dict[str, Item] = {}
    found = []
    for item in items:
        match = _SERIES.match(plain(item.text))
        if match is None or item.children or _NUMBERED.match(plain(item.text)):
            found.append(item)
            continue
        group = series.get(match[0])
        if group is None:
            group = series[match[0]] = Item(f"\0{match[0]}", ordered=True, grouped=True)
            found.append(group)
        group.children.append(item)
    return found
