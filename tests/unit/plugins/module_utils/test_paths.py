"""Path templates: what is filled in, what is refused, and which paths cannot live together."""

from __future__ import annotations

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device, Place
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.paths import PathError, Template, collisions
from hypothesis import given
from hypothesis import strategies as st

DEVICE = Device(
    id="42",
    name="r1",
    role="router",
    location=(Place("Europe", "Region"), Place("Berlin", "City"), Place("Hall 2", "Building")),
    custom_fields={"net": "dmz", "deep": {"a": {"b": 7}}, "flag": True, "list": ["x"], "none": None, "dot.ted": "d"},
)


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("backups/{name}.running-config", "backups/r1.running-config"),
        ("{location}/{name}", "Hall 2/r1"),
        ("{location.name}/{location.parent.name}/{location.parent.parent.name}", "Hall 2/Berlin/Europe"),
        ("{location.name|type:City}/{name}", "Berlin/r1"),
        ("{location.parent.name|type:City}/{name}", "Europe/r1"),
        ("{location.type}/{role}-{id}", "Building/router-42"),
        ("{custom_fields.net}/{custom_fields.deep.a.b}/{custom_fields.flag}", "dmz/7/true"),
        ("{custom_fields.dot.ted}", "d"),
        ("{date}/{artifact}/{name}", "2026-03-02/running/r1"),
    ],
)
def test_template_is_filled(template: str, path: str) -> None:
    assert Template.parse(template).render(DEVICE, "running", "2026-03-02") == path


@pytest.mark.parametrize(
    "template",
    [
        "",
        "/abs/{name}",
        "../{name}",
        "a/../{name}",
        "a//{name}",
        "{name}/",
        ".git/{name}",
        "{nam}",
        "{}",
        "{name",
        "name}",
        "{name!r}",
        "{name.__class__}",
        "{name:>10}",
        "{location|kind:City}",
        "{custom_fields}",
        "{{name}}",
        "a\\{name}",
        "con/{name}",
        "a\n/{name}",
    ],
)
def test_bad_template_is_refused_before_any_device(template: str) -> None:
    with pytest.raises(NetcellarError, match="path template") as caught:
        Template.parse(template)
    assert caught.value.error == "path"


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "../../etc/passwd",
        "a/b",
        "a\\b",
        "..",
        ".",
        ".hidden",
        ".git",
        ".GIT",
        "git~1",
        "con",
        "NUL.txt",
        "com1",
        "r1.",
        "r1 ",
        " r1",
        "r\n1",
        "r\x001",
        "r\u200b1",
        "r\u202e1",
        "r\ud8001",
        "x" * 256,
        "é" * 128,
    ],
)
def test_value_that_does_not_fit_is_rejected_not_altered(name: str | None) -> None:
    with pytest.raises(PathError) as caught:
        Template.parse("backups/{name}").render(Device(id="1", name=name), "running", "2026-03-02")
    assert caught.value.error == "path"


@pytest.mark.parametrize("name", ["{{ lookup('pipe','id') }}", "-oProxyCommand=x", "all", "git", "Zürich 1", "a:b"])
def test_odd_but_harmless_names_are_kept_as_they_are(name: str) -> None:
    path = Template.parse("backups/{name}.cfg").render(Device(id="1", name=name), "running", "2026-03-02")
    assert path == f"backups/{name}.cfg"


@pytest.mark.parametrize(
    "template", ["{custom_fields.none}", "{custom_fields.absent}", "{custom_fields.list}", "{location.name|type:Rack}"]
)
def test_value_that_is_missing_or_no_text_is_rejected(template: str) -> None:
    with pytest.raises(PathError):
        Template.parse(template).render(DEVICE, "running", "2026-03-02")


@given(st.text())
def test_no_name_ever_leaves_its_folder(name: str) -> None:
    try:
        path = Template.parse("backups/{name}").render(Device(id="1", name=name), "running", "2026-03-02")
    except PathError:
        return
    folder, slash, rest = path.partition("/")
    assert (folder, slash, rest) == ("backups", "/", name)
    assert "/" not in rest


def test_collisions_see_case_accents_and_folders() -> None:
    assert collisions(["a/R1", "a/r1", "b"]) == {"a/R1", "a/r1"}
    assert collisions(["caf\u00e9", "cafe\u0301", "x"]) == {"caf\u00e9", "cafe\u0301"}
    assert collisions(["a", "a/b", "c/d"]) == {"a", "a/b"}
    assert collisions(["A", "a/b/c"]) == {"A", "a/b/c"}
    assert collisions(["a", "a"]) == {"a"}
    assert collisions(["a/b", "a/c"]) == set()
