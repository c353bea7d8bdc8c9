"""Starting the process of ``launch.py`` for one run: its folder, its environment, its leash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from .core import collections_path
from .processes import RUN_VARIABLE, Identity, end_processes
from .project import Project
from .secrets_file import VARIABLE
from .signals import Stop

# Everything else of the user's environment stays here: ansible-runner writes what it is given into its artifacts.
PASSED_ON = (
    "HOME",
    "LOGNAME",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TMPDIR",
    "TZ",
    "USER",
    "XDG_RUNTIME_DIR",
    "no_proxy",
)
SSH_AGENT = "SSH_AUTH_SOCK"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
LOOK_SECONDS = 0.2
# ansible-runner asks whether to cancel once per this many seconds.
POLL_SECONDS = 1
Playbook = Literal["backup", "hostkeys", "resume"]


@dataclass(frozen=True, slots=True)
class Launch:
    """What one run of a playbook needs. ``variables`` become extra vars; no secret may be among them."""

    run_id: str
    folder: Path
    inventory: Path
    limit: str | None
    check: bool
    variables: Mapping[str, Any]
    playbook: Playbook


class Child:
    """A running ``launch.py``. Ending its standard input cancels the run, so it never outlives its starter."""

    def __init__(self, process: subprocess.Popen[bytes], run_id: str) -> None:
        self.process = process
        self.run_id = run_id
        self.identity = Identity.of(process.pid)

    @classmethod
    def start(cls, launch: Launch, environment: Mapping[str, str]) -> Self:
        """Start the run in a session of its own, out of reach of the terminal's Ctrl-C. Raises OSError."""
        write_folder(launch)
        command = [sys.executable, "-m", "netcellar.launch", str(launch.folder)]
        with Path(launch.folder, "launch.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
                umask=0o077,
            )
        return cls(process, launch.run_id)

    def wait(self, seconds: float) -> int | None:
        """The exit code, or None when it still runs after ``seconds``."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def cancel(self) -> None:
        """Ask the run to end; what was staged stays staged."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()

    def end(self) -> None:
        """End it and everything that it started, now."""
        self.cancel()
        end_processes(self.run_id)
        self.process.wait()


def follow(child: Child, stop: Stop, look: Callable[[], None]) -> int:
    """Wait for Ansible's exit code, looking now and then; who asks for an end once gets a clean one."""
    while (code := child.wait(LOOK_SECONDS)) is None:
        look()
        if stop.asked == 1:
            child.cancel()
        elif stop.asked:
            child.end()
    return code


def play(launch: Launch, environment: Mapping[str, str], stop: Stop, look: Callable[[], None]) -> int:
    """Run a playbook to its end and give Ansible's exit code; nothing of it goes on after that. Raises OSError."""
    child = Child.start(launch, environment)
    try:
        return follow(child, stop, look)
    finally:
        child.end()


def write_folder(launch: Launch) -> None:
    """Lay out the run's folder as ansible-runner reads it, closed to others."""
    for folder in (launch.folder, launch.folder / "env"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (launch.folder / "ansible.cfg").write_text("# Empty on purpose: no other configuration is looked for.\n")
    spec = {
        "playbook": launch.playbook,
        "inventory": str(launch.inventory),
        "limit": launch.limit,
        "check": launch.check,
    }
    for name, content in (
        ("launch.json", spec),
        ("env/extravars", dict(launch.variables)),
        ("env/settings", {"pexpect_timeout": POLL_SECONDS}),
    ):
        (launch.folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")


def _needs_agent(project: Project, launch: Launch) -> bool:
    names = [*launch.variables.get("netcellar_credentials", ()), launch.variables.get("netcellar_jump_credential")]
    used = [project.credentials[name] for name in names if name in project.credentials]
    return launch.variables.get("netcellar_ssh_agent") is True or any(account.agent for account in used)


def _collections(project: Project, given: Mapping[str, str]) -> str:
    """Ours first, since a copy of it elsewhere may be older; then the project's and the user's, for network_cli."""
    usual = "~/.ansible/collections", "/usr/share/ansible/collections"
    users = given.get("ANSIBLE_COLLECTIONS_PATH") or os.pathsep.join(usual)
    return os.pathsep.join((str(collections_path()), str(project.folder / "collections"), users))


def environment_for(project: Project, launch: Launch, secrets: Path, given: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of the run: a few harmless variables of ``given``, the rest set here."""
    own_programs = str(Path(sys.executable).parent)
    configuration = project.folder / "ansible.cfg"
    environment = {name: given[name] for name in PASSED_ON if name in given}
    environment |= {name: given[name] for name in PROXIES if "@" not in given.get(name, "@")}
    if SSH_AGENT in given and (_needs_agent(project, launch) or "netcellar_signing_key" in launch.variables):
        environment[SSH_AGENT] = given[SSH_AGENT]
    environment |= {
        "PATH": os.pathsep.join((own_programs, given.get("PATH", os.defpath))),
        "LC_ALL": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        RUN_VARIABLE: launch.run_id,
        VARIABLE: str(secrets),
        "ANSIBLE_CONFIG": str(configuration if configuration.is_file() else launch.folder / "ansible.cfg"),
        "ANSIBLE_HOME": str(project.state / "ansible"),
        "ANSIBLE_COLLECTIONS_PATH": _collections(project, given),
        "ANSIBLE_HOST_KEY_CHECKING": "True",
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "True",
        "ANSIBLE_NOCOLOR": "True",
    }
    if project.nautobot:
        environment["NAUTOBOT_URL"] = project.nautobot.url
        environment["NAUTOBOT_VALIDATE_CERTS"] = str(project.nautobot.verify)
    return environment
