"""The defaults of the roles are those of the code: a host may be given the ones or the others.

What the first host of a batch overrides is no role default that a task could see; the others then get the code's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.netcellar.backup.plugins.module_utils.paths import DEFAULT
from ansible_collections.netcellar.backup.plugins.plugin_utils.batch import _identity, _limits
from ansible_collections.netcellar.backup.plugins.plugin_utils.hostkeys import POLICIES
from ansible_collections.netcellar.backup.plugins.plugin_utils.session import Limits
from ansible_collections.netcellar.backup.plugins.plugin_utils.targets import DEFAULT_ARTIFACTS
from ansible_collections.netcellar.backup.plugins.plugin_utils.variables import HostVariables

ROOT = Path(__file__).resolve().parents[4]
DEFAULTS = yaml.safe_load((ROOT / "roles/capture/defaults/main.yml").read_text(encoding="utf-8"))


def host(values: dict[str, Any]) -> HostVariables:
    return HostVariables(values, Templar(DataLoader(), variables=values))


def test_the_time_limits_of_the_role_are_those_of_a_session() -> None:
    role = {name: value for name, value in DEFAULTS.items() if name.endswith("_timeout")}

    assert len(role) == 3
    assert _limits(host(role)) == _limits(host({})) == Limits()


def test_the_other_defaults_of_the_role_are_those_of_the_code() -> None:
    assert DEFAULTS["netcellar_artifacts"] == list(DEFAULT_ARTIFACTS)
    assert DEFAULTS["netcellar_paths"] == DEFAULT
    assert DEFAULTS["netcellar_identity"] == _identity(host({}))
    assert DEFAULTS["netcellar_host_keys"] == POLICIES[0] == "strict"
    assert DEFAULTS["netcellar_secrets"] == "mask"
    assert not DEFAULTS["netcellar_credentials"]


def test_the_documentation_names_the_same_defaults() -> None:
    lines = (ROOT / "docs/reference/variables.md").read_text(encoding="utf-8").splitlines()
    told = {cells[1].strip(" `"): cells[2] for cells in (line.split("|") for line in lines) if len(cells) > 3}

    for name, value in DEFAULTS.items():
        if isinstance(value, int) or (isinstance(value, str) and value and "{{" not in value):
            written = str(value).lower() if isinstance(value, bool) else value
            assert f"`{written}`" in told[name], name
