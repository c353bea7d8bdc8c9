"""The roles' documentation says what the roles and the code do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
# Set by the inventory plugins for each host, and by the user for the playbook as a whole.
NO_ROLES_OWN = {
    "netcellar_device",
    "netcellar_inventories",
    "netcellar_device_sets",
    "netcellar_hosts",
    "netcellar_serial",
}
# Documented for those who want to set them; unset has a meaning of its own.
WITHOUT_DEFAULT = {
    "netcellar_run_id",
    "netcellar_inventory",
    "netcellar_job",
    "netcellar_nautobot_token",
    "netcellar_mask_key",
}


def read(role: str, name: str) -> Any:
    return yaml.safe_load((ROOT / "roles" / role / name).read_text(encoding="utf-8"))


def options(role: str) -> dict[str, Any]:
    """The documented variables of all entry points of a role."""
    entries = read(role, "meta/argument_specs.yml")["argument_specs"].values()
    return {name: option for entry in entries for name, option in entry["options"].items()}


@pytest.mark.parametrize("role", ROLES)
def test_documented_defaults_are_the_defaults(role: str) -> None:
    defaults = read(role, "defaults/main.yml")
    documented = {name: option["default"] for name, option in options(role).items() if "default" in option}
    assert documented.keys() == defaults.keys()
    # Its default follows the environment, which a documentation can only say in words.
    documented["netcellar_state"] = defaults["netcellar_state"]
    assert documented == defaults
    assert options(role).keys() - documented.keys() <= WITHOUT_DEFAULT


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_says_what_it_is(role: str) -> None:
    for name, option in options(role).items():
        assert option["description"], name
        assert option["type"], name
        assert option["type"] != "int" or re.search("seconds|sessions", " ".join(option["description"]), re.IGNORECASE)


def test_every_variable_that_the_code_reads_is_documented() -> None:
    sources = [path for part in ("action", "plugin_utils", "lookup") for path in (ROOT / "plugins" / part).glob("*.py")]
    reads = {name for path in sources for name in re.findall(r'"(netcellar_[a-z_]+)"', path.read_text("utf-8"))}
    documented = {name for role in ROLES for name in options(role)}
    assert reads - documented - NO_ROLES_OWN == set()
    assert "netcellar_repository" in reads


def test_a_variable_of_two_roles_has_one_default_and_one_meaning() -> None:
    seen: dict[str, Any] = {}
    for role in ROLES:
        for name, option in options(role).items():
            assert seen.setdefault(name, option) == option, f"{name} of {role}"
