"""What an execution environment must install is written down: no more, no less than what the plugins import."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
OWN = {"ansible", "ansible_collections"}
BROUGHT = {"yaml"}  # by ansible-core itself, so it needs no guard
EXTRA = {"pylibsshext"}  # by the extra netcommon, for the few who need it


def third_parties(source: str) -> Iterator[tuple[str, bool]]:
    """(top-level name, guarded) of each import of a third party. Guarded: Ansible can load the file without it."""
    tree = ast.parse(source)
    guarded = {
        id(node)
        for attempt in ast.walk(tree)
        if isinstance(attempt, ast.Try) and any(catches_import_error(handler) for handler in attempt.handlers)
        for statement in attempt.body
        for node in ast.walk(statement)
    } | {
        id(node)
        for condition in ast.walk(tree)
        if isinstance(condition, ast.If) and ast.unparse(condition.test).endswith("TYPE_CHECKING")
        for statement in condition.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
        for top in {name.partition(".")[0] for name in names} - OWN - sys.stdlib_module_names:
            yield top, id(node) in guarded


def catches_import_error(handler: ast.ExceptHandler) -> bool:
    """Whether an except clause takes a missing module."""
    return handler.type is not None and ast.unparse(handler.type) in {"ImportError", "ModuleNotFoundError"}


def plugins() -> list[Path]:
    """Every Python file of the collection."""
    return sorted((ROOT / "plugins").rglob("*.py"))


def required() -> set[str]:
    """The distributions that requirements.txt names, in lower case."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return {re.split(r"[<>=!~\[ ]", line)[0].lower() for line in lines if line and not line.startswith("#")}


def test_requirements_are_what_the_plugins_import() -> None:
    distributions = packages_distributions()
    imported = {top for path in plugins() for top, _ in third_parties(path.read_text(encoding="utf-8"))}
    imported -= EXTRA
    assert {distributions[top][0].lower() for top in imported} == required()


@pytest.mark.parametrize("path", plugins(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_third_parties_are_guarded(path: Path) -> None:
    """Else ansible-doc, sanity and every user of another plugin fail where one of them is not installed."""
    found = third_parties(path.read_text(encoding="utf-8"))
    assert [top for top, guarded in found if not guarded and top not in BROUGHT] == []


def test_execution_environment_installs_them() -> None:
    environment = yaml.safe_load((ROOT / "meta" / "execution-environment.yml").read_text(encoding="utf-8"))
    # ansible-builder ends with a TypeError where a collection lists packages in the place of a file's name.
    named = environment["dependencies"]
    assert (ROOT / named["python"]).samefile(ROOT / "requirements.txt")
    assert "git [platform:rpm platform:dpkg]" in (ROOT / named["system"]).read_text(encoding="utf-8").splitlines()


def test_collection_depends_on_no_other() -> None:
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["dependencies"] == {}


def test_checker_tells_guarded_from_unguarded() -> None:
    assert list(third_parties("import asyncssh")) == [("asyncssh", False)]
    assert list(third_parties("try:\n    import git.exc\nexcept ImportError:\n    git = None")) == [("git", True)]
    assert list(third_parties("try:\n    import git\nexcept OSError:\n    git = None")) == [("git", False)]
    assert list(third_parties("import json\nfrom ansible.errors import AnsibleError\nfrom .x import y")) == []
