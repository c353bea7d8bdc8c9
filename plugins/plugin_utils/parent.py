# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Processes that end with their parent: a worker of Ansible, and what it starts.

Ansible gives each worker a session of its own, so a killed ansible-playbook would leave a batch running for minutes,
with nobody to tell its end to.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> int:
    """Let the kernel kill this process when its parent ends (on Linux; elsewhere it runs to its end).

    What is staged is whole at any moment, so there is nothing to clean up. The parent's process number is returned;
    a worker whose parent is gone already ends here.
    """
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return parent


def child_ends_with_us() -> Callable[[], None] | None:
    """What a child does before it becomes another program (``preexec_fn``), so that it ends when this process does."""
    if sys.platform != "linux":
        return None
    parent = os.getpid()
    # Loaded here, since the child must not load anything; and without the dance around Python's lock.
    prctl = ctypes.PyDLL(None).prctl

    def leash() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return leash
