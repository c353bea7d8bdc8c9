"""Who may import whom, and what the pure core may not touch. The table is in CONTRIBUTING.md."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = "ansible_collections.netcellar.backup"
MODULE_UTILS = f"{COLLECTION}.plugins.module_utils"
PLUGIN_UTILS = f"{COLLECTION}.plugins.plugin_utils"
STANDARD = sys.stdlib_module_names

# What the standard library has and the pure core may not use: network, processes, threads, environment, chance.
IMPURE = {"asyncio", "http", "multiprocessing", "os", "random", "secrets", "select", "selectors", "shutil", "signal",
          "socket", "socketserver", "ssl", "subprocess", "tempfile", "threading", "time", "urllib"}  # fmt: skip
CLOCK = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}
FILE_METHODS = {"read_text", "write_text", "read_bytes", "write_bytes"}
CLOCK_OWNERS = {"datetime", "date", "time"}
FORBIDDEN = {
    "plugin_utils": {"netcellar", "click", "ansible_runner", "rich", "sqlalchemy", "alembic"},
    "orchestrator": {"ansible", "git", "pynautobot", "asyncssh"},
}
# One module each is the door to what the rest of the orchestrator must not know.
DOORS = {"ansible_runner": "launch.py", "ansible_collections": "core.py"}
PLUGIN_KINDS = ("action", "callback", "filter", "inventory", "lookup", "test")


@dataclass(frozen=True)
class Import:
    """An imported module by its absolute name, and the line."""

    module: str
    line: int

    @property
    def top(self) -> str:
        """The distribution-level name."""
        return self.module.partition(".")[0]


def imports(tree: ast.AST, package: str) -> Iterator[Import]:
    """Every import anywhere in a file of ``package``; relative ones are made absolute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: -node.level + 1 or None] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield Import(name, node.lineno)
            # `from os import environ` and `from .. import plugin_utils` name modules in their last part.
            yield from (Import(f"{name}.{alias.name}", node.lineno) for alias in node.names)


def pure(source: str) -> list[str]:
    """What a file of module_utils does that the pure core may not."""
    tree = ast.parse(source)
    faults = [
        f"line {found.line}: imports {found.module}"
        for found in imports(tree, MODULE_UTILS)
        if not found.module.startswith(MODULE_UTILS) and (found.top not in STANDARD or found.top in IMPURE)
    ]
    return faults + [f"line {node.lineno}: {what}" for node in ast.walk(tree) for what in touches(node)]


def touches(node: ast.AST) -> Iterator[str]:
    """Clock, files and console, as far as a call shows them."""
    if not isinstance(node, ast.Call):
        return
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in CLOCK:
        owner = function.value.attr if isinstance(function.value, ast.Attribute) else getattr(function.value, "id", "")
        if owner in CLOCK_OWNERS:
            yield f"reads the clock: {owner}.{function.attr}()"
    if isinstance(function, ast.Attribute) and function.attr in {
        "read_text",
        "write_text",
        "read_bytes",
        "write_bytes",
    }:
        yield f"touches a file: {function.attr}()"
    if isinstance(function, ast.Name) and function.id in {"open", "print", "input", "eval", "exec", "__import__"}:
        yield f"calls {function.id}()"


def glue(source: str) -> list[str]:
    """What a file of plugin_utils imports that it may not."""
    found = imports(ast.parse(source), PLUGIN_UTILS)
    return [f"line {one.line}: imports {one.module}" for one in found if one.top in FORBIDDEN["plugin_utils"]]


def shell(source: str, kind: str) -> list[str]:
    """What a plugin imports beside Ansible, the collection and the standard library."""
    allowed = (f"{COLLECTION}.plugins", "ansible.", "ansible_collections.ansible.netcommon")
    return [
        f"line {found.line}: imports {found.module}"
        for found in imports(ast.parse(source), f"{COLLECTION}.plugins.{kind}")
        if found.top not in STANDARD and not found.module.startswith(allowed) and found.module != "ansible"
    ]


def orchestrator(source: str, path: str) -> list[str]:
    """What a file of the orchestrator imports that it may not. ``path`` is relative to ``orchestrator/netcellar``."""
    faults = []
    forbidden = FORBIDDEN["orchestrator"] - ({"asyncssh"} if path.startswith("demo/") else set())
    for found in imports(ast.parse(source), ".".join(["netcellar", *Path(path).parts[:-1]])):
        door = DOORS.get(found.top)
        if found.top in forbidden or (door and door != path):
            faults.append(f"line {found.line}: imports {found.module}" + (f"; only {door} may" if door else ""))
    return faults


