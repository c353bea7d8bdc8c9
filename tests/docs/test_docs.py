"""The documentation cannot lie: what exists is documented, what is documented exists, and the examples are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from ansible_collections.netcellar.backup.plugins.module_utils.device_file import read_device_file
from ansible_collections.netcellar.backup.plugins.module_utils.errors import ERROR_CLASSES, REMEDIES
from ansible_collections.netcellar.backup.plugins.module_utils.field_table import FIELDS, OPERATORS
from ansible_collections.netcellar.backup.plugins.module_utils.record import OUTCOMES, Kept, Record, outcome_of
from ansible_collections.netcellar.backup.plugins.module_utils.saved import saved_inventory
from ansible_collections.netcellar.backup.plugins.module_utils.variable_names import unknown
from netcellar.cli import cli
from netcellar.job_settings import SETTINGS
from netcellar.project import Job, Repository, load_project
from netcellar.result import Result

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def read(name: str) -> str:
    """The text of a page of docs/."""
    return (DOCS / name).read_text(encoding="utf-8")


def named(path: Path) -> str:
    """A readable test id."""
    return path.relative_to(ROOT).as_posix()


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command that is no group, with its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


def variables() -> set[str]:
    """Every variable that a role's argument specification, an inventory plugin or a playbook names."""
    names = set()
    for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"].values():
            names.update(entry.get("options", {}))
    folders = (ROOT / "plugins" / "inventory", ROOT / "plugins" / "doc_fragments")
    for path in (path for folder in folders for path in folder.glob("*.py")):
        names.update(re.findall(r"^      - name: (netcellar_[a-z_]+)$", path.read_text(encoding="utf-8"), re.MULTILINE))
        names.update(re.findall(r"C\((netcellar_inventories)\)", path.read_text(encoding="utf-8")))
    for path in (ROOT / "playbooks").glob("*.yml"):
        names.update(re.findall(r"\bnetcellar_[a-z_]+\b", path.read_text(encoding="utf-8")))
    for path in (ROOT / "roles").glob("*/tasks/*.yml"):
        # What a task tells the next one is nobody's to set.
        names.difference_update(re.findall(r"register: (netcellar_[a-z_]+)", path.read_text(encoding="utf-8")))
    return names


