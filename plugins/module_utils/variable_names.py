# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The names of our variables, so that a mistyped one is told of: Ansible knows no such thing as an unknown variable."""

from __future__ import annotations

from collections.abc import Iterable

from .errors import sentence
from .hints import did_you_mean

PREFIX = "netcellar_"
# Without the prefix; also those that only we set.
_WORDS = """
    about accept_change artifacts branch capture capture_network_cli command_timeout commit concurrency
    connect_timeout credentials departed device device_sets device_timeout experimental group_limit host_keys
    hostkeys hosts identity inventories inventory job jump_credential jump_host known_hosts limit_by mask_key
    max_change max_departed max_refused max_shrink max_unproven min_devices nautobot_token nautobot_url
    nautobot_validate_certs on_source_failure paths platforms push remote repository retries retry_delay run_id
    secrets serial signing_key ssh_agent ssh_algorithms stamp stamp_field start_jitter state transport two_reads
    verdict
"""
WORDS = frozenset(_WORDS.split())


def unknown(names: Iterable[str]) -> list[str]:
    """A warning for each name that looks like one of ours and is none: it would be ignored without a word."""
    ours = (name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX))
    return [
        f"the variable {PREFIX}{word} does not exist. {sentence(did_you_mean(word, WORDS))}".rstrip(". ")
        for word in sorted(ours)
        if word not in WORDS
    ]
