"""Bytes that come in pieces."""

from __future__ import annotations

import asyncio
import time

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.channel import Feed

from .clocks import Skipping


def test_the_time_for_small_pieces_is_linear_in_the_size() -> None:
    def seconds(size: int) -> float:
        async def feed_all() -> None:
            feed = Feed(10**9)
            waiting = asyncio.ensure_future(feed.wait(lambda line: line == "never" or None, 60))
            await asyncio.sleep(0)
            data = (b"interface Loopback0\r\n" * (size // 21))[:size]
            for start in range(0, size, 7):
                feed.data_received(data[start : start + 7], None)
            feed.connection_lost(None)
            assert await waiting is None
            assert feed.take() == data

        started = time.process_time()
        asyncio.run(feed_all())
        return time.process_time() - started

    # What is quadratic takes 256 times as long for 16 times as much.
    assert min(seconds(400_000) for _ in range(2)) < 64 * min(seconds(25_000) for _ in range(3))


def test_output_puts_off_the_end_of_patience() -> None:
    async def drip() -> str:
        feed = Feed(1000)
        waiting = asyncio.ensure_future(feed.wait(lambda line: "found" if line == "xxxx" else None, 0.3))
        for _ in range(4):
            await asyncio.sleep(0.15)
            feed.data_received(b"x", None)
        return str(await waiting)

    with asyncio.Runner(loop_factory=Skipping) as runner:
        assert runner.run(drip()) == "found"


def test_what_comes_behind_a_prompt_before_anybody_knows_of_it_is_taken_later() -> None:
    async def story() -> None:
        feed = Feed(1000)
        waiting = asyncio.ensure_future(feed.wait(lambda line: "prompt" if line == "r1#" else None, 5))
        await asyncio.sleep(0)
        for data in (b"end\r\n", b"r1#", b"\r\n", b"r1#"):
            feed.data_received(data, None)
        assert await waiting == "prompt"
        feed.data_received(b" ", None)
        assert feed.take() == b"end\r\nr1#"
        assert feed.take() == b"\r\nr1# "
        feed.data_received(b"more", None)
        feed.drop()
        assert feed.take() == b""

    asyncio.run(story())


def test_silence_is_an_error() -> None:
    async def listen() -> None:
        await Feed(1000).wait(lambda _line: None, 0.05)

    with pytest.raises(TimeoutError):
        asyncio.run(listen())


def test_half_a_control_code_belongs_to_what_comes_next() -> None:
    async def halves() -> tuple[bytes, str]:
        feed = Feed(1000)
        feed.data_received(b"r1# \x1b[2", None)
        feed.drop()
        feed.data_received(b"4;7Hshow\r\nok\x1b", None)
        return feed.take(), feed.line

    assert asyncio.run(halves()) == (b"\x1b[24;7Hshow\r\nok", "")
