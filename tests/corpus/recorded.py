"""Recorded sessions, and what their corpus says of a text that was kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from ansible_collections.netcellar.backup.plugins.module_utils.mask import MARKER
from ansible_collections.netcellar.backup.plugins.module_utils.platform import Platform
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import known, platform_for

from .server import load

TOKEN = re.compile("<masked:[0-9a-f]{8}>")
GOOD = {"exact", "same", "volatile-only"}


@dataclass(frozen=True)
class Recorded:
    """One recording with the platform it is of."""

    path: Path
    doc: dict[str, Any]
    platform: Platform
    compare: Callable[..., dict[str, Any]]

    @property
    def name(self) -> str:
        return self.path.stem

    def kept_well(self, text: str) -> str | None:
        """What the corpus finds wrong with a kept text, or None."""
        result = self.compare(self.doc, text)
        return None if result["verdict"] in GOOD else f"{self.name}: {result}"

    @property
    def heard(self) -> str:
        """The recorded text itself, as far as it came in one piece; else what is expected of it."""
        text = (self.doc.get("commands") or {}).get(self.doc["config_command"])
        return text or self.doc["expected_config"]

    def masked_well(self, text: str) -> str | None:
        """The same for a masked text. A line that was masked though the corpus lists no secret in it is not lost."""
        result = self.compare(self.doc, text, redacted=True)
        text = TOKEN.sub(MARKER, text)
        masked = [re.escape(line).replace(re.escape(MARKER), r"\S.*") for line in text.split("\n") if MARKER in line]
        lost = [line for line in result["missing"] if not any(re.fullmatch(one, line) for one in masked)]
        return f"{self.name}: left {result['secrets_left']}, lost {lost}" if result["secrets_left"] or lost else None


def load_compare(corpus: Path) -> ModuleType:
    return load(corpus / "compare.py")


def load_sessions(corpus: Path, compare: ModuleType) -> list[Recorded]:
    """The open sessions of our platforms that say what is expected of them."""
    sessions = []
    for path in sorted((corpus / "open" / "sessions").glob("*.yaml")):
        if not path.stem.startswith(known()):
            continue
        with path.open(encoding="utf-8", newline="") as file:
            doc = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        if doc["platform"] in known() and doc["expected_config"] is not None:
            sessions.append(Recorded(path, doc, platform_for(doc["platform"]), compare.compare))
    return sessions
