"""A project whose store is in PostgreSQL: runs with the password by reference, and a server that goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice
from sqlalchemy.engine import URL

from tests.integration.orchestrating import Bench
from tests.waiting import HANG_SECONDS

from .gate import gate


def use_server(bench: Bench, url: URL, port: int | None) -> Path:
    """Let the project keep its runs there; gives the file of the password."""
    secret = bench.folder / "secrets" / "database"
    secret.touch(mode=0o600)
    secret.write_text(f"{url.password}\n")
    place = f"postgresql://{url.username}@{url.host}:{port}/{url.database}"
    file = bench.folder / "netcellar.yml"
    file.write_text(file.read_text() + f"store:\n  url: {place}\n  password: {{file: secrets/database}}\n")
    return secret


def test_a_run_is_kept_on_the_server(lab: Callable[..., Lab], new_postgres: Callable[[], URL], tmp_path: Path) -> None:
    url = new_postgres()
    bench = Bench.on(tmp_path, lab(LabDevice("r1", "cisco_ios"), LabDevice("r2", "frr", fault="down")), retries=0)
    secret = use_server(bench, url, url.port)
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
    assert (refused.code, "look at the user in `store.url`" in refused.err) == (3, True), refused.err
    for _name, content in bench.everything():
        assert str(url.password).encode() not in content


def test_a_server_that_goes_in_a_run_costs_nothing(
    lab: Callable[..., Lab], new_postgres: Callable[[], URL], tmp_path: Path
) -> None:
    url = new_postgres()
    devices = lab(LabDevice("r1", "cisco_ios"), LabDevice("stuck", "cisco_ios", fault="silent"))
    bench = Bench.on(tmp_path, devices, retries=0, command_timeout=600, device_timeout=600)
    with gate(url.port or 0) as way, gate(devices.ports["stuck"]) as line:
        use_server(bench, url, way.port)
        for name in ("devices.yml", "known_hosts"):
            file = tmp_path / name
            file.write_text(file.read_text().replace(str(devices.ports["stuck"]), str(line.port)))
        with bench.started() as process:
            bench.wait_for(captured=1)
            way.close()
            line.close()
            out, err = process.communicate(timeout=HANG_SECONDS)
        assert process.returncode == 1, err
        assert json.loads(out)["devices_backed_up"] == 1
        assert "is entered when the store is there again" in err
        assert "Traceback" not in err
        gone = bench.run("runs", "list")
        assert (gone.code, "is the database server up" in gone.err) == (3, True)
        way.open()
        line.open()
        devices.set_fault("stuck", "")
        assert bench.job().code == 0
        asked = bench.run("runs", "list", "--output", "json", "--query", "[].[status, devices_backed_up]")
        assert json.loads(asked.out) == [["success", 2], ["partial", 1]]
