"""Recorded sessions of real devices, replayed over SSH into the session engine and judged by their corpus."""

from __future__ import annotations

import asyncio
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.netcellar.backup.plugins.module_utils.clean import clean, same_as, unix_lines
from ansible_collections.netcellar.backup.plugins.module_utils.completeness import Certified, judge
from ansible_collections.netcellar.backup.plugins.module_utils.identity import Expected
from ansible_collections.netcellar.backup.plugins.module_utils.leak import Credentials, leak
from ansible_collections.netcellar.backup.plugins.module_utils.mask import mask
from ansible_collections.netcellar.backup.plugins.plugin_utils.connect import Credential
from ansible_collections.netcellar.backup.plugins.plugin_utils.dialogue import SessionError
from ansible_collections.netcellar.backup.plugins.plugin_utils.hostkeys import HostKeys
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import known, platform_for
from ansible_collections.netcellar.backup.plugins.plugin_utils.session import Limits, Peer, Session
from ansible_collections.netcellar.backup.plugins.plugin_utils.terminal import render, unmark

from tests.platforms.table import evidence_of
from tests.waiting import HANG_SECONDS

from .recorded import Recorded

# Recordings whose expected text no honest capture gives, and why.
MISSES = {
    "fs_fsos-ox-fsos-S3400-48T4SP_2.0.2J-120538": "the prompt is expected as the last line of the configuration",
    "nvidia_onyx-ox-mlnxos-Onyx_3.9.2504": "two pages were cut out: the device waits for a key, and no pager stands",
    "paloalto_panos-netutils-panos_basic": "a brace is never closed",
    "ruckus_fastiron-ox-ironware-ICX7150-48Z-HPOE": "expected without a line that the other recording expects",
    "smartbyte-ox-STC-4168XGGCM_7.4.7": "the echo of the command is expected as the first line of the configuration",
    "sonicwall_sonicos-ox-sonicos-snippets": "the recording holds no configuration, and an empty one is never kept",
}
# Recordings whose corpus lists as secrets what is none.
NOT_SECRET = {"eaton_network-ox-eatonnetwork-NetworkM3_2.2.0": "the names of keys, whose values are masked"}
# Of these no text is certified.
REFUSED = {
    "nvidia_onyx-ox-mlnxos-Onyx_3.9.2504",
    "paloalto_panos-netutils-panos_basic",
    "sonicwall_sonicos-ox-sonicos-snippets",
}
# More platforms than that have volatile lines with numbers.
CHANGING = 8
AT_ONCE = 12
# The sample of the quick tier, of sessions up to so many characters: pieces of 7 bytes are many.
SAMPLE = 12
SHORT = 20_000
LIMITS = Limits(connect=60, command=60, device=300)
# They wait for a key that nobody presses, however long they are listened to.
HANGING = {"nvidia_onyx-ox-mlnxos-Onyx_3.9.2504": replace(LIMITS, command=1)}
# Other names of platforms, in the corpus's list of prompts.
MODELS = {"fortigate": "fortinet_fortios", "h3c": "hp_comware", "mlnxos": "nvidia_onyx", "xos": "extreme_exos"}
FAMILIES = {"cisco": "cisco_ios", "arista": "arista_eos", "juniper": "juniper_junos", "misc": "juniper_junos"}


