"""The process that runs Ansible for one run: ``python -m netcellar.launch FOLDER``, started by ``child.py``.

It is a process of its own because ansible-runner copies its whole environment into ``artifacts/<id>/command``: this one
is started with an allow-listed environment. It reads ``launch.json`` in FOLDER, and cancels the run when its standard
input ends, so an orchestrator that was killed leaves nothing running on.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from ansible_runner import Runner, RunnerConfig

from .processes import RUN_VARIABLE, end_processes

PLAYBOOKS = {name: f"netcellar.backup.{name}" for name in ("backup", "hostkeys", "resume")}
SPEC = "launch.json"
SECRETS_VARIABLE = "NETCELLAR_SECRETS"
IDENT = "ansible"
GRACE_SECONDS = 2.0


def main(folder: Path) -> int:
    """Run the playbook as ``launch.json`` says; Ansible's exit code, or 254 where it was cancelled."""
    spec = json.loads((folder / SPEC).read_text(encoding="utf-8"))
    cancelled = threading.Event()
    threading.Thread(target=_wait_for_end, args=(cancelled,), daemon=True).start()
    config = RunnerConfig(
        private_data_dir=str(folder),
        ident=IDENT,
        playbook=PLAYBOOKS[spec["playbook"]],
        inventory=spec["inventory"],
        limit=spec["limit"],
        cmdline="--check" if spec["check"] else None,
        project_dir=str(folder),
        fact_cache_type="",
        quiet=True,
    )
    config.prepare()
    config.command = [sys.executable, "-m", "netcellar.leash", str(os.getpid()), *config.command]
    runner = Runner(config, event_handler=_keep_no_event, cancel_callback=cancelled.is_set)
    _status, code = runner.run()
    # Ansible's workers have sessions of their own: ending the main process does not end them.
    end_processes(os.environ[RUN_VARIABLE], grace=GRACE_SECONDS)
    # Its writer removes it too, unless it was killed.
    Path(os.environ[SECRETS_VARIABLE]).unlink(missing_ok=True)
    return int(code)


def _wait_for_end(cancelled: threading.Event) -> None:
    """Whoever started this process holds the other end of its standard input open for as long as the run may go on."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    cancelled.set()


def _keep_no_event(_event: dict[str, Any]) -> bool:
    """Records are read from ``records.jsonl``; events would only cost files."""
    return False


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
