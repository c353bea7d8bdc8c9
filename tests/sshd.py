"""A real sshd of one test, which lets in a key of its own and runs one command. Nothing of the machine's is touched."""

from __future__ import annotations

import getpass
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SSHD = Path("/usr/sbin/sshd")
SSHD_CONFIG = """\
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
"""


class _Server(socketserver.ThreadingTCPServer):
    """Listens where the operating system lets it: no port is ever taken by two."""

    daemon_threads = True
    folder: Path


class _Login(socketserver.BaseRequestHandler):
    """One sshd per connection, as inetd starts it."""

    def handle(self) -> None:
        folder = self.server.folder  # type: ignore[attr-defined]  # of our own server
        command = [SSHD, "-i", "-e", "-f", folder / "sshd_config"]
        with (folder / "sshd.log").open("ab") as log:
            subprocess.run(command, stdin=self.request, stdout=self.request, stderr=log, check=False)


@contextmanager
def sshd(folder: Path, command: str) -> Iterator[int]:
    """The port of an sshd whose users get ``command`` for a shell.

    ``folder/user_key`` gets in by its line of ``folder/authorized_keys``; ``folder/known_hosts`` names the server.
    """
    (folder / "sshd_config").write_text(SSHD_CONFIG.format(folder=folder))
    let_in(folder, "user_key", command)
    _make_key(folder / "host_key")
    # sshd, started by root, wants this folder; the package makes it only when the service starts.
    if getpass.getuser() == "root":
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with _Server(("127.0.0.1", 0), _Login) as server:
        server.folder = folder
        port = int(server.server_address[1])
        (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host_key.pub').read_text()}")
        with serving(server):
            yield port


def let_in(folder: Path, name: str, command: str) -> None:
    """Make the key ``folder/name``, which gets ``command`` for a shell."""
    _make_key(folder / name)
    quoted = command.replace('"', '\\"')
    with (folder / "authorized_keys").open("a") as file:
        file.write(f'command="{quoted}" {(folder / f"{name}.pub").read_text()}')


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    """Answer requests beside the test."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


def _make_key(path: Path) -> None:
    keygen = shutil.which("ssh-keygen") or "ssh-keygen"
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", path], check=True, capture_output=True)
