"""The result of a run (docs/reference/run-result.md), made from its records and written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .core import Record
from .project import Job, Repository

SCHEMA = 1
FILE_NAME = "result.json"
EXIT_CODES = {"success": 0, "partial": 1, "failed": 1}
NOT_RUN = 3


@dataclass(frozen=True, slots=True)
class Result:
    """A finished run. ``message`` says what to do next; times are UTC."""

    run_id: str
    job: Job
    repository: Repository
    limit: str | None
    check: bool
    status: str
    message: str
    started: datetime
    finished: datetime
    records: Sequence[Record]
    warnings: Sequence[str] = ()

    @property
    def exit_code(self) -> int:
        """0 all well, 1 some devices not, 3 the run did not happen or not to its end."""
        return EXIT_CODES.get(self.status, NOT_RUN)

    def as_dict(self) -> dict[str, Any]:
        """The shape of docs/reference/run-result.md."""
        good = [record for record in self.records if record.good]
        bad = [record for record in self.records if not record.good]
        return {
            "schema": SCHEMA,
            "run_id": self.run_id,
            "job": self.job.name,
            "inventory": self.job.inventory,
            "limit": self.limit,
            "check": self.check,
            "success": self.status == "success",
            "status": self.status,
            "message": self.message,
            "warnings": list(self.warnings),
            "devices_backed_up": len(good),
            "devices_failed": len(bad),
            "backed_up_devices": [_backed_up(record) for record in good],
            "failed_devices": [_failed(record) for record in bad],
            **self._git(good),
            "timestamp_update_status": self._stamps(good),
            "credential": ", ".join(sorted({record.credential for record in good if record.credential})),
            "timings": {
                "started": f"{self.started.isoformat()}Z",
                "finished": f"{self.finished.isoformat()}Z",
                "seconds": (self.finished - self.started).total_seconds(),
            },
        }

    def _git(self, good: Sequence[Record]) -> dict[str, Any]:
        committed = [record for record in self.records if record.outcome == "stored" or _unpushed(record)]
        commits = sorted({record.commit for record in committed if record.commit})
        faulty = any(record.error in {"git", "push"} for record in self.records)
        # A run whose devices are all well fails for an older commit that still cannot be pushed.
        failed = faulty or (self.status == "failed" and len(good) == len(self.records))
        known = bool(good) and not self.check
        pushed = known and not failed and all(record.remote for record in good)
        changed = sum(kept.changed for record in committed for kept in record.artifacts)
        return {
            "git_status": "failed" if failed else "stored" if commits else "unchanged" if known else "none",
            "git_commit_status": {
                "committed": bool(commits),
                "pushed": pushed,
                "commit_hash": commits[-1] if commits else None,
                "commit_hashes": commits,
                "files_changed": changed,
                "repository": str(self.repository.path),
                "remote": self.repository.remote,
                "branch": self.repository.branch,
            },
        }

    def _stamps(self, good: Sequence[Record]) -> dict[str, Any]:
        field = self.job.settings.get("netcellar_stamp_field")
        stamped = sum(record.stamped for record in good)
        unstamped = [record for record in good if field and not record.stamped and not self.check]
        return {
            "enabled": bool(field),
            "custom_field_name": field,
            "updated_count": stamped,
            "failed_count": len(unstamped),
            "errors": [{"device_name": record.host, "message": why_unstamped(record)} for record in unstamped],
        }


def _unpushed(record: Record) -> bool:
    """Whether something new of the device is committed here and the remote does not have it yet."""
    return record.error == "push" and any(kept.changed for kept in record.artifacts)


def why_unstamped(record: Record) -> str:
    """Why the date of a stored device was not written to Nautobot, as far as the record knows."""
    return record.message if record.stage == "stamp" and record.message else "stored, but its date was not written"


def _backed_up(record: Record) -> dict[str, Any]:
    kept = {item.artifact: item for item in record.artifacts}
    files: dict[str, Any] = {}
    for artifact in ("running", "startup"):
        files[f"{artifact}_config_file"] = kept[artifact].path if artifact in kept else None
        files[f"{artifact}_config_bytes"] = kept[artifact].size if artifact in kept else None
    return {
        **_device(record),
        **files,
        "changed": record.outcome == "stored",
        "captured_at": record.captured_at,
        "commit": record.commit,
        "stamped": record.stamped,
        "artifacts": [asdict(item) for item in record.artifacts],
    }


def _failed(record: Record) -> dict[str, Any]:
    return {
        **_device(record),
        "outcome": record.outcome,
        "stage": record.stage,
        "error": record.error,
        "message": record.message,
        "remedy": record.remedy,
    }


def _device(record: Record) -> dict[str, Any]:
    return {
        "device_id": record.device_id,
        "device_name": record.name or record.host,
        "host": record.host,
        "device_ip": record.address,
        "platform": record.platform,
        "location": record.location,
        "credential": record.credential,
        "seconds": record.seconds,
    }


def read_result(folder: Path) -> dict[str, Any] | None:
    """The result that a run left in its folder, or None where it left no whole one."""
    try:
        found = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("schema") == SCHEMA else None


def write_result(folder: Path, result: Mapping[str, Any]) -> Path:
    """Write ``result.json`` into the run's folder by a temporary file and a rename. Raises OSError."""
    path = folder / FILE_NAME
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(result, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path