@contextmanager
def served(corpus: Path, sessions: list[Recorded], **options: int) -> Iterator[dict[str, int]]:
    """Sessions behind SSH servers: name → port."""
    server = Path(__file__).with_name("server.py")
    command = [sys.executable, server, corpus, json.dumps(options), *(one.path for one in sessions)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(HANG_SECONDS)


async def read(one: Recorded, port: int, user: str) -> Any:
    """The verdict on one session's running configuration, or the error that ended the session."""
    peer = Peer("127.0.0.1", port, one.platform, ("running",), (Credential("test", user, "backup"),))
    try:
        reading = await Session(peer, HostKeys("off", Path("unused")), HANGING.get(one.name, LIMITS)).read()
    except SessionError as error:
        return error
    return judge(one.platform, "running", reading.transcripts["running"], Expected("off"))


async def read_all(sessions: list[Recorded], ports: dict[str, int], users: dict[str, str]) -> list[Any]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def gated(one: Recorded) -> Any:
        async with gate:
            return await read(one, ports[one.name], users.get(one.name, "backup"))

    return await asyncio.gather(*map(gated, sessions))


def faults(sessions: list[Recorded], results: list[Any]) -> list[str]:
    """What is wrong, with masking and without: one text for each session that is not kept as its corpus expects.

    Explained misses are left out, as long as they are refused or kept as explained.
    """
    found = []
    for one, result in zip(sessions, results, strict=True):
        if one.name in MISSES:
            found.append(
                None if isinstance(result, Certified) == (one.name not in REFUSED) else f"{one.name}: {result!r}"
            )
            continue
        if not isinstance(result, Certified):
            found.append(f"{one.name}: {result!r}")
        else:
            found.append(one.kept_well(result.text))
            if one.name not in NOT_SECRET:
                found.append(one.masked_well(mask(one.platform, result.text).text))
    return [fault for fault in found if fault]


def sample(sessions: list[Recorded], size: int) -> list[Recorded]:
    short = [one for one in sessions if len(one.doc["expected_config"]) <= SHORT and one.name not in MISSES]
    return sorted(random.Random(20260302).sample(short, size), key=lambda one: one.name)


def test_sessions_are_kept_as_expected(corpus: Path, recorded: list[Recorded]) -> None:
    with served(corpus, recorded) as ports:
        assert faults(recorded, asyncio.run(read_all(recorded, ports, {}))) == []


@pytest.mark.parametrize("options", [{"chunk": 7}, {"pager": 24}, {"chunk": 7, "pager": 24}], ids=str)
def test_sample_in_pieces_and_pages(corpus: Path, recorded: list[Recorded], options: dict[str, int]) -> None:
    sessions = sample(recorded, SAMPLE)
    with served(corpus, sessions, **options) as ports:
        assert faults(sessions, asyncio.run(read_all(sessions, ports, {}))) == []


@pytest.mark.deep
@pytest.mark.parametrize("options", [{"chunk": 7}, {"pager": 24}, {"chunk": 7, "pager": 24}], ids=str)
def test_all_in_pieces_and_pages(corpus: Path, recorded: list[Recorded], options: dict[str, int]) -> None:
    with served(corpus, recorded, **options) as ports:
        assert faults(recorded, asyncio.run(read_all(recorded, ports, {}))) == []


def test_a_session_that_is_cut_anywhere_is_never_certified(corpus: Path, recorded: list[Recorded]) -> None:
    chance = random.Random(20260302)
    with served(corpus, recorded) as ports:
        whole = asyncio.run(read_all(recorded, ports, {}))
        assert sum(isinstance(result, Certified) for result in whole) == len(recorded) - len(REFUSED)
        cuts = {one.name: f"cut:{chance.uniform(0, 0.99)}" for one in recorded}
        results = asyncio.run(read_all(recorded, ports, cuts))
    certified = [one.name for one, result in zip(recorded, results, strict=True) if isinstance(result, Certified)]
    assert certified == []


def test_prompts_are_told_from_what_is_none(corpus: Path) -> None:
    doc = yaml.safe_load((corpus / "open" / "prompts.yaml").read_text(encoding="utf-8"))
    wrong = []
    for one in doc["prompts"]:
        model = MODELS.get(one["model"], one["model"])
        try:
            prompt = platform_for(model).prompt
        except ValueError:
            continue
        shown = unmark(render(one["prompt"].encode()))
        seen = bool(prompt.privileged.fullmatch(shown) or (prompt.user and prompt.user.fullmatch(shown)))
        if seen == (one["kind"] == "fail"):
            wrong.append(one)
    assert wrong == []


def test_the_leak_gate_lets_masked_sessions_pass(recorded: list[Recorded]) -> None:
    """No false alarm; and most texts would not pass as they are."""
    texts = [(one, one.doc["expected_config"]) for one in recorded]
    alarms = [one.name for one, text in texts if leak(mask(one.platform, text).text, Credentials(["backup"]))]
    assert alarms == []
    assert sum(leak(text, Credentials()) is not None for _one, text in texts) > len(texts) / 2


def test_what_changes_by_itself_makes_no_other_text(corpus: Path, recorded: list[Recorded]) -> None:
    """By the corpus's own list of such lines: numbers in them change, and nothing else is new."""
    listed = yaml.safe_load((corpus / "volatile.yaml").read_text(encoding="utf-8"))
    changed = set()
    for one in recorded:
        rules = re.compile("|".join(f"(?:{rule})" for rule in listed.get(one.platform.network_os, ()) or ("(?!)",)))
        lines = unix_lines(one.heard).split("\n")
        later = [shifted(line, rules) for line in lines]
        if later != lines:
            changed.add(one.platform.network_os)
            texts = [clean(one.platform, "\n".join(text)) for text in (lines, later)]
            assert same_as(one.platform, texts[0]) == same_as(one.platform, texts[1]), one.name
    assert len(changed) > CHANGING


def shifted(line: str, volatile: re.Pattern[str]) -> str:
    """The line with other digits, where it stays a volatile one."""
    later = re.sub("[0-9]", lambda digit: str((int(digit[0]) + 1) % 10), line)
    return later if volatile.search(line) and volatile.search(later) else line


def test_no_secret_of_a_known_line_is_left(corpus: Path) -> None:
    doc = yaml.safe_load((corpus / "open" / "secret-lines.yaml").read_text(encoding="utf-8"))
    families = [(FAMILIES.get(line["family"].partition("_")[0]), line) for line in doc["lines"]]
    left = [
        line["line"]
        for family, line in families
        if family and line["secret"] in mask(platform_for(family), f"{line['line']}\n").text
    ]
    assert left == []


def test_no_secret_of_a_sanitised_pair_is_left(corpus: Path) -> None:
    for path in (corpus / "open" / "pairs").glob("sanitize-*.yaml"):
        doc = yaml.safe_load(path.read_text(encoding="utf-8"))
        try:
            platform = platform_for(doc["platform"])
        except ValueError:
            continue
        text = doc["input"]
        masked = mask(platform, text).text
        # Words such as "role" and "5" are listed because the other tool cut whole lines.
        secrets = [secret for secret in doc["secrets"] if len(secret) > 1 and any(char.isdigit() for char in secret)]
        assert [secret for secret in secrets if secret in masked] == []
        assert masked.count("\n") == text.count("\n")


def test_the_evidence_that_the_documentation_claims_is_there(corpus: Path) -> None:
    """By the index of the corpus: a dialogue, outputs alone, or a recording that somebody wrote."""
    kinds: dict[str, set[str]] = {}
    for path in (corpus / "open" / "sessions").glob("*.yaml"):
        doc = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        written = doc["real"] is False or "made to exercise" in str(doc["notes"])
        kinds.setdefault(doc["platform"], set()).add("made for a test" if written else f"{doc['kind']}s")
    assert set(kinds) - set(known()) == {"apc_aos"}
    claimed = {name: evidence_of(name) for name in known() if name in kinds}
    assert [(name, said, kinds[name]) for name, said in claimed.items() if said not in kinds[name]] == []
