"""The written sessions beside this file, and how one is taken apart."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.netcellar.backup.plugins.module_utils.platform import Platform
from ansible_collections.netcellar.backup.plugins.module_utils.transcript import Answer, Transcript
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/*/session.txt"))


def platform_of(case: Path) -> Platform:
    """The platform of a case, be it experimental."""
    return platform_for(case.parent.name, experimental=[case.parent.name])


def transcript_of(platform: Platform, session: str) -> Transcript:
    """Take a session apart at its prompt."""
    *lines, prompt = session.rstrip("\n").split("\n")
    answers: list[list[str]] = []
    for line in lines:
        command = line.removeprefix(prompt).strip() if line.startswith(prompt) else None
        if command in {one for artifact in platform.artifacts.values() for one in artifact.commands} and (
            not answers or platform.channel == "exec"
        ):
            answers.append([command])
        else:
            answers[-1].append(line)
    shell = platform.channel == "shell"
    return Transcript(
        prompt if shell else "",
        platform.prompt.host(prompt) if shell else None,
        tuple(Answer(command, "".join(f"{line}\r\n" for line in text), True) for command, *text in answers),
    )
