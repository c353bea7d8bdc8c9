"""The project file as a whole: every section and its keys. Reader and schema for editors are both made of it."""

from __future__ import annotations

from typing import get_args

from .fields import Choice, Duration, Field, Fields, FilePath, Flag, Inner, Number, Text, Texts, Url
from .job_settings import SETTINGS
from .notify_file import NotifyKind
from .project_types import JobType
from .references import Secret
from .selection import SelectionKind
from .targets import TARGET, Exclusions
from .timing import RoundsKind, ScheduleKind, WindowKind

VERSION = 1
NAUTOBOT: Fields = {
    "url": Field(Url(), "where Nautobot is", required=True),
    "token": Field(Secret(), "its API token"),
    "verify": Field(Flag(True), "whether its TLS certificate is verified"),
}
STORE: Fields = {
    "url": Field(Text(), "postgresql://user@host/database; without it a file in the state folder"),
    "password": Field(Secret(), "the password of the database's user"),
    "keep_runs": Field(Duration(), "how long runs are kept, such as 180d"),
    "keep_logs": Field(Duration(), "how long the lines of their logs are kept, such as 30d"),
    "keep_audit": Field(Duration(), "how long it is kept who did what, such as 730d"),
}
REPOSITORY: Fields = {
    "path": Field(FilePath(), "a bare Git repository on this machine, made if it is missing", required=True),
    "remote": Field(Text(), "where it is pushed to: a path, or an ssh or https URL"),
    "branch": Field(Text(), "the branch, here and there"),
    "push": Field(Flag(True), "whether to push"),
    "token": Field(Secret(), "the token for a remote by https"),
    "user": Field(Text(), "the user that the token belongs to; many servers take any"),
    "signing_key": Field(FilePath(), "the SSH key that signs each commit; a public one where the SSH agent holds it"),
    "signers": Field(FilePath(), "who may have signed, for `netcellar verify`: an allowed signers file of ssh-keygen"),
}
CREDENTIAL: Fields = {
    "user": Field(Text(), "the account's name", required=True),
    "password": Field(Secret(), "its password"),
    "private_key_file": Field(FilePath(), "its private SSH key"),
    "become_password": Field(Secret(), "the password for the privileged mode"),
    "agent": Field(Flag(), "take its key from the SSH agent of whoever starts the run"),
    "tags": Field(Texts(), "words by which jobs choose it (credential_tags)"),
    "priority": Field(Number(0, 1_000_000), "of those chosen by tag, the smallest is tried first; 100 by default"),
}
JOB: Fields = {
    "type": Field(Choice(get_args(JobType)), "what the job does"),
    "inventory": Field(SelectionKind(), "which devices: a saved inventory, or a way to choose", required=True),
    "repository": Field(Text(), "where to; may be left out if there is one only"),
    "credentials": Field(Texts(), "accounts, tried in this order"),
    "credential_tags": Field(Texts(), "all accounts with one of these tags, tried after those, by their priority"),
    "jump_credential": Field(Text(), "the account at jump_host"),
    "limit": Field(Text(), "a pattern of host names, as Ansible's --limit takes it"),
    "schedule": Field(ScheduleKind(), "when the scheduler starts it"),
    "overlap": Field(Choice(("skip", "queue")), "what a slot does while a run of this job goes on"),
    "window": Field(WindowKind(), "the hours outside which it neither starts nor goes on"),
    "rounds": Field(RoundsKind(), "more rounds over the devices that failed in a way that can heal"),
    **TARGET,
    **SETTINGS,
}
METRICS: Fields = {"file": Field(FilePath(), "a file for the textfile collector of the node exporter", required=True)}
TOP: Fields = {
    "version": Field(Number(VERSION, VERSION), "the version of this format", required=True),
    "state": Field(FilePath(), "folder of the store and of the runs' records"),
    "mask_key": Field(Secret(), "the key that masks secrets in configurations"),
    "exclude": Field(Exclusions(), "devices that no job backs up, and why"),
    "notify": Field(NotifyKind(), "who is told of which runs"),
    "metrics": Field(Inner(METRICS), "metrics for Prometheus, written after every run"),
}
SECTIONS: dict[str, tuple[Fields, str]] = {
    "nautobot": (NAUTOBOT, "the source of truth"),
    "store": (STORE, "where runs are kept, and how long"),
}
TABLES: dict[str, tuple[Fields, str]] = {
    "repositories": (REPOSITORY, "where configurations are kept, by name"),
    "credentials": (CREDENTIAL, "accounts on devices, by name"),
    "jobs": (JOB, "what to do, by name"),
    "targets": (TARGET, "what counts as covered, by the name of an inventory; a job's own goes before"),
}
INVENTORIES = "inventories"
