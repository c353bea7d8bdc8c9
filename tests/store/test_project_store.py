"""A project whose store is in PostgreSQL: a whole run on the laboratory, with the password by reference."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice
from sqlalchemy.engine import URL

from tests.integration.orchestrating import Bench


def test_a_run_is_kept_on_the_server(lab: Callable[..., Lab], new_postgres: Callable[[], URL], tmp_path: Path) -> None:
    url = new_postgres()
    bench = Bench.on(tmp_path, lab(LabDevice("r1", "cisco_ios"), LabDevice("r2", "frr", fault="down")), retries=0)
    secret = tmp_path / "secrets" / "database"
    secret.touch(mode=0o600)
    secret.write_text(f"{url.password}\n")
    place = f"postgresql://{url.username}@{url.host}:{url.port}/{url.database}"
    file = tmp_path / "netcellar.yml"
    file.write_text(file.read_text() + f"store:\n  url: {place}\n  password: {{file: secrets/database}}\n")
    ran = bench.job()
    assert ran.out, ran.err
    assert (ran.code, ran.result["devices_backed_up"]) == (1, 1), ran.err
    assert not (tmp_path / ".netcellar" / "netcellar.db").exists()
    shown = bench.run("runs", "show", "last", "--output", "json")
    assert shown.result == ran.result
    log = bench.run("runs", "logs", "last", "--output", "json", "--query", "[?host].[host, level]")
    assert ["r1", "info"] in json.loads(log.out)
    assert ["r2", "warning"] in json.loads(log.out)
    secret.write_text("another one")
    refused = bench.run("runs", "list")
    assert (refused.code, "look at the user in `store.url`" in refused.err) == (2, True), refused.err
    for _name, content in bench.everything():
        assert str(url.password).encode() not in content
