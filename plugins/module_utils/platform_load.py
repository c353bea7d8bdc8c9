# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads the mapping of a platform file strictly into typed values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .platform import (
    CHANNELS,
    LAYOUTS,
    LINE_ENDS,
    OTHERWISE,
    STRUCTURES,
    Artifact,
    Hostname,
    Login,
    Part,
    Platform,
    Privilege,
    Prompt,
    Secrets,
    Section,
    Verbatim,
    Way,
)
from .platform_node import Node

# Secrets that are looked for in the text as a whole, not in lines.
_WHOLE = ("blocks", "renewed")


def load(raw: object, where: str, shared: Mapping[str, object] | None = None) -> Platform:
    """Read the mapping of a platform file. ``where`` names the file in errors; ``shared`` holds named secret sets.

    Raises NetcellarError for an unknown or missing key, a wrong type or a pattern that does not compile.
    """
    node = Node.root(raw, where)
    platform = Platform(
        network_os=node.text("network_os"),
        title=node.text("title"),
        aliases=node.texts("aliases"),
        channel=node.choice("channel", CHANNELS, default="shell"),
        prompt=_prompt(node.child("prompt")),
        pager=node.pattern("pager", default=None),
        errors=node.lines("errors", required=True),
        setup=node.texts("setup"),
        privilege=_privilege(node),
        artifacts=_artifacts(node.child("artifacts")),
        hostname=_hostname(node.child("hostname")),
        noise=node.lines("noise"),
        volatile=node.lines("volatile"),
        verbatim=tuple(_verbatim(item) for item in node.children("verbatim")),
        wrap=node.pattern("wrap", default=None),
        secrets=_secrets(node, shared or {}),
        dropped=node.lines("dropped"),
        line_end=node.choice("line_end", LINE_ENDS, default="\n"),
        clear_line=node.text("clear_line") if "clear_line" in node else None,
        login=_login(node),
        layout=node.choice("layout", LAYOUTS, default="json") if "layout" in node else None,
        dropped_keys=tuple(tuple(keys.split(".")) for keys in node.texts("dropped_keys")),
        serial=_first(node, "serial", group="serial"),
        experimental=node.flag("experimental"),
        two_reads=node.flag("two_reads"),
        told_size=_first(node, "told_size", group="size"),
    )
    node.done()
    return platform


def _first(parent: Node, key: str, group: str) -> re.Pattern[str] | None:
    found = parent.patterns(key, group=group) if key in parent else ()
    return found[0] if found else None


def _prompt(node: Node) -> Prompt:
    prompt = Prompt(
        privileged=node.pattern("privileged"),
        user=node.pattern("user", default=None),
    )
    node.done()
    return prompt


def _privilege(parent: Node) -> Privilege | None:
    if "privilege" not in parent:
        return None
    node = parent.child("privilege")
    privilege = Privilege(
        command=node.text("command"),
        password=node.pattern("password"),
        otherwise=node.choice("otherwise", OTHERWISE, default="login"),
        optional=node.flag("optional"),
    )
    node.done()
    return privilege


def _login(parent: Node) -> Login | None:
    if "login" not in parent:
        return None
    node = parent.child("login")
    login = Login(user=node.pattern("user"), password=node.pattern("password"))
    node.done()
    return login


def _artifacts(parent: Node) -> dict[str, Artifact]:
    artifacts = {}
    for name in parent.values:
        node = parent.child(name)
        ways = dict(_way(item) for item in node.texts_or_nodes("commands"))
        artifacts[name] = Artifact(
            name=name,
            commands=tuple(ways),
            begin=node.lines("begin"),
            end=node.lines("end"),
            structure=node.choices("structure", STRUCTURES),
            absent=node.lines("absent"),
            nameless=node.flag("nameless"),
            ways={command: way for command, way in ways.items() if way != Way()},
        )
        node.done()
    parent.done()
    return artifacts


def _way(item: str | Node) -> tuple[str, Way]:
    """An alternative: a command, a command in another mode, or parts, which are called by their first command."""
    if isinstance(item, str):
        return item, Way()
    parts = tuple(_part(part) for part in item.children("parts")) if "parts" in item else ()
    way = Way(enter=item.texts("enter"), parts=parts)
    command = parts[0].command if parts else item.text("command")
    item.done()
    return command, way


def _part(node: Node) -> Part:
    part = Part(title=node.text("title"), command=node.text("command"))
    node.done()
    return part


def _hostname(node: Node) -> Hostname:
    hostname = Hostname(
        config=node.patterns("config", group="host"),
        default=node.texts("default"),
        optional=node.flag("optional"),
        combined=node.flag("combined"),
    )
    node.done()
    return hostname


def _verbatim(node: Node) -> Verbatim:
    verbatim = Verbatim(begin=node.pattern("begin"), end=node.pattern("end", default=None))
    if verbatim.end is None and "mark" not in verbatim.begin.groupindex:
        raise node.error("begin", "needs a group (?P<mark>…) where there is no end")
    node.done()
    return verbatim


def _section(node: Node) -> Section:
    section = Section(
        heading=node.pattern("heading"),
        end=node.pattern("end"),
        rules=_one_of(node.rules("rules", required=True)),
    )
    node.done()
    return section


def _secrets(parent: Node, shared: Mapping[str, object]) -> Secrets:
    """The platform's own rules, then those of the shared sets that it names: the first that matches wins."""
    node = parent.child("secrets")
    sets = [node]
    for name in node.texts("use"):
        if name not in shared:
            raise node.error("use", f"no shared set is called {name!r} (there are: {', '.join(sorted(shared))})")
        sets.append(Node.root(shared[name], f"shared secrets {name}"))
    words = [word for one in sets for word in one.texts("words")]
    rules = [rule for one in sets for rule in one.rules("rules")]
    blocks, renewed = ([re.compile(rule, re.MULTILINE) for one in sets for rule in one.rules(kind)] for kind in _WHOLE)
    sections = [_section(item) for one in sets for item in one.children("sections")]
    for one in sets:
        one.done()
    return Secrets(
        words=tuple(dict.fromkeys(words)),
        rules=_one_of(rules) if rules else None,
        blocks=tuple(blocks),
        sections=tuple(sections),
        renewed=tuple(renewed),
    )


def _one_of(rules: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{rule})" for rule in rules))
