# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run's id and its folder in the state folder, with the record of every device."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..module_utils.errors import NetcellarError
from ..module_utils.record import Record, read_records
from .durable import make_private, write_whole
from .rooms import safe_part


def default_state() -> str:
    """The state folder where none is set, as the roles have it."""
    return f"{os.environ.get('XDG_STATE_HOME') or '~/.local/state'}/netcellar"


def new_run_id() -> str:
    """A name that sorts by time and that no other run has."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(3)}"


# Ansible's linear strategy loads the action classes, and with them this module, in its main process, before it forks
# the workers. So all tasks and batches of one playbook run see the same value.
RUN_ID = new_run_id()


@dataclass(frozen=True, slots=True)
class RunFolder:
    """``<state>/runs/<run id>``; only its owner may read it."""

    path: Path

    @classmethod
    def of(cls, state: Path, run_id: str) -> RunFolder:
        """The folder of a run, which need not be there yet. Raises NetcellarError for an id that is no safe name."""
        return cls(state.expanduser() / "runs" / safe_part(run_id))

    @property
    def records_file(self) -> Path:
        """One record per line; the last line of a device wins."""
        return self.path / "records.jsonl"

    @property
    def faults_file(self) -> Path:
        """One JSON object; missing where nothing failed."""
        return self.path / "faults.json"

    @property
    def warnings_file(self) -> Path:
        """One JSON list; missing where there is nothing to warn of."""
        return self.path / "warnings.json"

    @property
    def network_cli_file(self) -> Path:
        """One JSON list; missing where no host is read through network_cli."""
        return self.path / "network_cli.json"

    def create(self) -> None:
        """Make the folder. Raises NetcellarError, naming it."""
        try:
            make_private(self.path)
        except OSError as error:
            raise _cannot_write(self.path, error) from error

    def append(self, *records: Record) -> None:
        """Add records in one write, so that no other process's line can stand in the middle. Raises NetcellarError."""
        data = "".join(record.line() for record in records).encode()
        try:
            descriptor = os.open(self.records_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                written = os.write(descriptor, data)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _cannot_write(self.records_file, error) from error
        if written != len(data):
            raise NetcellarError(f"cannot write {self.records_file}: the disk is full")

    def records(self) -> dict[str, Record]:
        """The last record of each device, by device id; empty before the first."""
        try:
            with self.records_file.open(encoding="utf-8") as lines:
                return read_records(lines)
        except FileNotFoundError:
            return {}

    def note_fault(self, task: str, fault: str) -> None:
        """Note what kept a task of the run from being whole; an empty string where nothing did, or no longer does.

        With ``serial`` a later batch may push what an earlier one could not. Raises NetcellarError.
        """
        known = self.faults()
        now = {name: text for name, text in {**known, task: fault}.items() if text}
        if now != known:
            _write(self.faults_file, now)

    def note_warnings(self, warnings: Sequence[str]) -> None:
        """Keep what whoever reads the result must know, though nothing failed. Raises NetcellarError."""
        if warnings:
            _write(self.warnings_file, list(warnings))

    def warnings(self) -> tuple[str, ...]:
        """What was kept so, such as that the devices are those of an earlier run."""
        try:
            return tuple(json.loads(self.warnings_file.read_bytes()))
        except FileNotFoundError:
            return ()

    def leave_to_network_cli(self, hosts: Sequence[str]) -> None:
        """Note hosts that a later task reads, beside those of earlier batches. Raises NetcellarError."""
        if hosts:
            _write(self.network_cli_file, sorted({*self.network_cli(), *hosts}))

    def network_cli(self) -> frozenset[str]:
        """The hosts that were noted so."""
        try:
            return frozenset(json.loads(self.network_cli_file.read_bytes()))
        except FileNotFoundError:
            return frozenset()

    def faults(self) -> dict[str, str]:
        """What failed beside the devices, by task: ``{"commit": "push: remote … cannot be reached"}``."""
        try:
            return dict(json.loads(self.faults_file.read_bytes()))
        except FileNotFoundError:
            return {}


def _write(path: Path, content: Mapping[str, str] | Sequence[str]) -> None:
    try:
        write_whole(path, json.dumps(content).encode())
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> NetcellarError:
    return NetcellarError(f"cannot write {path}: {error.strerror}", remedy="Set netcellar_state to a folder of yours")