def actions(document: object) -> Iterator[str]:
    """The action of every task in a file of tasks or plays."""
    for entry in document if isinstance(document, list) else []:
        blocks = ("pre_tasks", "tasks", "post_tasks", "handlers", "block", "rescue", "always")
        for part in blocks:
            yield from actions(entry.get(part, []))
        if "hosts" not in entry and not any(part in entry for part in blocks):
            yield from (key for key in entry if key not in KEYWORDS and not key.startswith("with_"))


KEYWORDS = {
    "any_errors_fatal", "args", "become", "changed_when", "check_mode", "collections", "connection", "delegate_facts",
    "delegate_to", "diff", "environment", "failed_when", "ignore_errors", "ignore_unreachable", "import_playbook",
    "loop", "loop_control", "name", "no_log", "notify", "register", "retries", "run_once", "tags", "throttle",
    "timeout", "until", "vars", "when",
}  # fmt: skip
BANNED_ACTIONS = {f"ansible.builtin.{name}" for name in ("shell", "command", "raw", "script", "expect")}


def playbook(text: str) -> list[str]:
    """What a file of tasks does that it may not: actions without their full name, and commands of a shell."""
    found = list(actions(yaml.safe_load(text)))
    return [f"action {name}" for name in found if name.count(".") < 2 or name in BANNED_ACTIONS]


def files(folder: str, pattern: str = "*.py") -> list[Path]:
    """The files below a folder of the repository."""
    return sorted(path for path in (ROOT / folder).rglob(pattern) if "__pycache__" not in path.parts)


def named(path: Path) -> str:
    """A readable test id."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", files("plugins/module_utils"), ids=named)
def test_core_is_pure(path: Path) -> None:
    assert pure(path.read_text(encoding="utf-8")) == [], "module_utils is standard library only: pass it in instead"


@pytest.mark.parametrize("path", files("plugins/plugin_utils"), ids=named)
def test_glue_knows_no_orchestrator(path: Path) -> None:
    assert glue(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [path for kind in PLUGIN_KINDS for path in files(f"plugins/{kind}")], ids=named)
def test_plugins_import_only_our_own_and_ansible(path: Path) -> None:
    assert shell(path.read_text(encoding="utf-8"), path.parent.name) == [], "third parties belong into plugin_utils"


@pytest.mark.parametrize("path", files("orchestrator/netcellar"), ids=named)
def test_orchestrator_is_thin(path: Path) -> None:
    relative = path.relative_to(ROOT / "orchestrator" / "netcellar").as_posix()
    assert orchestrator(path.read_text(encoding="utf-8"), relative) == []


@pytest.mark.parametrize("path", [*files("playbooks", "*.yml"), *files("roles", "tasks/*.yml")], ids=named)
def test_playbooks_name_actions_in_full_and_run_no_shell(path: Path) -> None:
    assert playbook(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import yaml",
        "import ansible.errors",
        "from ansible.errors import AnsibleError",
        "from ..plugin_utils.cellar import Cellar",
        "from .. import plugin_utils",
        "import os",
        "from os import environ",
        "def f():\n    import socket",
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.datetime.utcnow()",
        "import datetime\ndatetime.date.today()",
        "open('x')",
        "def f(path):\n    return path.read_text()",
    ],
)
def test_checker_sees_an_impure_core(source: str) -> None:
    assert pure(source)


@pytest.mark.parametrize(
    "source",
    [
        "from .errors import NetcellarError",
        "import json, re",
        "from datetime import datetime\ndatetime.fromisoformat('x')",
    ],
)
def test_checker_lets_a_pure_core_pass(source: str) -> None:
    assert pure(source) == []


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("import ansible_runner", "runs.py"),
        ("from ansible_collections.netcellar.backup.plugins.module_utils import record", "runs.py"),
        ("import asyncssh", "runs.py"),
        ("import git", "demo/devices.py"),
        ("from ansible.errors import AnsibleError", "core.py"),
    ],
)
def test_checker_sees_a_thick_orchestrator(source: str, path: str) -> None:
    assert orchestrator(source, path)


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("import ansible_runner", "launch.py"),
        ("from ansible_collections.netcellar.backup.plugins.module_utils import record", "core.py"),
        ("import asyncssh", "demo/devices.py"),
        ("from .core import Record", "runs.py"),
    ],
)
def test_checker_lets_the_doors_open(source: str, path: str) -> None:
    assert orchestrator(source, path) == []


def test_checker_sees_the_other_trespasses() -> None:
    assert glue("import click")
    assert glue("from netcellar.core import Record")
    assert shell("import asyncssh", "action")
    assert shell("from ..plugin_utils.session import Session", "action") == []
    assert playbook("- hosts: all\n  tasks:\n    - block:\n        - ansible.builtin.shell: id\n")
    assert playbook("- debug:\n    msg: no full name\n")
    assert playbook("- name: fine\n  netcellar.backup.capture:\n  delegate_to: localhost\n") == []
