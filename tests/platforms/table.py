"""The table of platforms in the documentation, made from the platform files and the sessions beside this file."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.netcellar.backup.plugins.module_utils.platform import Platform
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import (
    experimental_ones,
    known,
    platform_for,
)

from .sessions import CASES

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "reference" / "platforms.md"
HEAD = "| platform | evidence | artifacts | a configuration is proven whole by | cases |\n|---|---|---|---|---|\n"


def table() -> str:
    """The whole table, with a line for each platform."""
    return HEAD + "".join(map(row, (*known(), *experimental_ones())))


def row(network_os: str) -> str:
    """The line of one platform."""
    platform = platform_for(network_os, experimental=[network_os])
    evidence = "documents only: experimental" if platform.experimental else evidence_of(network_os)
    artifacts = ", ".join(f"`{name}`" for name in platform.artifacts)
    cases = sum(case.parent.name == network_os for case in CASES)
    return f"| `{network_os}` | {evidence} | {artifacts} | {', '.join(proofs(platform))} | {cases} |\n"


def evidence_of(network_os: str) -> str:
    """What people wrote of a platform's evidence. The tests on recorded sessions hold it against them."""
    page = (DOCS / "how-to" / "platforms.md").read_text(encoding="utf-8")
    found = re.search(rf"^\| `{network_os}` \| [^|]+ \| ([^|]+) \|", page, flags=re.MULTILINE)
    assert found, network_os
    return found[1].strip()


def proofs(platform: Platform) -> list[str]:
    """What shows that a configuration of the platform is whole."""
    running = platform.artifacts["running"]
    shown = ["prompt" if platform.channel == "shell" else "exit status"]
    shown += ["begin"] if running.begin else []
    shown += ["end mark"] if running.end else []
    shown += [f"structure ({' or '.join(running.structure)})"] if running.structure else []
    shown += ["size told"] if platform.told_size else []
    shown += ["two readings"] if platform.two_reads else []
    return [*shown, *([] if platform.hostname.optional else ["name"])]
