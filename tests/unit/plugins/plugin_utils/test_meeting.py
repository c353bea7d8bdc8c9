"""A first meeting: what a host shows is held against what is known of it, and can be kept for whoever asks."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import asyncssh
import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.algorithms import Algorithms
from ansible_collections.netcellar.backup.plugins.plugin_utils.hostkeys import HostKeys, fingerprint
from ansible_collections.netcellar.backup.plugins.plugin_utils.meeting import KEPT_IN, Door, Met, keep, meet_all


def test_a_key_of_another_kind_is_told_with_both_fingerprints(tmp_path: Path) -> None:
    known = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    shown = asyncssh.generate_private_key("ssh-ed25519")

    async def meet() -> Met:
        async with await asyncssh.listen("127.0.0.1", 0, server_host_keys=[shown]) as server:
            port = server.get_port()
            HostKeys("learn", tmp_path / "known").learn("127.0.0.1", port, known)
            (met,) = await meet_all([Door("r1", "127.0.0.1", port, HostKeys("learn", tmp_path / "known"), 60)], 1)
        return met

    met = asyncio.run(meet())
    assert (met.result, met.shown, met.known) == ("changed", fingerprint(shown), (fingerprint(known),))
    assert met.shown in met.message


@pytest.mark.parametrize(("algorithms", "result"), [("modern", "failed"), ("legacy", "learned")])
def test_an_old_host_is_met_with_old_algorithms_where_it_may_use_them(
    tmp_path: Path, algorithms: Algorithms, result: str
) -> None:
    old = {"kex_algs": ["diffie-hellman-group1-sha1"], "encryption_algs": ["3des-cbc"], "mac_algs": ["hmac-md5"]}
    key = asyncssh.generate_private_key("ssh-dss")

    async def meet() -> Met:
        async with await asyncssh.listen("127.0.0.1", 0, server_host_keys=[key], **old) as server:
            keys = HostKeys("learn", tmp_path / "known")
            door = Door("r1", "127.0.0.1", server.get_port(), keys, 60, algorithms=algorithms)
            (met,) = await meet_all([door], 1)
        return met

    assert asyncio.run(meet()).result == result


def test_meetings_are_kept_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "met.jsonl"
    monkeypatch.delenv(KEPT_IN, raising=False)
    keep(Met("r0", "known"))
    monkeypatch.setenv(KEPT_IN, str(file))
    keep(Met("r1", "known"))
    keep(Met("r2", "failed", "no route"))
    assert [json.loads(line)["host"] for line in file.read_text().splitlines()] == ["r1", "r2"]
    monkeypatch.setenv(KEPT_IN, str(tmp_path / "missing" / "met.jsonl"))
    with pytest.raises(NetcellarError, match="cannot write"):
        keep(Met("r3", "known"))
