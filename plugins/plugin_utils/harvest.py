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
from ..module_utils.completeness import Certified, Fault, Identity, absent, judge
from ..module_utils.errors import ErrorClass, NetcellarError
from ..module_utils.mask import mask
from ..module_utils.record import Capture, Kept, Outcome, Record, Stage
from ..module_utils.transcript import Transcript
from .connect import Credential
from .hostkeys import HostKeys
from .index import Index
from .quarantine import Quarantine, Suspect
from .session import Limits, Peer, Reading, Session
from .staging import Staging
from .targets import Target

# A longer text is judged beside the event loop, so that the other sessions go on.
LARGE_TEXT = 256 * 1024

_STAGES: Mapping[ErrorClass, Stage] = {
    "auth": "login",
    "no_credential": "login",
    "privilege": "login",
    "command_timeout": "capture",
    "device_timeout": "capture",
}
_NOT_COMMITTED = "captured and staged, not yet committed"
_CHECKED = "check mode: read and found whole; nothing was kept"


@dataclass(frozen=True, slots=True)
class Job:
    """What to do with one target. ``stamp`` goes along with its captures."""

    target: Target
    credentials: tuple[Credential, ...]
    host_keys: HostKeys
    limits: Limits
    masked: bool = True
    identity: Identity = "learn"
    stamp: Mapping[str, str] = field(default_factory=dict)


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class Harvester:
    """Does jobs. Without a quarantine (check mode) no text that failed is kept, and records say what would be.

    ``stored`` is what check mode compares with.
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
        peer = Peer(target.address, target.port, target.platform, tuple(target.paths), job.credentials)
        try:
            reading = await Session(peer, job.host_keys, job.limits).read()
        except NetcellarError as error:
            return target.record.failed(error.error, str(error), stage=_STAGES.get(error.error, "connect"))
        at = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
        size = sum(len(answer.text) for heard in reading.transcripts.values() for answer in heard.answers)
        if size > LARGE_TEXT:
            return await asyncio.to_thread(self._settle, job, reading, at)
        judged = _judge(job, reading)
        return await asyncio.to_thread(self._keep, job, reading, judged, at)

    def _settle(self, job: Job, reading: Reading, at: str) -> Record:
        return self._keep(job, reading, _judge(job, reading), at)

    def _keep(self, job: Job, reading: Reading, judged: Mapping[str, Certified | Fault], at: str) -> Record:
        """Stage the texts if all are certified: a device is backed up whole or not at all."""
        record = replace(job.target.record, captured_at=at, credential=reading.credential)
        fault = next((name for name, verdict in judged.items() if isinstance(verdict, Fault)), None)
        try:
            if fault is not None:
                return self._set_aside(job, record, fault, reading.transcripts.get(fault), judged[fault])
            captures = [
                _capture(job, record, name, verdict)
                for name, verdict in judged.items()
                if isinstance(verdict, Certified)
            ]
            for capture in captures:
                self._staging.write(capture)
        except NetcellarError as error:
            return record.failed(error.error, str(error), stage="stage")
        record = replace(record, artifacts=tuple(_kept(capture) for capture in captures))
        if self._quarantine is None:
            return self._checked(record, captures)
        # If the run ends before its commit, this is what happened.
        return record.failed("git", _NOT_COMMITTED, stage="stage")

    def _checked(self, record: Record, captures: Sequence[Capture]) -> Record:
        kept = tuple(replace(_kept(capture), changed=self._is_new(capture)) for capture in captures)
        outcome: Outcome = "stored" if any(each.changed for each in kept) else "unchanged"
        return replace(record, outcome=outcome, stage="judge", message=_CHECKED, artifacts=kept)

    def _is_new(self, capture: Capture) -> bool:
        entry = self._stored.get((capture.device_id, capture.artifact))
        return entry is None or (entry.same_as, entry.path) != (capture.same_as, capture.path)

    def _set_aside(
        self, job: Job, record: Record, artifact: str, heard: Transcript | None, fault: Certified | Fault
    ) -> Record:
        if not isinstance(fault, Fault):
            raise TypeError(artifact)
        record = record.failed(fault.error, f"{artifact}: {fault.message}", stage="judge")
        if self._quarantine is None or heard is None:
            return record
        suspect = Suspect(
            device_id=record.device_id,
            name=record.name or record.host,
            artifact=artifact,
            platform=job.target.platform.network_os,
            run=record.run,
            at=record.captured_at or "",
            error=fault.error,
            message=fault.message,
        )
        path = self._quarantine.keep(suspect, heard.answers[-1].text)
        return replace(record, artifacts=(Kept(artifact, quarantine=str(path)),))


def _judge(job: Job, reading: Reading) -> dict[str, Certified | Fault]:
    """The verdict for each artifact that the device has; an artifact that the device says it has not is left out."""
    target = job.target
    verdicts: dict[str, Certified | Fault] = {}
    for name in target.paths:
        heard = reading.transcripts.get(name)
        if heard is None:
            verdicts[name] = Fault("incomplete", "the session ended before it was read")
        elif not absent(target.platform, name, heard.answers[-1]):
            verdicts[name] = judge(target.platform, name, heard, target.device.name, job.identity)
    return verdicts or {next(iter(target.paths)): Fault("incomplete", "the device says that it has no configuration")}


def _capture(job: Job, record: Record, artifact: str, certified: Certified) -> Capture:
    target = job.target
    text = mask(target.platform, certified.text).text if job.masked else certified.text
    identity = {"address": target.address, "serial": target.device.serial, "hostname": certified.hostname}
    return Capture(
        device_id=record.device_id,
        name=record.name or record.host,
        host=record.host,
        artifact=artifact,
        platform=target.platform.network_os,
        path=target.paths[artifact],
        text=text,
        same_as=same_as(target.platform, text),
        captured_at=record.captured_at or "",
        run=record.run,
        identity={name: value for name, value in identity.items() if value},
        stamp=job.stamp,
    )


def _kept(capture: Capture) -> Kept:
    data = capture.text.encode("utf-8", "surrogateescape")
    return Kept(capture.artifact, capture.path, len(data), sha256(data).hexdigest())
