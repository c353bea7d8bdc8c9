"""A program on the leash ends with the process that started it."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil

from tests.waiting import ended, until

PROGRAM = "import time; print('ready', flush=True); time.sleep(600)"
STARTER = """
import os, subprocess, sys, time
command = [sys.executable, "-m", "netcellar.leash", str(os.getpid()), sys.executable, "-c", sys.argv[1]]
child = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""


def test_it_ends_with_a_killed_starter() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER, PROGRAM], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        program = psutil.Process(int(starter.stdout.readline()))
        starter.kill()
        until(lambda: ended(program))


def test_it_does_not_begin_without_its_starter() -> None:
    command = [sys.executable, "-m", "netcellar.leash", str(os.getppid()), sys.executable, "-c", "print('began')"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "began" not in done.stdout
