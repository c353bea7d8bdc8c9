# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The hosts of one play batch: resolved, then read concurrently, each with its record as soon as it is done."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import get_args

from ..module_utils.errors import NetcellarError
from ..module_utils.identity import Identity
from ..module_utils.leak import Credentials
from ..module_utils.mask import keyed, marker
from ..module_utils.masking import Masking
from ..module_utils.record import Record
from .breaker import Breaker, Caution
from .connect import Credential
from .credentials import CommandLine, credentials_of
from .crew import LIMITS_BY, Crew, Pace, run_crew
from .examine import MAX_SHRINK, Doubt, TwoReads
from .harvest import Harvester, Job, utc_now
from .hostkeys import POLICIES, HostKeys, Policy
from .jump import Access, Jump, Jumps
from .jump_route import jump_credential, jump_hops
from .netcommon import serve
from .network_cli import MOST_PROCESSES, NetworkCliSession, way_to
from .nursery import Nursery
from .owner import Owner
from .remembered import Remembered
from .run import RunFolder
from .secrets import no_mask_key, secret
from .session import Limits, Session
from .stamping import stamp_of
from .targets import Target, Transport, algorithms_of, reject, sketch, target_of, without_collisions
from .variables import HostVariables, VariableError, Variables

IDENTITIES: tuple[Identity, ...] = get_args(Identity)
TWO_READS: tuple[TwoReads, ...] = get_args(TwoReads)


@dataclass(frozen=True)
class Batch:
    """One batch of a play: ``hosts``, of all ``play_hosts``. ``mask_key`` is needed where secrets are masked.

    Only hosts of one ``transport`` are read; those of another are left to a later task of the run.
    """

    variables: Variables
    play_hosts: Sequence[str]
    hosts: Sequence[str]
    command_line: CommandLine
    run_id: str
    state: Path
    concurrency: int
    mask_key: str | None = field(default=None, repr=False)
    transport: Transport = "ssh"

    def capture(self, folder: RunFolder, harvester: Harvester) -> Counter[str]:
        """Capture every host of the batch that can be tried. Gives how many devices ended in which outcome.

        Raises NetcellarError, before any host is touched, for a wrong pace, and where there is no key to mask with.
        """
        if not self.hosts:
            return Counter()
        pace = self._pace()
        before = {record.host: record for record in folder.records().values()}
        # The first batch of a play looks at all its hosts: those of later batches must not be lost if it ends early,
        # and may share a path with one of this batch.
        whole = any(host not in before for host in self.play_hosts)
        planned = self._plan(self.play_hosts if whole else self.hosts)
        targets, rejected = without_collisions(each for each in planned if isinstance(each, Target))
        rejected += [each for each in planned if isinstance(each, Record)]
        mine = set(self.hosts)
        targets = [target for target in targets if not _is_rejected(before.get(target.record.host))]
        jobs = [self._job(target) for target in targets if target.record.host in mine]
        rejected += [each for each in jobs if isinstance(each, Record)]
        every = self._with_masking([job for job in jobs if isinstance(job, Job)], before.keys() - mine)
        real = [job for job in every if job.target.transport == self.transport]
        silent = [_silent(target) for target in targets if target.record.host not in before]
        news = [record for record in rejected if not _is_rejected(before.get(record.host))]
        if silent or news:
            folder.append(*silent, *news)
        folder.leave_to_network_cli([job.target.record.host for job in every if job not in real])
        # Who is likely to prove a credential comes first: until then the others wait.
        real.sort(key=lambda job: not self._remembered.knows(job.target.device.id, job.credentials))
        outcomes = run_crew(Crew(real, folder, harvester, pace), self._jumps)
        self._remembered.keep(folder.records().values())
        return Counter(rejected=len(mine) - len(every)) + outcomes

    def _plan(self, hosts: Sequence[str]) -> list[Target | Record]:
        date = utc_now().strftime("%Y-%m-%d")
        return [target_of(sketch(host, self.run_id), self.variables.of(host), date) for host in hosts]

    def _job(self, target: Target) -> Job | Record:
        variables = self.variables.of(target.record.host)
        try:
            return Job(
                target=target,
                credentials=self._remembered.in_order(target.device.id, credentials_of(variables, self.command_line)),
                host_keys=self._host_keys(variables, _policy(variables)),
                limits=_limits(variables),
                masked=variables.choice("netcellar_secrets", ("mask", "keep"), "mask") == "mask",
                identity=_identity(variables),
                doubt=_doubt(variables),
                stamp=_stamp(variables),
                breaker=self._breaker,
                algorithms=algorithms_of(variables),
                jump=self._jump(variables),
                session=self._session(target, variables),
            )
        except NetcellarError as error:
            return reject(target.record, error)

    def _session(self, target: Target, variables: HostVariables) -> Callable[..., Session]:
        if target.transport == "ssh":
            return Session
        way = way_to(target.platform, variables)
        return partial(NetworkCliSession, self._nursery, way) if self.transport == target.transport else Session

    def _with_masking(self, jobs: Sequence[Job], others: Iterable[str]) -> list[Job]:
        """The jobs, each with all credentials of the run to look for: no text may hold any of them.

        ``others`` are hosts that earlier tasks of the run have read.
        """
        if self.mask_key is None and any(job.masked for job in jobs):
            raise no_mask_key(self.state)
        accounts = [one for job in jobs for one in job.credentials]
        accounts += [job.jump.credential for job in jobs if job.jump]
        accounts += [one for host in others for one in self._credentials(host)]
        used = [value for one in accounts for value in (one.password, one.become_password) if value]
        ours = [self.mask_key or "", secret("nautobot_token") or ""]
        masking = Masking(Credentials([*used, *ours]), keyed(self.mask_key) if self.mask_key else marker)
        return [replace(job, masking=masking) for job in jobs]

    def _credentials(self, host: str) -> tuple[Credential, ...]:
        try:
            return credentials_of(self.variables.of(host), self.command_line)
        except NetcellarError:
            return ()

    def _jump(self, variables: HostVariables) -> Jump | None:
        hops = jump_hops(variables)
        if not hops:
            return None
        # A jump host is a server of the house, and all that is behind it goes through its hands.
        keys = self._host_keys(variables, "learn" if _policy(variables) == "learn" else "strict")
        seconds = _limits(variables).connect
        return self._jumps.through(hops, Access(jump_credential(variables), keys, seconds, self._breaker))

    def _host_keys(self, variables: HostVariables, policy: Policy) -> HostKeys:
        own = self.state / "known_hosts"
        managed = Path(variables.text("netcellar_known_hosts", str(own))).expanduser()
        key = (policy, managed)
        if key not in self._key_files:
            # Whoever names a file means that one alone.
            others = (Path("~/.ssh/known_hosts").expanduser(),) if managed == own else ()
            self._key_files[key] = HostKeys(policy, managed, others)
        return self._key_files[key]

    @cached_property
    def _remembered(self) -> Remembered:
        return Remembered(self.state)

    def _pace(self) -> Pace:
        most = MOST_PROCESSES if self.transport == "network_cli" else self.concurrency
        return pace_of(self.variables.of(self.hosts[0]), min(self.concurrency, most))

    @cached_property
    def _breaker(self) -> Breaker:
        first, usual = self.variables.of(self.hosts[0]), Caution()
        unproven = first.number("netcellar_max_unproven", usual.unproven)
        refusals = first.number("netcellar_max_refused", usual.refusals)
        caution = Caution(max(1, int(unproven)), max(1, int(refusals)))
        # The parent of a worker of Ansible lives as long as the run.
        return Breaker(self.state / "breaker", self.run_id, Owner.of(os.getppid()), caution)

    @cached_property
    def _jumps(self) -> Jumps:
        return Jumps()

    @cached_property
    def _nursery(self) -> Nursery:
        """Made when no event loop runs yet; it ends with this process."""
        return Nursery(serve)

    @cached_property
    def _key_files(self) -> dict[tuple[Policy, Path], HostKeys]:
        return {}


