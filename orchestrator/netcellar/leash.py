"""Become another program that ends when its parent ends: ``python -m netcellar.leash PARENT PROGRAM [ARGUMENT…]``.

pexpect gives Ansible a session of its own, so nothing else would tell it that ``launch.py`` was killed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, program: list[str]) -> None:
    """Replace this process by ``program``, unless ``parent`` is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("the process that started this one is gone")
    os.execvp(program[0], program)  # noqa: S606 (a shell is not wanted)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
