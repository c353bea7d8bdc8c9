"""A real FRR router: its own bgpd, and its own sshd whose login shell is vtysh. Nothing of the machine's is touched."""

from __future__ import annotations

import getpass
import shutil
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

BGPD = Path("/usr/lib/frr/bgpd")
SSHD = Path("/usr/sbin/sshd")
VTYSH = Path("/usr/bin/vtysh")
NEEDED = (BGPD, SSHD, VTYSH)
NAME = "frr-lab"
START_SECONDS = 10.0

SSHD_CONFIG = """\
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/user_key.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
ForceCommand {vtysh} --vty_socket {folder} --config_dir {folder}
"""
BGPD_CONFIG = """\
router bgp 65000
 neighbor 192.0.2.1 remote-as 65001
 neighbor 192.0.2.1 password {password}
"""


@dataclass(frozen=True)
class Router:
    """The router while it runs. ``password`` is a secret in its configuration."""

    folder: Path
    port: int
    user: str
    password: str

    @property
    def key(self) -> Path:
        """The private key that it lets in."""
        return self.folder / "user_key"

    @property
    def known_hosts(self) -> str:
        """Its line of a known_hosts file."""
        return f"[127.0.0.1]:{self.port} {(self.folder / 'host_key.pub').read_text()}"

    def vtysh(self, *commands: str) -> str:
        """Run commands in the router's own shell, beside us."""
        arguments = [part for command in commands for part in ("-c", command)]
        shell: list[str | Path] = [VTYSH, "--vty_socket", self.folder, "--config_dir", self.folder]
        done = subprocess.run([*shell, *arguments], capture_output=True, text=True, check=True)
        return done.stdout


@contextmanager
def running_router(folder: Path) -> Iterator[Router]:
    """Start the router in ``folder``; stop what was started."""
    bgpd: list[str | Path] = [BGPD, "--skip_runas", "--no_zebra", "--no_kernel", "-p", "0", "-P", "0"]
    bgpd += ["--vty_socket", folder, "-i", folder / "bgpd.pid", "-f", folder / "bgpd.conf"]
    bgpd += ["--log", f"file:{folder}/bgpd.log"]
    with ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("wb"))
        server = stack.enter_context(_Server(("127.0.0.1", 0), _Login))
        server.folder, server.log = folder, log
        router = Router(folder, server.server_address[1], getpass.getuser(), "Bgp-Neighbour-Secret")
        _write(router)
        process = stack.enter_context(subprocess.Popen(bgpd, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        stack.callback(process.terminate)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stack.callback(server.shutdown)
        _wait((folder / "bgpd.vty").is_socket, "bgpd")
        yield router


class _Server(socketserver.ThreadingTCPServer):
    """Listens where the operating system lets it: no port is ever taken by two."""

    daemon_threads = True
    folder: Path
    log: BinaryIO


class _Login(socketserver.BaseRequestHandler):
    """One sshd per connection, as inetd starts it."""

    def handle(self) -> None:
        server: _Server = self.server  # type: ignore[assignment]
        command: list[str | Path] = [SSHD, "-i", "-e", "-f", server.folder / "sshd_config"]
        subprocess.run(command, stdin=self.request, stdout=self.request, stderr=server.log, check=False)


def _write(router: Router) -> None:
    folder = router.folder
    (folder / "bgpd.conf").write_text(BGPD_CONFIG.format(password=router.password))
    (folder / "vtysh.conf").write_text(f"hostname {NAME}\n")
    (folder / "sshd_config").write_text(SSHD_CONFIG.format(folder=folder, vtysh=VTYSH))
    keygen = shutil.which("ssh-keygen") or "ssh-keygen"
    for name in ("host_key", "user_key"):
        command: list[str | Path] = [keygen, "-q", "-t", "ed25519", "-N", "", "-f", folder / name]
        subprocess.run(command, check=True, capture_output=True)
    # sshd, started by root, wants this folder; the package makes it only when the service starts.
    if getpass.getuser() == "root":
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)


def _wait(ready: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + START_SECONDS
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not start")
        time.sleep(0.02)