def _silent(target: Target) -> Record:
    if target.transport == "ssh":
        return replace(target.record, message="nothing came back from this host")
    message = "netcellar_transport is network_cli, and no task has read this host so"
    remedy = "let the playbook use the role netcellar.backup.capture with tasks_from: network_cli too"
    return replace(target.record, message=message, advice=remedy)


def _is_rejected(record: Record | None) -> bool:
    return record is not None and record.outcome == "rejected"


def _limits(variables: HostVariables) -> Limits:
    usual = Limits()
    return Limits(
        connect=variables.number("netcellar_connect_timeout", usual.connect),
        command=variables.number("netcellar_command_timeout", usual.command),
        device=variables.number("netcellar_device_timeout", usual.device),
    )


def _identity(variables: HostVariables) -> Identity:
    return variables.choice("netcellar_identity", IDENTITIES, "learn")


def _policy(variables: HostVariables) -> Policy:
    return variables.choice("netcellar_host_keys", POLICIES, "strict")


def pace_of(variables: HostVariables, concurrency: int) -> Pace:
    """How fast and how often devices are tried."""
    usual = Pace()
    return Pace(
        concurrency=concurrency,
        limit_by=variables.choice("netcellar_limit_by", LIMITS_BY, usual.limit_by),
        group_limit=max(1, int(variables.number("netcellar_group_limit", usual.group_limit))),
        jitter=variables.number("netcellar_start_jitter", usual.jitter, zero=True),
        retries=int(variables.number("netcellar_retries", usual.retries, zero=True)),
        delay=variables.number("netcellar_retry_delay", usual.delay),
    )


def _doubt(variables: HostVariables) -> Doubt:
    wanted = variables.choice("netcellar_two_reads", TWO_READS, "auto")
    share = variables.number("netcellar_max_shrink", MAX_SHRINK)
    if share > 1:
        raise VariableError("netcellar_max_shrink", "must be a share, above 0 and up to 1")
    return Doubt(wanted, share)


def _stamp(variables: HostVariables) -> dict[str, str]:
    """What the stamp needs to know, or nothing where none is wanted."""
    custom_field = variables.text("netcellar_stamp_field")
    url = variables.text("netcellar_nautobot_url") or os.environ.get("NAUTOBOT_URL", "")
    try:
        return stamp_of(custom_field, url)
    except NetcellarError:
        # No reason to leave the device without a backup: the stamp will say what is wrong with the address.
        return {}
