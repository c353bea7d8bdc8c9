# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The verdict on a host or a run, read from the run's ``records.jsonl``."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable
from dataclasses import replace

from ..module_utils.errors import NetcellarError
from ..module_utils.verdict import Verdict, last_record, of_host, of_run
from .host_pattern import NOBODY, exactly
from .run import RunFolder

SCOPES = ("host", "run")
MODES = ("all", "notable", "off")


def verdict_mode(value: object) -> str:
    """The value of ``netcellar_verdict``; YAML reads an unquoted ``off`` as false. NetcellarError where it is none."""
    mode = "off" if value is False else value
    if mode not in MODES:
        raise NetcellarError(f"netcellar_verdict={value!r} is unknown", remedy=f"It is one of {', '.join(MODES)}")
    return str(mode)


def host_verdict(run: RunFolder, host: str) -> Verdict:
    """How a host fared. Each host asks in a process of its own, so the file is searched and not parsed."""
    try:
        with run.records_file.open("rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return of_host(None)
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return of_host(last_record(content, host))
    except FileNotFoundError:
        return of_host(None)


def run_verdict(run: RunFolder, *, devices_count: bool, check: bool = False) -> Verdict:
    """How the run ended, and what to know of it; ``devices_count`` as in ``of_run``, ``check``: nothing was kept."""
    verdict = of_run(run.records().values(), run.faults().values(), devices_count=devices_count)
    message = f"in check mode, which keeps nothing: {verdict.message}" if check else verdict.message
    return replace(verdict, message="; ".join([message, *run.warnings()]))


def verdict_pattern(mode: str, pattern: str, hosts: Iterable[str], run: RunFolder) -> str:
    """The pattern of the hosts that get a verdict of their own: ``pattern``, a part of its ``hosts``, or nobody."""
    if mode == "all":
        return pattern
    if mode == "off":
        return NOBODY
    outcomes = {record.host: record.outcome for record in run.records().values()}
    every = list(hosts)
    notable = [host for host in every if outcomes.get(host) != "unchanged"]
    if notable and not any(outcomes.get(host) == "stored" for host in notable):
        # Ansible ends where all hosts of a play have failed, and would not come to the verdict of the run.
        notable += [host for host in every if outcomes.get(host) == "unchanged"][:1]
    return exactly(notable)
