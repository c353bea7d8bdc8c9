"""What Ansible itself said when a run failed, cut down to the sentence a person needs."""

from __future__ import annotations

import re
from pathlib import Path

OUTPUT = Path("artifacts", "ansible", "stdout")
LOG = "launch.log"
ERROR = re.compile(r"^(?:\[ERROR\]:|ERROR!) *(?P<words>.*)$")
# Ansible says before the sentence what kind of thing failed, which helps nobody who did not write the playbook.
WRAPPING = re.compile(r"^(?:Task failed: |Action failed: )+")
UNMATCHED = re.compile(r"^\[WARNING\]: Could not match supplied host pattern, ignoring: (.+)$", re.MULTILINE)
LONGEST = 600


def reason_of(folder: Path) -> str:
    """The first error that Ansible printed (or else the last line of the launcher), on one line; else nothing."""
    for path, wanted in ((folder / OUTPUT, ERROR), (folder / LOG, re.compile(r"^(?P<words>\S.*)$"))):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
        found = [match["words"].strip() for line in lines if (match := wanted.match(line))]
        if found:
            words = found[0] if path.name != LOG else found[-1]
            return WRAPPING.sub("", words)[:LONGEST].rstrip(".")
    return ""


def unmatched_patterns(folder: Path) -> list[str]:
    """The parts of a limit that no host of the inventory matched; Ansible only warns of them."""
    path = folder / OUTPUT
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return list(dict.fromkeys(UNMATCHED.findall(text)))
