# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a session may be encrypted with: what is sound, and for single hosts also what only old devices know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, get_args

try:
    import asyncssh
except ImportError:
    asyncssh = None  # type: ignore[assignment]

Algorithms = Literal["modern", "legacy"]
ALGORITHMS: tuple[Algorithms, ...] = get_args(Algorithms)

_OLD_CIPHERS = ("aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc")
_OLD_EXCHANGES = "+diffie-hellman-group-exchange-sha1,diffie-hellman-group1-sha1"
_OLD_SUMS = "+hmac-md5,hmac-sha1-96"
_OLD_KEYS = ("ssh-dss",)


@cache
def algorithms(which: Algorithms) -> Mapping[str, Any]:
    """Options for asyncssh. Old algorithms come behind all others, so a host that knows better ones uses those.

    Of the ciphers, those come first that the processor has commands for: a third of a session's price. Of the host
    keys, asyncssh puts those first that are known of the host. All others are asked for, too: a host with another key
    shows it then, where it would hang up else, which could mean anything.
    """
    usual = [name.decode() for name in asyncssh.encryption.get_default_encryption_algs()]
    ciphers = sorted(usual, key=lambda name: "gcm" not in name)
    keys = {"server_host_key_algs": "+" + ",".join(kinds_of_host_key(which))}
    if which == "modern":
        return {"encryption_algs": ciphers, **keys}
    return {"encryption_algs": [*ciphers, *_OLD_CIPHERS], "kex_algs": _OLD_EXCHANGES, "mac_algs": _OLD_SUMS, **keys}


@cache
def kinds_of_host_key(which: Algorithms) -> Sequence[str]:
    """What a host may prove itself with, best first."""
    usual = [name.decode() for name in asyncssh.public_key.get_default_public_key_algs()]
    return usual if which == "modern" else [*usual, *_OLD_KEYS]
