"""A real FRR router: its own bgpd, and its own sshd whose login shell is vtysh. Nothing of the machine's is touched."""

from __future__ import annotations

import getpass
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.sshd import SSHD, sshd
from tests.waiting import until

BGPD = Path("/usr/lib/frr/bgpd")
VTYSH = Path("/usr/bin/vtysh")
NEEDED = (BGPD, SSHD, VTYSH)
NAME = "frr-lab"
PASSWORD = "Bgp-Neighbour-Secret"

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
        return (self.folder / "known_hosts").read_text()

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
    shell = f"{VTYSH} --vty_socket {folder} --config_dir {folder}"
    (folder / "bgpd.conf").write_text(BGPD_CONFIG.format(password=PASSWORD))
    (folder / "vtysh.conf").write_text(f"hostname {NAME}\n")
    with ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("wb"))
        process = stack.enter_context(subprocess.Popen(bgpd, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        stack.callback(process.terminate)
        port = stack.enter_context(sshd(folder, shell))
        until((folder / "bgpd.vty").is_socket)
        yield Router(folder, port, getpass.getuser(), PASSWORD)
