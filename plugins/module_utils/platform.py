# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Netcellar knows about a platform: a platform file as typed values.

Line patterns (``end``, ``noise``, ``volatile``, ``errors``, ``hostname``) match from the start of a line; several of a
kind are compiled into one alternation. ``prompt`` patterns are for ``fullmatch`` on the last line that the device sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Channel = Literal["shell", "exec"]
Structure = Literal["braces", "blocks", "set", "xml", "json"]
Layout = Literal["json"]
Otherwise = Literal["refuse", "empty", "login"]
LineEnd = Literal["\n", "\r", "\r\n"]

CHANNELS: tuple[Channel, ...] = get_args(Channel)
STRUCTURES: tuple[Structure, ...] = get_args(Structure)
LAYOUTS: tuple[Layout, ...] = get_args(Layout)
OTHERWISE: tuple[Otherwise, ...] = get_args(Otherwise)
LINE_ENDS: tuple[LineEnd, ...] = get_args(LineEnd)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The prompts of a platform, each a pattern for the whole last line, with or without the blanks at its end.

    ``user``: before privilege is gained (None where there is no such level). ``privileged``: where configurations can
    be read. The group ``host`` of a pattern is the device's name.
    """

    privileged: re.Pattern[str]
    user: re.Pattern[str] | None = None

    def may_read(self, line: str) -> bool:
        """Whether a line is a prompt at which configurations can be read."""
        return _fits(self.privileged, line) is not None

    def stands(self, line: str) -> bool:
        """Whether a line is a prompt of any rights."""
        return self.may_read(line) or bool(self.user and _fits(self.user, line))

    def host(self, prompt: str) -> str | None:
        """The device's name in a prompt, or None."""
        match = _fits(self.privileged, prompt) or (_fits(self.user, prompt) if self.user else None)
        return match.groupdict().get("host") if match else None


def _fits(pattern: re.Pattern[str], line: str) -> re.Match[str] | None:
    return pattern.fullmatch(line) or pattern.fullmatch(line.rstrip())


@dataclass(frozen=True, slots=True)
class Privilege:
    """How more rights are gained: the command, and what the device asks the password with.

    ``otherwise``: what answers that question where no password for more rights is set: nothing (the device is given
    up), an empty line, or the password of the login. ``optional``: without more rights the device is read all the same.
    """

    command: str
    password: re.Pattern[str]
    otherwise: Otherwise = "login"
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Login:
    """What a device asks inside the session though SSH has let the user in: patterns of the two questions."""

    user: re.Pattern[str]
    password: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Part:
    """One of several answers that make up a text. ``title`` is the line that stands above it."""

    title: str
    command: str


@dataclass(frozen=True, slots=True)
class Way:
    """What a command of an artifact needs: to ``enter`` a mode by other commands first, or to be asked in ``parts``."""

    enter: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Artifact:
    """One kind of text that a device can be asked for.

    ``commands`` are alternatives: the first that the device does not reject gives the text; ``ways`` tells of those
    that are more than one line to type. ``begin`` must match one of the first lines and ``end`` the last line that is
    not blank, where given. ``structure`` names the forms that the text may have; one of them must hold. ``absent``
    matches an answer that says the device has no such text. A ``nameless`` text does not tell the device's name.
    """

    name: str
    commands: tuple[str, ...]
    begin: re.Pattern[str] | None = None
    end: re.Pattern[str] | None = None
    structure: tuple[Structure, ...] = ()
    absent: re.Pattern[str] | None = None
    ways: Mapping[str, Way] = field(default_factory=dict)
    nameless: bool = False


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
    that span lines; ``sections`` have rules of their own. ``renewed`` match what the device encrypts anew on each
    reading, so that nothing can be told from a change of it.
    """

    words: tuple[str, ...] = ()
    rules: re.Pattern[str] | None = None
    blocks: tuple[re.Pattern[str], ...] = ()
    sections: tuple[Section, ...] = ()
    renewed: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform file.

    ``setup`` are commands that switch off paging and the like; a device may reject one of them. ``pager`` is searched
    in the last line that has come: the device waits for a key. ``noise`` lines stand before a configuration and are
    never kept, ``dropped`` lines are not kept wherever they stand; ``volatile`` lines are kept, but do not make a
    configuration different. ``verbatim`` parts may hold anything, also what looks like an error or an end. ``wrap``
    matches a line break that the device's terminal made inside a statement. ``line_end`` is what the return key sends;
    ``clear_line`` empties an input line on which the device leaves a rejected command. ``layout``: the text is laid out
    anew, so that its lines can be compared; ``dropped_keys`` are ways of keys in it to what is not kept. An
    ``experimental`` platform has never been tried on a device. ``serial`` (group ``serial``) finds the device's serial
    number in a text. ``two_reads``: nothing in a text shows that all of it is there, so each is read twice.
    ``told_size`` (group ``size``) finds how many bytes the device says that its text has.
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
    dropped: re.Pattern[str] | None = None
    line_end: LineEnd = "\n"
    clear_line: str | None = None
    login: Login | None = None
    layout: Layout | None = None
    dropped_keys: tuple[tuple[str, ...], ...] = ()
    serial: re.Pattern[str] | None = None
    experimental: bool = False
    two_reads: bool = False
    told_size: re.Pattern[str] | None = None