def examples(language: str = "yaml") -> Iterator[Any]:
    """The fenced examples of a language, as test parameters."""
    for page in PAGES:
        for found in re.finditer(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            line = page.read_text(encoding="utf-8")[: found.start()].count("\n") + 2
            yield pytest.param(found[1], id=f"{named(page)}:{line}")


def test_every_error_class_has_a_page_and_every_page_a_class() -> None:
    assert {path.stem for path in (DOCS / "errors").glob("*.md")} - {"README"} == set(ERROR_CLASSES)


@pytest.mark.parametrize("name", ERROR_CLASSES)
def test_error_page_says_what_the_program_says(name: str) -> None:
    page = read(f"errors/{name}.md")
    assert page.startswith(f"# {name}\n")
    assert REMEDIES[name] in page
    assert f'"outcome": "{outcome_of(name)}"' in page
    assert f"| [`{name}`]({name}.md) | `{outcome_of(name)}` |" in read("errors/README.md")


@pytest.mark.parametrize(("words", "command"), list(commands(cli)), ids=lambda value: str(value)[:40])
def test_every_command_and_option_is_documented(words: str, command: click.Command) -> None:
    sections = re.split(r"^## ", read("reference/cli.md"), flags=re.MULTILINE)
    (section,) = [part for part in sections if part.startswith(f"netcellar {words}\n")]
    assert not command.get_short_help_str(62).endswith("..."), "the list of commands cuts it off at 80 columns"
    for parameter in command.params:
        for option in parameter.opts if isinstance(parameter, click.Option) else []:
            assert f"`{option}" in section, f"{option} of netcellar {words} is not documented"
    for option in re.findall(r"`(--[a-z-]+)", section):
        assert option in {name for parameter in command.params for name in parameter.opts}, f"{option} does not exist"


def test_no_command_is_documented_that_does_not_exist() -> None:
    headings = re.findall(r"^## netcellar (.+)$", read("reference/cli.md"), flags=re.MULTILINE)
    assert sorted(headings) == sorted(words for words, _ in commands(cli))


def test_every_variable_is_documented_and_no_other() -> None:
    rows = re.findall(r"^\| `(netcellar_\w+)`", read("reference/variables.md"), flags=re.MULTILINE)
    assert sorted(rows) == sorted(variables())


def test_no_variable_of_ours_is_warned_of_and_a_mistyped_one_is() -> None:
    """Else it is ignored: a `netcellar_remot` would push nowhere, and all would be green."""
    assert unknown(variables()) == []
    assert unknown(["netcellar_remot", "ansible_host"]) == [
        'the variable netcellar_remot does not exist. Did you mean "remote"?'
    ]


def test_no_page_names_a_variable_that_does_not_exist() -> None:
    known = {*variables(), "netcellar_device"}
    for page in PAGES:
        # The metrics of metrics.md are held by their own test.
        if "adr" not in page.parts and page.name != "metrics.md":
            assert set(re.findall(r"\bnetcellar_[a-z_]+\b", page.read_text(encoding="utf-8"))) <= known, named(page)


def test_every_setting_of_a_job_is_documented() -> None:
    section = read("reference/project-file.md").partition("## Settings of a job")[2]
    assert set(re.findall(r"`([a-z_]+)`", section)) - {"netcellar_"} == set(SETTINGS)


def test_every_field_operator_and_outcome_is_documented() -> None:
    page = read("reference/saved-inventory.md")
    assert [name for name in (*FIELDS, *OPERATORS) if f"`{name}`" not in page] == []
    outcomes = read("reference/run-result.md").partition("| check |")[0]
    assert re.findall(r"^\| `(\w+)` \|", outcomes, re.MULTILINE) == list(OUTCOMES)


def test_every_key_of_the_result_is_documented() -> None:
    moment = datetime(2026, 11, 21, 2, 0)
    good = Record("r", "1", "core-1", outcome="stored", artifacts=(Kept("running"),))
    bad = replace(Record("r", "2", "core-2"), outcome="failed", error="auth")
    job = Job("nightly", "routers", "main", ("backup",), None, {})
    repository = Repository("main", Path("/srv/cellar.git"), None, "main", True)
    result = Result("r", job, repository, None, False, "partial", "", moment, moment, (good, bad)).as_dict()
    page = read("reference/run-result.md")
    assert [key for key in keys(result) if f"`{key}`" not in page] == []


def keys(value: object) -> Iterator[str]:
    """Every key in a nested document."""
    for item in value if isinstance(value, list) else []:
        yield from keys(item)
    for key, item in value.items() if isinstance(value, dict) else []:
        yield key
        yield from keys(item)


@pytest.mark.parametrize("text", list(examples()))
def test_yaml_examples_are_what_they_say(text: str, tmp_path: Path) -> None:
    document = yaml.safe_load(text)
    if "plugin" in document:
        saved_inventory(document)
    elif "devices" in document:
        read_device_file(document)
    elif "jobs" in document:
        (tmp_path / "inventories").mkdir()
        (tmp_path / "inventories" / "routers.yml").touch()
        (tmp_path / "netcellar.yml").write_text(text, encoding="utf-8")
        load_project(tmp_path / "netcellar.yml")


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("#"):
            path, _, anchor = target.partition("#")
            found = page.parent / path
            assert found.exists(), f"{named(page)} links to {target}"
            if anchor:
                headings = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), flags=re.MULTILINE)
                assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_platform_is_documented_and_no_other() -> None:
    files = (ROOT / "plugins" / "plugin_utils" / "platforms").glob("[!_]*.yml")
    rows = re.findall(r"^\| `(\w+)` \|", read("how-to/platforms.md").partition("|---")[2], flags=re.MULTILINE)
    assert sorted(rows) == sorted(path.stem for path in files)


def test_code_names_pages_that_exist() -> None:
    folders = ("plugins", "orchestrator", "roles", "playbooks", "scripts")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".yml", ".md"}]
    mentioned = {name for path in files for name in re.findall(r"docs/[a-z_/-]+\.md", path.read_text(encoding="utf-8"))}
    assert [name for name in sorted(mentioned) if not (ROOT / name).exists()] == []


def test_every_page_can_be_found() -> None:
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAGES
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in target
    }
    assert [named(page) for page in PAGES if page not in linked and page != ROOT / "README.md"] == []


def test_the_map_for_newcomers_names_what_is_there() -> None:
    table = (
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("Where to look")[2].partition("\n\nA value")[0]
    )
    rows = [line.split("|")[2:4] for line in table.splitlines() if line.startswith("|")]
    rooms = zip(("module_utils", "plugin_utils"), zip(*rows, strict=True), strict=True)
    mapped = {f"{room}/{name}.py" for room, cells in rooms for name in re.findall(r"`([a-z_]+)`", " ".join(cells))}
    assert len(mapped) > 100
    assert [name for name in sorted(mapped) if not (ROOT / "plugins" / name).exists()] == []
