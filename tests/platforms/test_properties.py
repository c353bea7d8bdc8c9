"""Promise 2 over the written sessions of every platform: cut, mixed or spoiled, a text is never certified."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.clean import clean, same_as
from ansible_collections.netcellar.backup.plugins.module_utils.completeness import Certified, Fault, judge
from ansible_collections.netcellar.backup.plugins.module_utils.mask import mask
from ansible_collections.netcellar.backup.plugins.module_utils.platform import Platform
from ansible_collections.netcellar.backup.plugins.module_utils.transcript import Answer, Transcript
from ansible_collections.netcellar.backup.plugins.module_utils.verbatim import without_verbatim
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import (
    experimental_ones,
    known,
    platform_for,
)
from hypothesis import given
from hypothesis import strategies as st

from .sessions import CASES, platform_of, transcript_of

RUNNING = [case for case in CASES if not (case / "artifact").exists() and not (case / "expected.fault").exists()]


def marked(case: Path) -> bool:
    """Whether the end mark of the text is a line that it has once: then a cut shows even if the prompt came back."""
    platform, transcript = session(case)
    end = platform.artifacts["running"].end
    lines = clean(platform, transcript.answers[-1].text).split("\n")
    return end is not None and sum(bool(end.fullmatch(line)) for line in lines) == 1


def error_of(case: Path) -> str:
    """How a device of the platform rejects a command."""
    return (case.parent / "error.txt").read_text(encoding="utf-8").rstrip("\n")


cases = st.sampled_from(RUNNING)


def session(case: Path) -> tuple[Platform, Transcript]:
    platform = platform_of(case)
    return platform, transcript_of(platform, (case / "session.txt").read_text(encoding="utf-8"))


MARKED = [case for case in RUNNING if marked(case)]


def with_text(transcript: Transcript, text: str, *, complete: bool = True) -> Transcript:
    last = replace(transcript.answers[-1], text=text, complete=complete)
    return replace(transcript, answers=(*transcript.answers[:-1], last))


@given(cases, st.floats(0, 1, exclude_max=True))
def test_text_that_broke_off_anywhere_is_not_certified(case: Path, where: float) -> None:
    platform, transcript = session(case)
    text = transcript.answers[-1].text
    cut = with_text(transcript, text[: int(len(text) * where)], complete=False)
    assert isinstance(judge(platform, "running", cut), Fault)


@pytest.mark.parametrize("case", MARKED, ids=str)
def test_text_without_its_end_is_not_certified_at_any_byte(case: Path) -> None:
    platform, transcript = session(case)
    text = transcript.answers[-1].text
    for at in range(len(text.rstrip())):
        assert isinstance(judge(platform, "running", with_text(transcript, text[:at])), Fault), text[:at][-80:]


def test_braces_that_are_open_are_not_certified_at_any_byte() -> None:
    platform, transcript = session(next(case for case in RUNNING if case.name == "braces"))
    text = transcript.answers[-1].text
    certified = [
        at
        for at in range(len(text))
        if isinstance(judge(platform, "running", with_text(transcript, text[:at])), Certified)
    ]
    ends = {text[:at].rstrip().rpartition("\n")[2] for at in certified}
    assert all(end[0] not in " /#" and end[-1] in ";}" for end in ends), ends


@given(cases, st.data())
def test_error_line_between_the_lines_is_not_certified(case: Path, data: st.DataObject) -> None:
    platform, transcript = session(case)
    lines = clean(platform, transcript.answers[-1].text).split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    spoiled = "\n".join([*lines[:at], error_of(case), *lines[at:]])
    if seen(platform, spoiled, error_of(case)):
        assert isinstance(judge(platform, "running", with_text(transcript, spoiled)), Fault)


def seen(platform: Platform, text: str, words: str) -> bool:
    """Whether words stand in a text outside of banners and the like, which may hold anything."""
    free = without_verbatim(platform, text)
    return free is None or words in free


@given(cases, cases)
def test_configuration_of_another_device_is_not_certified(mine: Path, other: Path) -> None:
    platform, transcript = session(mine)
    foreign = session(other)[1]
    result = judge(platform, "running", with_text(transcript, foreign.answers[-1].text))
    if mine == other:
        assert isinstance(result, Certified)
    elif mine.parent == other.parent and transcript.hostname and "minimal" not in (mine.name, other.name):
        assert isinstance(result, Fault)
        assert result.error == "identity"


@given(cases, st.data())
def test_lost_head_or_tail_is_not_certified(case: Path, data: st.DataObject) -> None:
    platform, transcript = session(case)
    wanted = platform.artifacts["running"]
    lines = clean(platform, transcript.answers[-1].text).split("\n")
    half = len(lines) // 2
    if case in MARKED:
        kept = lines[: data.draw(st.integers(1, len(lines) - 2))]
        assert isinstance(judge(platform, "running", with_text(transcript, "\n".join(kept) + "\n")), Fault)
    if case in MARKED and wanted.begin and half > 30:
        kept = lines[data.draw(st.integers(half, len(lines) - 1)) :]
        assert isinstance(judge(platform, "running", with_text(transcript, "\n".join(kept) + "\n")), Fault)


@pytest.mark.parametrize("case", RUNNING, ids=str)
def test_texts_that_differ_in_volatile_lines_only_are_the_same(case: Path) -> None:
    platform, transcript = session(case)
    text = clean(platform, transcript.answers[-1].text)
    lines = text.split("\n")
    volatile = [at for at, line in enumerate(lines) if platform.volatile and platform.volatile.match(line)]
    later = [f"{re.sub('[0-9]', '7', line)}" if at in volatile else line for at, line in enumerate(lines)]
    gone = [line for at, line in enumerate(lines) if at not in volatile]
    assert same_as(platform, "\n".join(later)) == same_as(platform, "\n".join(gone)) == same_as(platform, text)
    kept = next(at for at in reversed(range(len(lines))) if lines[at].strip() and at not in volatile)
    assert same_as(platform, "\n".join([*lines[:kept], *lines[kept + 1 :]])) != same_as(platform, text)


@given(cases, st.text(alphabet="\x00\x07\x08\x1b", min_size=1, max_size=3), st.data())
def test_control_characters_are_not_certified(case: Path, residue: str, data: st.DataObject) -> None:
    platform, transcript = session(case)
    text = clean(platform, transcript.answers[-1].text)
    at = data.draw(st.integers(0, len(text)))
    spoiled = text[:at] + residue + text[at:]
    if seen(platform, spoiled, residue):
        assert isinstance(judge(platform, "running", with_text(transcript, spoiled)), Fault)


@pytest.mark.parametrize("network_os", (*known(), *experimental_ones()))
@pytest.mark.parametrize("piece", [" ", "\n", "\r", "a", '"', "{", "password ", "key=", "$9$", "ldp ", "! ", " \\\n"])
def test_time_is_linear_in_a_spiteful_text(network_os: str, piece: str) -> None:
    platform = platform_for(network_os, experimental=[network_os])
    text = f"hostname a\n{piece * (200_000 // len(piece))} b\nend\n"
    start = process_time()
    judge(platform, "running", Transcript("a#", "a", (Answer(platform.artifacts["running"].commands[0], text, True),)))
    mask(platform, text)
    assert process_time() - start < 2
