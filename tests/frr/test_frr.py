"""A real FRR router through the whole playbook.

Needs the Debian packages frr and openssh-server; ``scripts/system-packages.sh`` installs them for ``make test``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.frr.router import NAME, NEEDED, Router, running_router
from tests.integration.conftest import Site

missing = [str(path) for path in NEEDED if not path.exists()]
pytestmark = [
    pytest.mark.skipif(bool(missing), reason=f"no {', '.join(missing)}: apt-get install frr openssh-server"),
    pytest.mark.xdist_group("frr"),  # one router for all
]


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    """The router, for all tests of this file."""
    with running_router(tmp_path_factory.mktemp("frr")) as router:
        yield router


@pytest.fixture
def site(tmp_path: Path, router: Router) -> Site:
    """A user whose inventory holds the router alone."""
    site = Site(tmp_path)
    host = {
        "ansible_host": "127.0.0.1",
        "ansible_port": router.port,
        "ansible_user": router.user,
        "ansible_ssh_private_key_file": str(router.key),
        "ansible_network_os": "frr.frr.frr",
    }
    site.write("hosts.yml", json.dumps({"all": {"hosts": {NAME: host}}}))
    site.write("state/netcellar/known_hosts", router.known_hosts)
    return site


def test_the_running_configuration_is_stored_and_then_stays(site: Site, router: Router) -> None:
    first = site.play()

    assert (first.outcomes, first.code) == ({NAME: "stored"}, 0), first.output
    stored = site.git("show", f"main:backups/{NAME}.running-config")
    assert stored.startswith(("!\nfrr version ", "frr version "))
    assert "router bgp 65000" in stored
    assert stored.endswith("\nend")
    assert router.password not in stored

    commit = site.git("rev-parse", "main")
    second = site.play()
    assert (second.outcomes, second.code) == ({NAME: "unchanged"}, 0), second.output
    assert site.git("rev-parse", "main") == commit


def test_a_change_is_a_change_of_that_line(site: Site, router: Router) -> None:
    site.play()
    router.vtysh("configure terminal", "router bgp 65000", "neighbor 192.0.2.9 remote-as 65009")
    try:
        played = site.play()
    finally:
        router.vtysh("configure terminal", "router bgp 65000", "no neighbor 192.0.2.9")

    assert played.outcomes == {NAME: "stored"}
    changed = site.git("diff", "--unified=0", "main~1", "main", "--", "backups").splitlines()
    assert [line for line in changed if line.startswith(("+ ", "- "))] == ["+ neighbor 192.0.2.9 remote-as 65009"]


def test_with_keep_all_of_it_is_there(site: Site, router: Router) -> None:
    site.play(netcellar_secrets="keep")

    stored = site.git("show", f"main:backups/{NAME}.running-config").splitlines()
    said = router.vtysh("show running-config").splitlines()
    assert stored == [line for line in said if line.strip() and not line.startswith(("Building", "Current"))]
