"""Jump hosts as people write them, and what is none."""

from __future__ import annotations

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.jump_host import Hop, hops_of


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], []),
        ([" "], []),
        (["bastion"], [Hop("bastion")]),
        (["me@bastion.example.com:2222"], [Hop("bastion.example.com", 2222, "me")]),
        (["192.0.2.1:22"], [Hop("192.0.2.1")]),
        (["2001:db8::1"], [Hop("2001:db8::1")]),
        (["me@::1"], [Hop("::1", 22, "me")]),
        (["me@[2001:db8::1]:2222"], [Hop("2001:db8::1", 2222, "me")]),
        (["[fe80::1%eth0]"], [Hop("fe80::1%eth0")]),
        (["a, b@c:1", "d"], [Hop("a"), Hop("c", 1, "b"), Hop("d")]),
    ],
)
def test_what_is_one(texts: list[str], expected: list[Hop]) -> None:
    assert hops_of(texts) == tuple(expected)


@pytest.mark.parametrize(
    "text",
    ["a:0", "a:65536", "a:x", "a b", "me@", "me@@a", "-oProxyCommand=x", "[::1", "a;b", "$(id)", "a:22:1x", "{{ a }}"],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(NetcellarError):
        hops_of([text])
