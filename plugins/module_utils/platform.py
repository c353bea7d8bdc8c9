# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Netcellar knows about a platform: the shape of a platform file, read strictly into typed values.

Line patterns (``end``, ``noise``, ``volatile``, ``errors``, ``hostname``) match from the start of a line; several of a
kind are compiled into one alternation. ``prompt`` patterns are for ``fullmatch`` on the last line that the device sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from .platform_node import Node

Channel = Literal["shell", "exec"]
Structure = Literal["braces", "set"]

CHANNELS: tuple[Channel, ...] = get_args(Channel)
STRUCTURES: tuple[Structure, ...] = get_args(Structure)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The prompts of a platform, each a pattern for the whole last line, blanks at its end included.

    ``user``: before privilege is gained (None where there is no such level). ``privileged``: where configurations can
    be read. The group ``host`` of a pattern is the device's name.
    """

    privileged: re.Pattern[str]
    user: re.Pattern[str] | None = None

    def host(self, prompt: str) -> str | None:
        """The device's name in a prompt, or None."""
        for pattern in (self.privileged, self.user):
            match = pattern.fullmatch(prompt) if pattern else None
            if match:
                return match.groupdict().get("host")
        return None


@dataclass(frozen=True, slots=True)
class Privilege:
    """How more rights are gained: the command, and what the device asks the password with."""

    command: str
    password: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Artifact:
    """One kind of text that a device can be asked for.

    ``commands`` are alternatives: the first that the device does not reject gives the text. ``begin`` must match one
    of the first lines and ``end`` the last line that is not blank, where given. ``structure`` names the forms that the
    text may have; one of them must hold. ``absent`` matches an answer that says the device has no such text.
    """

    name: str
    commands: tuple[str, ...]
    begin: re.Pattern[str] | None = None
    end: re.Pattern[str] | None = None
    structure: tuple[Structure, ...] = ()
    absent: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Hostname:
    """Where a configuration names its device (group ``host``), and when it may say nothing.

    ``default``: names that a device may carry without its configuration saying so. ``optional``: the configuration may
    leave the name out whatever it is. ``combined``: a prompt may put another name and a dash before the device's.
    """

    config: tuple[re.Pattern[str], ...]
    default: tuple[str, ...] = ()
    optional: bool = False
    combined: bool = False


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A part of a configuration that holds free text, such as a banner.

    ``begin`` matches its first words. It ends with what the group ``mark`` of ``begin`` matched, or with ``end``.
    """

    begin: re.Pattern[str]
    end: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Rules for the lines below a heading only, up to the first line that ``end`` matches."""

    heading: re.Pattern[str]
    end: re.Pattern[str]
    rules: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Secrets:
    """How a configuration holds secrets. Every group of ``rules`` and ``blocks`` is a secret.

    A line without any of ``words`` holds no secret, so the rules are tried on few lines only. ``blocks`` match secrets
    that span lines; ``sections`` have rules of their own.
    """

    words: tuple[str, ...] = ()
    rules: re.Pattern[str] | None = None
    blocks: tuple[re.Pattern[str], ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform file.

    ``setup`` are commands that switch off paging and the like; a device may reject one of them. ``pager`` is searched
    in the last line that has come: the device waits for a key. ``noise`` lines stand before a configuration and are
    never kept; ``volatile`` lines are kept, but do not make a configuration different. ``verbatim`` parts may hold
    anything, also what looks like an error or an end. ``wrap`` matches a line break that the device's terminal made
    inside a statement.
    """

    network_os: str
    title: str
    aliases: tuple[str, ...]
    channel: Channel
    prompt: Prompt
    pager: re.Pattern[str] | None
    errors: re.Pattern[str]
    setup: tuple[str, ...]
    privilege: Privilege | None
    artifacts: Mapping[str, Artifact]
    hostname: Hostname
    noise: re.Pattern[str] | None
    volatile: re.Pattern[str] | None
    verbatim: tuple[Verbatim, ...]
    wrap: re.Pattern[str] | None
    secrets: Secrets


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
    )
    node.done()
    return platform


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
    privilege = Privilege(command=node.text("command"), password=node.pattern("password"))
    node.done()
    return privilege


def _artifacts(parent: Node) -> dict[str, Artifact]:
    artifacts = {}
    for name in parent.values:
        node = parent.child(name)
        artifacts[name] = Artifact(
            name=name,
            commands=node.texts("commands", required=True),
            begin=node.lines("begin"),
            end=node.lines("end"),
            structure=node.choices("structure", STRUCTURES),
            absent=node.lines("absent"),
        )
        node.done()
    parent.done()
    return artifacts


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
    blocks = [re.compile(block, re.MULTILINE) for one in sets for block in one.rules("blocks")]
    sections = [_section(item) for one in sets for item in one.children("sections")]
    for one in sets:
        one.done()
    return Secrets(tuple(dict.fromkeys(words)), _one_of(rules) if rules else None, tuple(blocks), tuple(sections))


def _one_of(rules: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{rule})" for rule in rules))
