# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run's commit: what is staged goes into the branch and to the remote, and the run's records say what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..module_utils.errors import NetcellarError
from ..module_utils.record import Kept, Receipt, Record, Stage
from .account import Account
from .care import care
from .cellar import About, Cellar, CommitResult, OpenCellar
from .decide import Decision
from .departing import Departure, Leaving
from .diskspace import told_of_disk
from .gitprocess import without_credentials
from .index import Key
from .push import Proof
from .run import RunFolder
from .staging import Pending, Staging


@dataclass(frozen=True, slots=True)
class Order:
    """What to commit, and where to. ``remote`` is empty where nothing is to be pushed, ``account`` is for it.

    ``signing_key``: the path of the SSH key that signs, or "". ``leaving``: what becomes of devices that have left.
    """

    repository: Path
    branch: str
    remote: str
    about: About
    run: RunFolder
    account: Account | None = None
    signing_key: str = ""
    leaving: Leaving | None = None


@dataclass(slots=True)
class Outcome:
    """How it went. ``fault`` is what kept it from being whole, if anything did; ``told``: a record carries it.

    ``untidy``: what housekeeping says of itself.
    """

    own: frozenset[str] = frozenset()
    adopted: int = 0
    result: CommitResult = field(default_factory=lambda: CommitResult(None))
    proof: Proof = field(default_factory=Proof)
    fault: NetcellarError | None = None
    told: bool = False
    untidy: str = ""
    departure: Departure = field(default_factory=Departure)

    def as_result(self) -> dict[str, Any]:
        """The task result: numbers, hashes and one message."""
        # The run's verdict shows what records carry; nobody else tells what concerns earlier runs alone.
        warnings = [str(self.fault)] if self.fault and not self.told else []
        warnings += [each for each in (self.proof.warning, self.untidy, self.departure.refused) if each]
        warnings += [f"a staged file was not whole and is kept at {path}" for path in self.result.damaged]
        return {
            "changed": self.result.files_changed > 0 or self.proof.pushed,
            "committed": self.result.files_changed > 0,
            "pushed": self.proof.pushed,
            "proven": len(self.proof.receipts),
            "commit_hash": self.proof.commit or self.result.commit,
            "files_changed": self.result.files_changed,
            "adopted": self.adopted,
            "departed": list(self.departure.names),
            "message": str(self.fault) if self.fault else f"{self.result.files_changed} files changed",
            "warnings": warnings,
        }


def commit_run(order: Order) -> Outcome:
    """Commit the run's captures and those of killed runs, push, prove, and update the run's records.

    Raises NetcellarError only where the records cannot be written; a fault of Git or of the remote is in the outcome.
    """
    outcome = Outcome()
    try:
        _commit(order, outcome)
    except NetcellarError as error:
        outcome.fault = told_of_disk(order.repository, error)
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
        fault = NetcellarError(f"cannot commit to {order.repository}: {what}", error="git")
        outcome.fault = told_of_disk(order.repository, fault)
    order.run.note_fault("commit", f"{outcome.fault.error}: {outcome.fault}" if outcome.fault else "")
    _record(order, outcome)
    return outcome


def _commit(order: Order, outcome: Outcome) -> None:
    cellar = Cellar(order.repository, order.branch, order.remote, order.account, order.signing_key)
    staging = Staging(cellar.repository)
    run = order.about.run
    with cellar.open(run) as work:
        pending = staging.pending(run)
        outcome.own = frozenset(each.capture.device_id for each in pending.staged if each.capture.run == run)
        outcome.adopted = _foreign(pending, run)
        work.sync()
        outcome.result = work.commit(pending, order.about)
        outcome.departure = _depart(work, order)
        outcome.proof = work.push()
        outcome.fault = outcome.proof.fault
        staging.sweep(run)
        if outcome.result.files_changed:
            outcome.untidy = care(work.git)


def _depart(work: OpenCellar, order: Order) -> Departure:
    """Only where the run met every host of its inventory: a limit, a slice or a part says nothing about the rest."""
    met = order.run.records().values()
    if order.leaving is None or not order.leaving.hosts or not order.leaving.hosts <= {record.host for record in met}:
        return Departure()
    return work.depart(order.leaving, order.about, {record.device_id for record in met})


def _foreign(pending: Pending, run: str) -> int:
    return sum(each.capture.run != run for each in pending.staged)


def _record(order: Order, outcome: Outcome) -> None:
    receipts = {(each.device_id, each.artifact): each for each in outcome.proof.receipts}
    # With `serial`, what an earlier batch could not push may have gone along with this one.
    late = {each.device_id for each in receipts.values() if each.run == order.about.run}
    records = order.run.records()
    concerned = [records[device] for device in records if device in outcome.own or device in late]
    if not outcome.own and outcome.fault and not concerned:
        concerned = [record for record in records.values() if record.error == "git" and record.stage == "stage"]
    changed = [_updated(record, order, outcome, receipts) for record in concerned]
    outcome.told = bool(changed)
    if changed:
        order.run.append(*changed)


def _updated(record: Record, order: Order, outcome: Outcome, receipts: Mapping[Key, Receipt]) -> Record:
    decisions = {key[1]: each for key, each in outcome.result.decisions.items() if key[0] == record.device_id}
    record = replace(record, artifacts=_artifacts(record, decisions))
    rejected = next((each for each in decisions.values() if each.verdict == "rejected"), None)
    if rejected:
        return record.failed("path", rejected.message, stage="commit")
    if outcome.fault:
        commit = (outcome.proof.commit or outcome.result.commit) if decisions else None
        stage: Stage = "push" if decisions else "commit"
        fault = outcome.fault
        return replace(record.failed(fault.error, fault.message, stage=stage, advice=fault.remedy), commit=commit)
    if record.device_id in outcome.own and not decisions:
        return record.failed("git", "its staged file was not whole and is kept in quarantine", stage="commit")
    record = replace(record, message=next((each.message for each in decisions.values() if each.message), ""))
    return _proven(record, order, [receipts.get((record.device_id, kept.artifact)) for kept in record.artifacts])


def _artifacts(record: Record, decisions: Mapping[str, Decision]) -> tuple[Kept, ...]:
    return tuple(
        replace(kept, changed=decisions[kept.artifact].verdict == "changed") if kept.artifact in decisions else kept
        for kept in record.artifacts
    )


def _proven(record: Record, order: Order, receipts: Iterable[Receipt | None]) -> Record:
    found = list(receipts)
    proofs = [each for each in found if each]
    if not proofs or len(proofs) < len(found):
        return record.failed("path", "what is at the remote now leaves no room for this capture", stage="push")
    return replace(
        record,
        outcome="stored" if any(kept.changed for kept in record.artifacts) else "unchanged",
        stage="done",
        error=None,
        commit=proofs[0].commit,
        remote=without_credentials(order.remote) or None,
    )
