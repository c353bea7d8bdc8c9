"""Learning the SSH host keys of a job's devices, before their first backup: no login, no credential, no run record."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from .child import Launch, environment_for, play
from .core import KEPT_IN
from .errors import RunRefusedError
from .inventory_files import ready
from .launch_words import reason_of, unmatched_patterns
from .limits import without
from .order import Order, new_run_id
from .progress import Watch, ignore
from .project import Project
from .references import Resolver
from .secrets_file import collect_secrets, secrets_file
from .signals import stop_on_signals
from .store import now
from .tail import Count
from .variables import variables_of

RESULTS = ("learned", "known", "changed", "unreachable", "failed")
"""``failed``: the device showed a key, and it could not be kept."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """What came of one device. ``fingerprint`` is that of the key it shows, ``known`` are those it is held to."""

    host: str
    result: str
    fingerprint: str | None
    known: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of all of them, by host name. ``unmatched`` are the parts of the limit that no host matched."""

    order: Order
    meetings: tuple[Meeting, ...]
    unmatched: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 where the right key of every device is known now, else 1."""
        return 0 if all(each.result in ("learned", "known") for each in self.meetings) else 1

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as ``--output json`` prints it."""
        counts = Counter(each.result for each in self.meetings)
        return {
            "job": self.order.job.name,
            "inventory": self.order.job.inventory,
            "limit": self.order.limit,
            "success": self.exit_code == 0,
            "counts": {result: counts[result] for result in RESULTS},
            "devices": [asdict(each) | {"known": list(each.known)} for each in self.meetings],
        }


def learn_keys(
    project: Project,
    order: Order,
    *,
    watch: Watch = ignore,
    warn: Callable[[str], None],
    environment: Mapping[str, str],
) -> Learned:
    """Meet every device of the job. Raises RunRefusedError where none was met, OrchestratorError for a bad secret."""
    order = replace(order, limit=order.limit or order.job.limit)
    # Nobody logs in but at a jump host.
    accounts = [order.job.jump_credential] if order.job.jump_credential else []
    values = collect_secrets(replace(project, mask_key=None), accounts, Resolver(environment, warn))
    project.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="hostkeys-", dir=project.state) as name,
        stop_on_signals() as stop,
        secrets_file(values, project.state) as secrets,
    ):
        folder = Path(name)
        launch = _launch(project, order, folder)
        given = environment_for(project, launch, secrets, environment) | {KEPT_IN: str(_file(folder))}
        code = play(launch, given, stop, lambda: watch(_count(folder), []))
        unmatched = tuple(unmatched_patterns(folder))
        meetings = read_meetings(folder)
        if not meetings:
            raise _nothing_met(order, unmatched, "cancelled" if stop.asked else reason_of(folder), code)
    return Learned(order, meetings, unmatched)


def _launch(project: Project, order: Order, folder: Path) -> Launch:
    run_id, inventory = new_run_id(now()), ready(project, project.inventories[order.job.inventory])
    variables = variables_of(project, order.job, run_id)
    limit = without(order.limit, project.exclude)
    return Launch(run_id, folder, inventory, limit, order.check, variables, "hostkeys")


def read_meetings(folder: Path) -> tuple[Meeting, ...]:
    """What the playbook wrote, sorted by host name; nothing where it came to nothing."""
    return tuple(sorted(map(_meeting, _written(folder)), key=lambda each: each.host))


def _written(folder: Path) -> list[dict[str, Any]]:
    """The last line of each host. A line that is being written is read the next time."""
    file = _file(folder)
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    met = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
    return list({each["host"]: each for each in met}.values())


def _count(folder: Path) -> Count:
    results = Counter(each["result"] for each in _written(folder))
    return Count(results.total(), results["learned"] + results["known"], results["changed"] + results["failed"])


def _file(folder: Path) -> Path:
    return folder / "hostkeys.jsonl"


def _meeting(met: Mapping[str, Any]) -> Meeting:
    waiting = met["result"] == "waiting"
    unreachable = waiting or (met["result"] == "failed" and not met["shown"])
    result = "unreachable" if unreachable else met["result"]
    message = "it was not met before the end" if waiting else met["message"]
    return Meeting(met["host"], result, met["shown"] or None, tuple(met["known"]), message)


def _nothing_met(order: Order, unmatched: tuple[str, ...], reason: str, code: int) -> RunRefusedError:
    remedy = f"`netcellar inventory preview {order.job.inventory}` shows the devices of this job"
    if unmatched:
        return RunRefusedError(f"no host of the inventory matches the limit {', '.join(unmatched)}", remedy=remedy)
    return RunRefusedError(f"no device was met: {reason or f'Ansible ended with code {code}'}", remedy=remedy)
