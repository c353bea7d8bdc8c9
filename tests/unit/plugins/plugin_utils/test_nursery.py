"""Children of the nursery: they work, hang and crash for themselves alone, and none outlives its parent."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.nursery import Nursery

from tests.waiting import HANG_SECONDS


def work(order: bytes, channel: socket.socket) -> None:
    """Tell who we are; then do what the order says."""
    channel.sendall(f"{os.getpid()} {order.decode()[:9]}\n".encode())
    if order == b"crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if order == b"hang":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGALRM})
        signal.pause()
    print("what a plugin prints reaches nobody")
    channel.sendall(channel.recv(99).upper())


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    with Nursery(work) as opened:
        yield opened


def told(channel: socket.socket) -> tuple[int, str]:
    """The number of the child's process, and what it was ordered."""
    channel.settimeout(HANG_SECONDS)
    data = b""
    while not data.endswith(b"\n"):
        piece = channel.recv(1)
        assert piece, "the child ended without a word"
        data += piece
    process, order = data.split()
    return int(process), order.decode()


def rest(channel: socket.socket) -> bytes:
    """All that comes until the child is gone."""
    data = b""
    while piece := channel.recv(999):
        data += piece
    return data


def test_each_child_has_its_order_and_its_line(nursery: Nursery, capfd: pytest.CaptureFixture[str]) -> None:
    born = [nursery.bear(order.encode()) for order in ("one", "two")]
    processes = [told(channel) for _child, channel in born]
    assert [order for _process, order in processes] == ["one", "two"]
    assert len({os.getpid(), *(process for process, _order in processes)}) == 3
    for child, channel in reversed(born):
        channel.sendall(f"hello {child}".encode())
        assert rest(channel) == f"HELLO {child}".encode()
        nursery.end(child)
    assert "plugin" not in capfd.readouterr().out


def test_an_order_of_any_size_arrives_whole(nursery: Nursery) -> None:
    _child, channel = nursery.bear(b"x" * 3_000_000)
    assert told(channel)[1] == "x" * 9


def test_a_child_that_hangs_is_ended(nursery: Nursery) -> None:
    child, channel = nursery.bear(b"hang")
    watched = os.pidfd_open(told(channel)[0])
    nursery.end(child)
    assert_ends(watched)
    assert rest(channel) == b""


def test_a_crash_is_the_child_s_own(nursery: Nursery) -> None:
    _other, sound = nursery.bear(b"sound")
    told(sound)
    child, channel = nursery.bear(b"crash")
    told(channel)
    assert rest(channel) == b""
    nursery.end(child)
    sound.sendall(b"still here")
    assert rest(sound) == b"STILL HERE"


def test_all_end_with_the_nursery(nursery: Nursery) -> None:
    _child, channel = nursery.bear(b"hang")
    told(channel)
    nursery.close()
    assert rest(channel) == b""


PARENT = """
import sys, runpy
test = runpy.run_path(sys.argv[1])
nursery = test["Nursery"](test["work"])
child, channel = nursery.bear(b"hang")
print(test["told"](channel)[0], flush=True)
sys.stdin.read()
"""


def test_all_end_with_a_killed_parent() -> None:
    command = [sys.executable, "-c", PARENT, __file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        watched = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    assert_ends(watched)


def assert_ends(watched: int) -> None:
    """A process, as ``pidfd_open`` gives it, is readable when it has ended."""
    ended, _writable, _odd = select.select([watched], [], [], HANG_SECONDS)
    os.close(watched)
    assert ended
