# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The name that a device gives itself, and when two spellings of it mean one device."""

from __future__ import annotations

from .line_search import finditer
from .platform import Platform

# Cisco IOS cuts a long name in its prompt at 20 characters; no platform cuts earlier.
SHORTEST_CUT = 20


def named(platform: Platform, text: str) -> list[str]:
    """The names a configuration gives its device, in order; several on a pair of routing engines."""
    return [match.group("host").strip('"') for pattern in platform.hostname.config for match in finditer(pattern, text)]


def serial_in(platform: Platform, text: str) -> str | None:
    """The serial number that a configuration tells, or None."""
    match = platform.serial.search(text) if platform.serial else None
    return match.group("serial") if match else None


def prompt_names(platform: Platform, prompt_host: str, name: str) -> bool:
    """Whether the name in a prompt and the name in a configuration are one device's on this platform."""
    if same_host(prompt_host, name):
        return True
    return platform.hostname.combined and prompt_host.casefold().endswith(f"-{name.casefold()}")


def same_host(one: str, other: str) -> bool:
    """Whether two spellings can be one device: case, a domain behind one of them, a cut prompt."""
    one, other = one.casefold(), other.casefold()
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if "." not in short and long.partition(".")[0] == short:
        return True
    return len(short) >= SHORTEST_CUT and long.startswith(short)
