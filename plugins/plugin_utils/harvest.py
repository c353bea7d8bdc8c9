# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One device from its session to its record: read, judged, cleaned, masked, staged; or set aside with the reason."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256

from ..module_utils.clean import same_as
from ..module_utils.completeness import Certified, Fault
from ..module_utils.errors import ErrorClass, NetcellarError
from ..module_utils.identity import Identity
from ..module_utils.masking import LeakError, Masking
from ..module_utils.record import Capture, Kept, Outcome, Record, Stage
from ..module_utils.transcript import Transcript
from .algorithms import Algorithms
from .breaker import Breaker
from .connect import Credential
from .examine import Doubt, Examination, size_of
from .hostkeys import HostKeys
from .index import Entry, Index
from .jump import Jump
from .quarantine import Quarantine, Suspect
from .session import Limits, Peer, Reading, Session
from .staging import Staging
from .targets import Target
from .tunnel import JumpError

_STAGES: Mapping[ErrorClass, Stage] = {
    "auth": "login",
    "no_credential": "login",
    "privilege": "login",
    "command_timeout": "capture",
    "device_timeout": "capture",
}
_NOT_COMMITTED = "captured and staged, not yet committed"
_NEXT_COMMITS = "nothing is to be mended for this device: the next run commits it"
_CHECKED = "check mode: read and found whole; nothing was kept"


@dataclass(frozen=True, slots=True)
class Job:
    """What to do with one target. ``stamp`` goes along with its captures."""

    target: Target
    credentials: tuple[Credential, ...]
    host_keys: HostKeys
    limits: Limits
    masked: bool = True
    masking: Masking = field(default_factory=Masking)
    identity: Identity = "learn"
    doubt: Doubt = field(default_factory=Doubt)
    stamp: Mapping[str, str] = field(default_factory=dict)
    breaker: Breaker | None = None
    algorithms: Algorithms = "modern"
    jump: Jump | None = None
    session: Callable[..., Session] = Session


@dataclass(frozen=True, slots=True)
class Ready:
    """A certified text in the form in which it is stored."""

    certified: Certified
    text: str


