"""Run every gate that shapes the code, two at a time, and print one line for each; a failing gate prints its own words.

``lint.py ruff mypy`` runs the gates whose names begin with one of the words.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
COLLECTION = "ansible_collections.netcellar.backup.plugins"
COLLECTION_PATH = "ansible_collections/netcellar/backup"
YAML = ["galaxy.yml", "meta", "playbooks", "roles", "extensions"]
TYPED = ("module_utils", "plugin_utils", "action", "inventory", "lookup")
STRICT = [*(f"{COLLECTION}.{room}" for room in TYPED), "netcellar"]


@dataclass(frozen=True)
class Gate:
    """A name to print and the command to run in the root of the checkout."""

    name: str
    command: list[str]


@dataclass(frozen=True)
class Verdict:
    """What a gate said: its exit code, its whole output, and how many seconds it took."""

    gate: Gate
    code: int
    output: str
    seconds: float


# The slowest first: the others run beside it.
GATES = [
    Gate("ansible-test sanity", ["python", "scripts/sanity.py"]),
    Gate("ansible-lint", ["ansible-lint", "--offline", "--nocolor", "-q", *YAML]),
    Gate("mypy --strict", ["mypy", *(word for package in STRICT for word in ("-p", package))]),
    Gate("antsibull-docs", ["antsibull-docs", "lint-collection-docs", "--plugin-docs", f".dev/{COLLECTION_PATH}"]),
    Gate("antsibull-changelog", ["antsibull-changelog", "lint"]),
    Gate("yamllint", ["yamllint", "--strict", "."]),
    Gate("ruff check", ["ruff", "check"]),
    Gate("ruff format", ["ruff", "format", "--check"]),
]


def run(gate: Gate) -> Verdict:
    """Run one gate to its end."""
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".dev"),
        "NO_COLOR": "1",
    }
    started = time.monotonic()
    done = subprocess.run(
        [str(BIN / gate.command[0]), *gate.command[1:]],
        cwd=ROOT,
        env=environment,
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return Verdict(gate, done.returncode, done.stdout, time.monotonic() - started)


def chosen(words: list[str]) -> list[Gate]:
    """The gates whose names begin with one of the words, or all."""
    gates = [gate for gate in GATES if not words or gate.name.startswith(tuple(words))]
    if not gates:
        sys.exit(f"no gate is named so: {', '.join(gate.name for gate in GATES)}")
    return gates


def main() -> int:
    """Run them; 1 if any failed."""
    failed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for future in as_completed([pool.submit(run, gate) for gate in chosen(sys.argv[1:])]):
            verdict = future.result()
            failed += verdict.code != 0
            print(f"{'FAILED' if verdict.code else 'ok    '} {verdict.gate.name} ({verdict.seconds:.1f} s)", flush=True)
            if verdict.code:
                print(verdict.output.rstrip(), flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
