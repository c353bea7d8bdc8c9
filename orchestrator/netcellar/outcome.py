"""What a run as a whole came to: its status, and the sentence that says what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .core import Record
from .words import counted

NAMED = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run status of docs/reference/run-result.md, and a message that ends with what to do."""

    status: str
    message: str


def with_faults(outcome: Outcome, faults: Mapping[str, str]) -> Outcome:
    """The outcome of a run in which ``faults`` happened beside the devices, by task of the playbook.

    Such as the push of what an earlier run left behind: no record of this run tells of it.
    """
    if "commit" in faults and outcome.status != "failed":
        return Outcome("failed", f"{faults['commit']}. Next: mend it; the next run pushes what is kept")
    if "stamp" in faults and outcome.status == "success":
        return Outcome("partial", f"{faults['stamp']}. Next: mend it; the next run writes the dates")
    return outcome


def outcome_of_run(records: Sequence[Record], job: str, *, stamp: bool, check: bool, reason: str) -> Outcome:
    """Judge a run that came to its end by its records, of which there is at least one.

    ``stamp``: dates were to be written. ``reason``: what Ansible said when it failed, or nothing.
    """
    good = [record for record in records if record.good]
    bad = [record for record in records if not record.good]
    store_fault = next((record for record in bad if record.error in {"git", "push"}), None)
    if store_fault and store_fault.error:
        return Outcome("failed", f"{store_fault.error}: {store_fault.message.rstrip('.')}. Next: {store_fault.remedy}")
    if all(record.outcome == "silent" for record in records):
        message = f"Ansible ended before any device came back{_because(reason)}"
        return Outcome("failed", f"{message}. Next: mend it and run again; `netcellar runs show last` names its output")
    if bad:
        status = "partial" if good else "failed"
        return Outcome(
            status,
            f"{len(bad)} of {counted(len(records), 'device')} not backed up{_silent(bad, reason)}. "
            f"Next: mend them as said, then {_again(job, bad)}",
        )
    unstamped = [record for record in good if stamp and not check and not record.stamped]
    if unstamped:
        message = (
            f"{counted(len(good), 'device')} stored, but {counted(len(unstamped), 'date')} not written to Nautobot"
        )
        why = next((record.message for record in unstamped if record.stage == "stamp"), reason)
        return Outcome("partial", f"{message}{_because(why)}. Next: the next run writes them")
    if check:
        return Outcome("success", f"{counted(len(good), 'device')} read and found whole. Next: `netcellar run {job}`")
    counts = Counter(record.outcome for record in good)
    told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
    return Outcome("success", f"{counted(len(good), 'device')} well: {told}. Nothing to do")


def _silent(bad: Sequence[Record], reason: str) -> str:
    silent = sum(record.outcome == "silent" for record in bad)
    if not silent:
        return ""
    return f" ({silent} silent: Ansible ended before it came to them{_because(reason)})"


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _again(job: str, bad: Sequence[Record]) -> str:
    hosts = [record.host for record in bad]
    if len(hosts) > NAMED:
        return "`netcellar runs retry last`"
    limit = "'" + ",".join(hosts) + "'" if len(hosts) > 1 else hosts[0]
    return f"`netcellar run {job} --limit {limit}`"
