"""The orchestrator's only door to the collection: the few names it asks the core for.

Each comes with its part of the core when it is first asked for: a question to the repository must not wait for the
libraries that speak to devices and to Nautobot.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ansible_collections.netcellar.backup.plugins.module_utils.change_class import CHANGE_CLASSES
    from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
    from ansible_collections.netcellar.backup.plugins.module_utils.errors import (
        ERROR_CLASSES,
        REMEDIES,
        ErrorClass,
        NetcellarError,
    )
    from ansible_collections.netcellar.backup.plugins.module_utils.jump_host import hops_of
    from ansible_collections.netcellar.backup.plugins.module_utils.paths import Template as PathTemplate
    from ansible_collections.netcellar.backup.plugins.module_utils.record import GOOD, Kept, Record, read_records
    from ansible_collections.netcellar.backup.plugins.module_utils.saved import DEVICES, NAUTOBOT
    from ansible_collections.netcellar.backup.plugins.plugin_utils.account import Account
    from ansible_collections.netcellar.backup.plugins.plugin_utils.changes import changes
    from ansible_collections.netcellar.backup.plugins.plugin_utils.decide import AHEAD
    from ansible_collections.netcellar.backup.plugins.plugin_utils.differences import (
        Difference,
        Moment,
        RunDifference,
        difference,
        run_difference,
    )
    from ansible_collections.netcellar.backup.plugins.plugin_utils.fleet import snapshot, unsaved
    from ansible_collections.netcellar.backup.plugins.plugin_utils.grep import Pattern
    from ansible_collections.netcellar.backup.plugins.plugin_utils.history import (
        history,
        run_commits,
        text,
    )
    from ansible_collections.netcellar.backup.plugins.plugin_utils.library import Library
    from ansible_collections.netcellar.backup.plugins.plugin_utils.looking import changed, convert, report, why
    from ansible_collections.netcellar.backup.plugins.plugin_utils.meeting import KEPT_IN
    from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import artifacts, platform_for
    from ansible_collections.netcellar.backup.plugins.plugin_utils.preview import Access, Preview, preview
    from ansible_collections.netcellar.backup.plugins.plugin_utils.preview import Job as PreviewJob
    from ansible_collections.netcellar.backup.plugins.plugin_utils.quarantine import Held, Quarantine
    from ansible_collections.netcellar.backup.plugins.plugin_utils.reaching import reach
    from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RunFolder
    from ansible_collections.netcellar.backup.plugins.plugin_utils.saved_file import read_saved
    from ansible_collections.netcellar.backup.plugins.plugin_utils.search import Past, Span, search, search_history
    from ansible_collections.netcellar.backup.plugins.plugin_utils.selecting import NoDevicesError
    from ansible_collections.netcellar.backup.plugins.plugin_utils.verifying import verify
    from ansible_collections.netcellar.backup.plugins.plugin_utils.waiting import staged_runs, waiting

_ROOT = "ansible_collections.netcellar.backup.plugins"
_PARTS = {
    "module_utils.change_class": ("CHANGE_CLASSES",),
    "module_utils.device": ("Device",),
    "module_utils.errors": ("ERROR_CLASSES", "REMEDIES", "ErrorClass", "NetcellarError"),
    "module_utils.jump_host": ("hops_of",),
    "module_utils.paths": ("PathTemplate",),
    "module_utils.record": ("GOOD", "Kept", "Record", "read_records"),
    "module_utils.saved": ("DEVICES", "NAUTOBOT"),
    "plugin_utils.account": ("Account",),
    "plugin_utils.changes": ("changes",),
    "plugin_utils.decide": ("AHEAD",),
    "plugin_utils.differences": ("Difference", "Moment", "RunDifference", "difference", "run_difference"),
    "plugin_utils.fleet": ("snapshot", "unsaved"),
    "plugin_utils.grep": ("Pattern",),
    "plugin_utils.history": ("history", "run_commits", "text"),
    "plugin_utils.library": ("Library",),
    "plugin_utils.looking": ("changed", "convert", "report", "why"),
    "plugin_utils.meeting": ("KEPT_IN",),
    "plugin_utils.platform_files": ("artifacts", "platform_for"),
    "plugin_utils.preview": ("Access", "Preview", "PreviewJob", "preview"),
    "plugin_utils.quarantine": ("Held", "Quarantine"),
    "plugin_utils.reaching": ("reach",),
    "plugin_utils.run": ("RunFolder",),
    "plugin_utils.saved_file": ("read_saved",),
    "plugin_utils.search": ("Past", "Span", "search", "search_history"),
    "plugin_utils.selecting": ("NoDevicesError",),
    "plugin_utils.verifying": ("verify",),
    "plugin_utils.waiting": ("staged_runs", "waiting"),
}
_WHERE = {name: part for part, names in _PARTS.items() for name in names}
_THERE = {"PathTemplate": "Template", "PreviewJob": "Job"}

__all__ = [
    "AHEAD",
    "CHANGE_CLASSES",
    "DEVICES",
    "ERROR_CLASSES",
    "GOOD",
    "KEPT_IN",
    "NAUTOBOT",
    "REMEDIES",
    "Access",
    "Account",
    "Device",
    "Difference",
    "ErrorClass",
    "Held",
    "Kept",
    "Library",
    "Moment",
    "NetcellarError",
    "NoDevicesError",
    "Past",
    "PathTemplate",
    "Pattern",
    "Preview",
    "PreviewJob",
    "Quarantine",
    "Record",
    "RunDifference",
    "RunFolder",
    "Span",
    "artifacts",
    "changed",
    "changes",
    "collections_path",
    "convert",
    "difference",
    "history",
    "hops_of",
    "platform_for",
    "preview",
    "reach",
    "read_records",
    "read_saved",
    "report",
    "run_commits",
    "run_difference",
    "search",
    "search_history",
    "snapshot",
    "staged_runs",
    "text",
    "unsaved",
    "verify",
    "waiting",
    "why",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{_ROOT}.{_WHERE[name]}"), _THERE.get(name, name))


def collections_path() -> Path:
    """The folder whose ``ansible_collections`` holds the collection that belongs to this orchestrator."""
    errors = import_module(f"{_ROOT}.module_utils.errors")
    return Path(str(errors.__file__)).parents[5]
