"""Build hooks: one tree, two shapes.

The repository root *is* the collection. A wheel carries it under ``ansible_collections/netcellar/backup``; an editable
install reaches the same place through a link in ``.dev``, because hatchling would copy force-included files into
site-packages, and the stale copy would win over the link.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

COLLECTION = "ansible_collections/netcellar/backup"
SHIPPED = ("galaxy.yml", "LICENSE", "README.md", "requirements.txt", "meta", "plugins", "roles", "playbooks")
# A release makes these; before the first one they are not there.
RELEASED = ("CHANGELOG.md", "changelogs/changelog.yaml")


class MetadataHook(MetadataHookInterface):
    """Read the version from galaxy.yml and the dependencies of the plugins from requirements.txt."""

    def update(self, metadata: dict[str, Any]) -> None:
        root = Path(self.root)
        metadata["version"] = yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))["version"]
        plugins = [line for line in (root / "requirements.txt").read_text().splitlines() if line and line[0] != "#"]
        metadata["dependencies"] = [*plugins, *ORCHESTRATOR]


ORCHESTRATOR = [
    "alembic>=1.16",
    "apprise>=1.9",
    "ansible-core>=2.19,<2.22",
    "ansible-runner>=2.4.1",
    "click>=8.2",
    "cronsim>=2.7",
    "Jinja2>=3.1",
    "jmespath>=1.0",
    "prometheus-client>=0.22",
    "rich>=14",
    "SQLAlchemy>=2.0.40",
    "tzdata>=2025.2",
]


class CollectionHook(BuildHookInterface[Any]):
    """Put the collection into the wheel, or link it for an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        if version == "editable":
            link_collection(Path(self.root))
            return
        released = [name for name in RELEASED if Path(self.root, name).exists()]
        for name in (*SHIPPED, *released):
            build_data["force_include"][str(Path(self.root, name))] = f"{COLLECTION}/{name}"


def link_collection(root: Path) -> None:
    """Make ``.dev/ansible_collections/netcellar/backup`` point to the checkout."""
    link = root / ".dev" / COLLECTION
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to("../../..", target_is_directory=True)
