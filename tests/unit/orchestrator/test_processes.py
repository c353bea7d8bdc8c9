"""Promise 8: what belongs to a run is found by the run's id, and ended; what does not is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from netcellar.processes import RUN_VARIABLE, Identity, alive, end_processes, processes_of

# A parent that starts a child in a session of its own, as Ansible's workers are; neither heeds SIGTERM.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if len(sys.argv) == 1:
    subprocess.Popen([sys.executable, "-c", sys.orig_argv[2], "child"], start_new_session=True)
else:
    print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def family() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    run_id = f"test-{os.getpid()}-{os.urandom(4).hex()}"
    environment = os.environ | {RUN_VARIABLE: run_id}
    command = [sys.executable, "-c", STUBBORN]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield run_id, process
        end_processes(run_id, grace=0.1)


def test_a_whole_family_is_found_and_ended(family: tuple[str, subprocess.Popen[bytes]]) -> None:
    run_id, process = family
    assert len(list(processes_of(run_id))) == 2
    assert end_processes(run_id, grace=0.1) == 2
    process.wait()
    assert list(processes_of(run_id)) == []


def test_children_of_a_killed_parent_are_found(family: tuple[str, subprocess.Popen[bytes]]) -> None:
    run_id, process = family
    process.kill()
    process.wait()
    assert end_processes(run_id, grace=0.1) == 1


def test_others_are_left_alone(family: tuple[str, subprocess.Popen[bytes]]) -> None:
    run_id, process = family
    assert end_processes(f"{run_id}-other") == 0
    assert process.poll() is None


def test_a_process_is_told_from_a_later_one_of_its_number() -> None:
    me = Identity.me()
    assert alive(me)
    assert not alive(Identity(me.pid, me.started - 60))
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    assert not alive(Identity(gone.pid, me.started))
