"""What a person is told of a change on a device: its class and parents, and nothing of lines that only moved."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from netcellar.demo.terminal import LabDevice

from .conftest import OpenLab, Site

FILTER = "ip access-list extended MGMT\n permit tcp 192.0.2.0 0.0.0.255 any eq 22\n deny ip any any\n"
SERVERS = "ntp server 192.0.2.1\nntp server 192.0.2.2\n"


@pytest.fixture
def ask(site: Site) -> Any:
    """A question to the project of a site, as typed; its answer."""
    site.write("netcellar.yml", f"version: 1\nrepositories: {{main: {{path: {site.repository}}}}}\n")

    def asked(*words: str) -> str:
        done = site.run(sys.executable, "-m", "netcellar", "--project", str(site.folder), *words)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    return asked


def test_a_changed_access_list_is_told_with_its_class_and_parents_and_free_order_is_not(
    lab: OpenLab, site: Site, ask: Any
) -> None:
    opened = lab(LabDevice("r1", "cisco_ios"))
    site.know(opened)
    site.write("hosts.yml", opened.inventory())
    opened.change("r1", "hostname r1\n", f"hostname r1\n{FILTER}{SERVERS}")
    assert site.play().outcomes == {"r1": "stored"}

    opened.change("r1", " deny ip any any\n", " permit udp any any eq 161\n deny ip any any\n")
    assert site.play().outcomes == {"r1": "stored"}
    (change,) = json.loads(ask("diff", "r1", "--output", "json"))["changes"]
    assert (change["class"], change["parents"]) == ("access list", ["ip access-list extended MGMT"])
    assert "+ permit udp any any eq 161" in change["lines"]
    assert not [line for line in change["lines"] if line.startswith("-")]
    told = ask("diff", "--run", "last")
    assert "access list on 1 device: r1\n  ip access-list extended MGMT\n" in told

    opened.change("r1", SERVERS, "".join(reversed(SERVERS.splitlines(keepends=True))))
    assert site.play().outcomes == {"r1": "stored"}
    assert "no difference in meaning" in ask("diff", "r1")
    assert json.loads(ask("diff", "r1", "--output", "json"))["changes"] == []
    assert "+ntp server 192.0.2.1" in ask("diff", "r1", "--text")

    opened.change("r1", FILTER.splitlines()[1], " permit ip any any")
    assert site.play().outcomes == {"r1": "stored"}
    (change,) = json.loads(ask("diff", "r1", "--output", "json"))["changes"]
    assert change["lines"][:2] == [f"-{FILTER.splitlines()[1]}", "+ permit ip any any"]
