"""The orchestrator's only door to the collection: the few names it asks the core for."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.netcellar.backup.plugins.module_utils import errors
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.errors import REMEDIES, ErrorClass, NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.record import Kept, Record, read_records
from ansible_collections.netcellar.backup.plugins.module_utils.saved import DEVICES, NAUTOBOT
from ansible_collections.netcellar.backup.plugins.plugin_utils.changes import changes
from ansible_collections.netcellar.backup.plugins.plugin_utils.fleet import snapshot, unsaved
from ansible_collections.netcellar.backup.plugins.plugin_utils.history import (
    difference,
    history,
    run_commits,
    text,
)
from ansible_collections.netcellar.backup.plugins.plugin_utils.library import Library
from ansible_collections.netcellar.backup.plugins.plugin_utils.looking import changed, convert, report, why
from ansible_collections.netcellar.backup.plugins.plugin_utils.meeting import KEPT_IN
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for
from ansible_collections.netcellar.backup.plugins.plugin_utils.preview import Access, Preview, preview
from ansible_collections.netcellar.backup.plugins.plugin_utils.preview import Job as PreviewJob
from ansible_collections.netcellar.backup.plugins.plugin_utils.quarantine import Held, Quarantine
from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RunFolder
from ansible_collections.netcellar.backup.plugins.plugin_utils.saved_file import read_saved
from ansible_collections.netcellar.backup.plugins.plugin_utils.search import search, search_history
from ansible_collections.netcellar.backup.plugins.plugin_utils.selecting import NoDevicesError

__all__ = [
    "DEVICES",
    "KEPT_IN",
    "NAUTOBOT",
    "REMEDIES",
    "Access",
    "Device",
    "ErrorClass",
    "Held",
    "Kept",
    "Library",
    "NetcellarError",
    "NoDevicesError",
    "Preview",
    "PreviewJob",
    "Quarantine",
    "Record",
    "RunFolder",
    "changed",
    "changes",
    "collections_path",
    "convert",
    "difference",
    "history",
    "platform_for",
    "preview",
    "read_records",
    "read_saved",
    "report",
    "run_commits",
    "search",
    "search_history",
    "snapshot",
    "text",
    "unsaved",
    "why",
]


def collections_path() -> Path:
    """The folder whose ``ansible_collections`` holds the collection that belongs to this orchestrator."""
    return Path(errors.__file__).parents[5]
