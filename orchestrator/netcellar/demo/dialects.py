"""How the platforms of the laboratory talk: prompts, pagers, errors, and what a read adds to a configuration."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Dialect:
    """The dialogue of a platform. ``{name}`` in a prompt is the host name of the device.

    ``user_prompt`` is the prompt before ``enable``; where it is empty, the login is privileged at once. ``frame`` makes
    what the device prints out of its configuration, the artifact and the number of the read, so that no two reads have
    the same volatile lines.
    """

    prompt: str
    frame: Callable[[str, str, int], str]
    running: tuple[str, ...]
    startup: tuple[str, ...] = ()
    user_prompt: str = ""
    pager: str = " --More-- "
    wipe: str = "\b" * 10 + " " * 10 + "\b" * 10
    paging_off: tuple[str, ...] = ("terminal length 0",)
    accepted: tuple[str, ...] = ()
    invalid: str = "{mark}^\n% Invalid input detected at '^' marker.\n\n"
    echo_end: str = "\r\n"
    exec_channel: bool = False
    replies: dict[str, str] = field(default_factory=dict)


def _clock(read: int) -> str:
    return f"{read // 3600 % 24:02d}:{read // 60 % 60:02d}:{read % 60:02d}"


def _ios(config: str, artifact: str, read: int) -> str:
    stamp = f"! Last configuration change at {_clock(read)} UTC Sat Nov 21 2026 by admin\n"
    stamp += f"! NVRAM config last updated at {_clock(read)} UTC Sat Nov 21 2026 by admin\n"
    body = f"!\n{stamp}{config}"
    if artifact == "startup":
        return f"Using {len(body)} out of 262144 bytes\n{body}\n"
    return f"Building configuration...\n\nCurrent configuration : {len(body)} bytes\n{body}\n"


def _nxos(config: str, artifact: str, read: int) -> str:
    saved = "!Startup config saved at: " if artifact == "startup" else "!Running configuration last done at: "
    when = f"Sat Nov 21 {_clock(read)} 2026"
    return f"\n!Command: show {artifact}-config\n{saved}{when}\n!Time: {when}\n\n{config}"


def _eos(config: str, artifact: str, read: int) -> str:
    head = f"! Command: show {artifact}-config\n"
    if artifact == "startup":
        head += f"! Startup-config last modified at Sat Nov 21 {_clock(read)} 2026 by admin\n"
    hostname = re.search(r"^hostname (\S+)", config, re.MULTILINE)
    return (
        f"{head}! device: {hostname.group(1) if hostname else 'localhost'} (DCS-7050SX3-48YC8, EOS-4.29.2F)\n{config}"
    )


def _junos(config: str, artifact: str, read: int) -> str:
    del artifact
    return f"## Last commit: 2026-11-21 {_clock(read)} UTC by admin\n{config}\n"


def _frr(config: str, artifact: str, read: int) -> str:
    del artifact, read
    return f"Building configuration...\n\nCurrent configuration:\n!\n{config}"


def _routeros(config: str, artifact: str, read: int) -> str:
    del artifact
    return f"# 2026-11-21 {_clock(read)} by RouterOS 7.16\n# software id = 9QAB-C1DE\n#\n{config}"


def display_set(config: str) -> str:
    """A Junos configuration in braces as its ``set`` commands."""
    path: list[str] = []
    lines: list[str] = []
    for raw in config.splitlines():
        line = raw.partition(" ## ")[0].strip()
        if line.endswith("{"):
            path.append(line[:-1].strip())
        elif line == "}":
            path.pop()
        elif line.endswith(";"):
            lines.append(" ".join(["set", *path, line[:-1]]))
    return "\n".join(lines) + "\n"


DIALECTS: dict[str, Dialect] = {
    "cisco_ios": Dialect(
        prompt="{name}#",
        user_prompt="{name}>",
        frame=_ios,
        running=("show running-config",),
        startup=("show startup-config",),
        accepted=("terminal width", "terminal no ", "show privilege"),
        replies={"show privilege": "Current privilege level is 15\n"},
    ),
    "cisco_nxos": Dialect(
        prompt="\r{name}# ",
        frame=_nxos,
        running=("show running-config",),
        startup=("show startup-config",),
        pager="--More--",
        wipe="\r" + " " * 8 + "\r",
        accepted=("terminal width",),
        invalid="{mark}^\n% Invalid command at '^' marker.\n",
        echo_end="\r\r\n",
    ),
    "arista_eos": Dialect(
        prompt="{name}#",
        user_prompt="{name}>",
        frame=_eos,
        running=("show running-config", "show running-config | no-more"),
        startup=("show startup-config", "show startup-config | no-more"),
        pager=" --More-- ",
        accepted=("terminal width",),
        invalid="% Invalid input\n",
        replies={"terminal length 0": "Pagination disabled.\n", "terminal width": "Width set to 32767 columns.\n"},
    ),
    "juniper_junos": Dialect(
        prompt="{user}@{name}> ",
        frame=_junos,
        running=(
            "show configuration",
            "show configuration | no-more",
            "show configuration | display set",
            "show configuration | display set | no-more",
        ),
        pager="---(more)---",
        wipe="\r" + " " * 40 + "\r",
        paging_off=("set cli screen-length 0",),
        accepted=("set cli ",),
        invalid="{mark}^\nunknown command.\n",
        exec_channel=True,
        replies={"set cli screen-length 0": "Screen length set to 0\n", "set cli screen-width": "Screen width set\n"},
    ),
    "frr": Dialect(
        prompt="{name}# ",
        frame=_frr,
        running=("show running-config", "vtysh -c 'show running-config'", 'vtysh -c "show running-config"'),
        startup=("show startup-config",),
        pager="--More--",
        wipe="\r" + " " * 8 + "\r",
        accepted=("terminal ",),
        invalid="% Unknown command: {command}\n",
        exec_channel=True,
    ),
    "mikrotik_routeros": Dialect(
        prompt="[{user}@{name}] > ",
        frame=_routeros,
        running=("/export", "/export show-sensitive", "/export terse"),
        pager="-- [Q quit|D dump|down]",
        wipe="\r" + " " * 23 + "\r",
        paging_off=(),
        invalid="bad command name {word} (line 1 column 1)\n",
        exec_channel=True,
    ),
}
