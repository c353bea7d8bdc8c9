"""What Ansible itself said when a run failed, cut down to the sentence a person needs."""

from __future__ import annotations

import re
from pathlib import Path

OUTPUT = Path("artifacts", "ansible", "stdout")
LOG = "launch.log"
ERROR = re.compile(r"^(?:\[ERROR\]:|ERROR!|fatal: \[[^\]]*\]:) *(?P<words>.*)$")
LONGEST = 600


def reason_of(folder: Path) -> str:
    """The first error that Ansible printed (or else the last line of the launcher), on one line; else nothing."""
    for path, wanted in ((folder / OUTPUT, ERROR), (folder / LOG, re.compile(r"^(?P<words>\S.*)$"))):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
        found = [match["words"].strip() for line in lines if (match := wanted.match(line))]
        if found:
            return (found[0] if path.name != LOG else found[-1])[:LONGEST]
    return ""
