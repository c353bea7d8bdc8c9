"""A worker ends with its parent, also with one that is killed and in a session of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil

from tests.waiting import ended, until

PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], start_new_session=True, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""
WORKER = """
import time
from ansible_collections.netcellar.backup.plugins.plugin_utils.parent import end_with_parent
end_with_parent()
print("ready", flush=True)
time.sleep(600)
"""


def test_a_killed_parent_takes_its_worker_along() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, WORKER], stdout=subprocess.PIPE, env=os.environ) as parent:
        assert parent.stdout is not None
        worker = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        until(lambda: ended(worker))


STARTER = """
import subprocess, sys, time
from ansible_collections.netcellar.backup.plugins.plugin_utils.parent import child_ends_with_us
child = subprocess.Popen(["sleep", "600"], start_new_session=True, preexec_fn=child_ends_with_us())
print(child.pid, flush=True)
time.sleep(600)
"""


def test_a_killed_worker_takes_the_program_along_that_it_started() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, env=os.environ) as starter:
        assert starter.stdout is not None
        program = psutil.Process(int(starter.stdout.readline()))
        starter.kill()
        until(lambda: ended(program))