@dataclass(frozen=True, slots=True)
class _Bad:
    artifact: str
    heard: Transcript | None
    fault: Fault


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class Harvester:
    """Does jobs. Without a quarantine (check mode) no text that failed is kept, and records say what would be.

    ``stored`` is what the cellar holds: what a capture's size is held against.
    """

    def __init__(
        self,
        staging: Staging,
        quarantine: Quarantine | None,
        now: Callable[[], datetime] = utc_now,
        stored: Index | None = None,
    ) -> None:
        self._staging = staging
        self._quarantine = quarantine
        self._now = now
        self._stored = stored or {}

    async def harvest(self, job: Job) -> Record:
        """The record of the device. Never raises for what a device or the network does."""
        started = asyncio.get_running_loop().time()
        record = await self._harvest(job)
        return replace(record, seconds=round(asyncio.get_running_loop().time() - started, 3))

    async def _harvest(self, job: Job) -> Record:
        target = job.target
        examination = Examination(target, job.identity, job.doubt, self._before(target))
        try:
            reading = await job.session(_peer(job), job.host_keys, job.limits, examination.doubtful, job.breaker).read()
        except NetcellarError as error:
            stage: Stage = "connect" if isinstance(error, JumpError) else _STAGES.get(error.error, "connect")
            return target.record.failed(error.error, error.message, stage=stage, advice=error.remedy)
        at = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
        judged = await examination.verdicts(reading)
        return await asyncio.to_thread(self._keep, job, reading, judged, at)

    def _before(self, target: Target) -> dict[str, Entry]:
        """What the cellar holds of the target, by artifact."""
        keys = {artifact: (target.device.id, artifact) for artifact in target.paths}
        return {artifact: self._stored[key] for artifact, key in keys.items() if key in self._stored}

    def _keep(self, job: Job, reading: Reading, judged: Mapping[str, Certified | Fault], at: str) -> Record:
        """Stage the texts if all are certified: a device is backed up whole or not at all."""
        record = replace(job.target.record, captured_at=at, credential=reading.credential)
        found = {name: _ready(job, verdict) for name, verdict in judged.items()}
        ready = {name: each for name, each in found.items() if isinstance(each, Ready)}
        try:
            for name, fault in found.items():
                if isinstance(fault, Fault):
                    return self._set_aside(job, record, _Bad(name, reading.transcripts.get(name), fault))
            captures = [_capture(job, record, name, each) for name, each in ready.items()]
            for capture in captures:
                self._staging.write(capture)
        except NetcellarError as error:
            return record.failed(error.error, str(error), stage="stage")
        record = replace(record, artifacts=tuple(_kept(capture, ready[capture.artifact]) for capture in captures))
        if self._quarantine is None:
            return self._checked(record, captures)
        # If the run ends before its commit, this is what happened.
        return record.failed("git", _NOT_COMMITTED, stage="stage", advice=_NEXT_COMMITS)

    def _checked(self, record: Record, captures: Sequence[Capture]) -> Record:
        pairs = zip(record.artifacts, captures, strict=True)
        kept = tuple(replace(one, changed=self._is_new(capture)) for one, capture in pairs)
        outcome: Outcome = "stored" if any(each.changed for each in kept) else "unchanged"
        return replace(record, outcome=outcome, stage="judge", message=_CHECKED, artifacts=kept)

    def _is_new(self, capture: Capture) -> bool:
        entry = self._stored.get((capture.device_id, capture.artifact))
        return entry is None or (entry.same_as, entry.path) != (capture.same_as, capture.path)

    def _set_aside(self, job: Job, record: Record, bad: _Bad) -> Record:
        message = job.masking.told(job.target.platform, bad.fault)
        record = record.failed(bad.fault.error, f"{bad.artifact}: {message}", stage="judge")
        if self._quarantine is None or bad.heard is None:
            return record
        suspect = Suspect(
            device_id=record.device_id,
            name=record.name or record.host,
            artifact=bad.artifact,
            platform=job.target.platform.network_os,
            run=record.run,
            at=record.captured_at or "",
            error=bad.fault.error,
            message=message,
        )
        path = self._quarantine.keep(suspect, bad.heard.answers[-1].text)
        return replace(record, artifacts=(Kept(bad.artifact, quarantine=str(path)),))


def _peer(job: Job) -> Peer:
    target = job.target
    return Peer(
        target.address, target.port, target.platform, tuple(target.paths), job.credentials, job.algorithms, job.jump
    )


def _ready(job: Job, verdict: Certified | Fault) -> Ready | Fault:
    """The text as it is stored: masked, unless it is to be kept as it is."""
    if isinstance(verdict, Fault):
        return verdict
    if not job.masked:
        return Ready(verdict, verdict.text)
    try:
        text = job.masking.masked(job.target.platform, verdict.text)
    except LeakError as error:
        return Fault(error.error, error.message)
    return Ready(replace(verdict, certificate=verdict.certificate.also("leak", "no secret found after masking")), text)


def _capture(job: Job, record: Record, artifact: str, ready: Ready) -> Capture:
    target, certified = job.target, ready.certified
    serial = certified.serial or target.device.serial
    identity = {"address": target.address, "serial": serial, "hostname": certified.hostname}
    return Capture(
        device_id=record.device_id,
        name=record.name or record.host,
        host=record.host,
        artifact=artifact,
        platform=target.platform.network_os,
        path=target.paths[artifact],
        text=ready.text,
        same_as=same_as(target.platform, ready.text),
        captured_at=record.captured_at or "",
        run=record.run,
        identity={name: value for name, value in identity.items() if value},
        stamp=job.stamp,
        certified_size=size_of(certified.text),
    )


def _kept(capture: Capture, ready: Ready) -> Kept:
    data = capture.text.encode("utf-8", "surrogateescape")
    return Kept(
        artifact=capture.artifact,
        path=capture.path,
        size=len(data),
        sha256=sha256(data).hexdigest(),
        certificate=ready.certified.certificate.as_dict(),
    )
