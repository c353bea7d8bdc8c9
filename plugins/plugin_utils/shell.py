# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The dialogue with one device over a shell: prompts, privilege, commands, answers.

Nothing here sleeps in the normal case. That a text is over is never guessed from silence: after each configuration an
empty line is sent, and only if nothing but the prompt comes back the answer is complete. So a line inside a banner that
looks like the prompt ends nothing, however the network cuts the text into pieces.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NoReturn

from ..module_utils.errors import ErrorClass
from ..module_utils.log_lines import log_line
from ..module_utils.platform import Artifact, Platform, Privilege
from ..module_utils.transcript import Answer, Transcript
from .channel import Feed
from .dialogue import SessionError, first_accepted
from .echo import squeeze, without_echo
from .terminal import render, without_codes

if TYPE_CHECKING:
    from .connect import Credential

# How long a pager must stand, and a prompt where the echo of the command is missing, before they are believed.
PAGER_SETTLE = 0.02
PROMPT_SETTLE = 0.25
# How often a text that goes on behind a prompt is waited for.
PROOFS = 8
# The echo of a command is looked for in that many bytes.
HEAD = 4096

Found = Literal["prompt", "pager", "password", "key", "leftover", "user", "login"]

# A banner may want a certain key: "(Press 'a' to accept):".
_PRESS_KEY = re.compile(r"(?i)press (?:any key|<?(?:return|enter|space)>?|['\"<](?P<key>\w)['\">])[^\n]{0,40}$")
_COUNTERS = re.compile(r"\d+|[*~]")


class Shell:
    """A dialogue over a shell. ``silence`` is the command time limit: seconds without any output."""

    def __init__(self, feed: Feed, platform: Platform, silence: float, where: str) -> None:
        self.prompt = ""
        self._feed = feed
        self._platform = platform
        self._silence = silence
        self._where = where
        self._command = ""
        self._above: frozenset[str] = frozenset()
        self._echoes: bool | None = None
        self._credential: Credential | None = None

    @property
    def hostname(self) -> str | None:
        """The name in the learned prompt."""
        return self._platform.prompt.host(self.prompt)

    async def open(self, credential: Credential) -> None:
        """Learn the prompt, gain the rights to read the configuration, switch paging off."""
        self._credential = credential
        await self._until_prompt(f"sent no prompt that {self._platform.network_os} has (is ansible_network_os right?)")
        await self._learn()
        await self._gain()
        for command in self._platform.setup:
            answer = await self.ask(command)
            if not answer.complete:
                self._fail("unreachable", f"closed the session at {command!r}")

    async def fetch(self, artifact: Artifact) -> Transcript:
        """Try the artifact's commands until one is not rejected."""
        answers = await first_accepted(self._ask_and_prove, self._platform, artifact)
        return Transcript(self.prompt, self.hostname, answers)

    async def _ask_and_prove(self, command: str) -> Answer:
        return await self.ask(command, prove=True)

    async def ask(self, command: str, *, prove: bool = False) -> Answer:
        """Send a command and take its answer; ``prove`` that the answer is over by a second prompt."""
        self._feed.drop()
        self._command = command
        self._type(command)
        back = await self._prompt_back(command)
        raw = self._feed.take()
        if back and prove:
            back, more = await self._over()
            raw += more
        return Answer(command, self._cut(self._behind_echo(without_echo(raw, command, self.prompt))), back)

    async def _over(self) -> tuple[bool, bytes]:
        """Whether the text is over, and what came of it after all."""
        late = b""
        for __ in range(PROOFS):
            self._type("")
            if not await self._prompt_back(""):
                break
            more = self._feed.take()
            if self._only_prompts(render(more)):
                if late:
                    await self._drain()
                return True, late
            late += more
        return False, late

    async def _learn(self) -> None:
        """The prompt is what comes back for an empty line, twice the same; a banner that looks like one does not.

        Lines that some devices print above each prompt are learned with it.
        """
        before = [self._feed.line.rstrip()]
        for attempt in range(PROOFS):
            self._feed.drop()
            self._type("")
            await self._until_prompt("sent no prompt after an empty line")
            block = _lines(render(self._feed.take()))
            if _same(block, before):
                self.prompt, self._above = block[-1], frozenset(block[:-1])
                if attempt:
                    await self._drain()
                return
            before = block
        self._fail("command_timeout", "sent a different prompt each time")

    async def _drain(self) -> None:
        while not self._feed.closed and not await self._feed.quiet(PROMPT_SETTLE):
            continue

    async def _gain(self) -> None:
        """Become privileged, and prove it by the prompt."""
        may_read, privilege = self._platform.prompt.may_read, self._platform.privilege
        if may_read(self.prompt):
            return
        if privilege is None:
            self._fail("privilege", "gave no prompt that may read the configuration")
        self._feed.drop()
        self._type(privilege.command)
        asked = await self._feed_wait(self._look_privilege, f"did not answer {privilege.command!r}")
        tried = ""
        if asked == "password":
            tried = "" if self._own_secret else ": no ansible_become_password is set, and the login's was tried"
            self._feed.drop()
            self._type(self._for_more_rights(privilege))
            asked = await self._feed_wait(self._look_privilege, "did not answer the password for more rights")
        gained = self._feed.line.rstrip() if asked == "prompt" and may_read(self._feed.line) else None
        if not gained and (asked != "prompt" or not privilege.optional):
            self._fail("privilege", f"refused more rights after {privilege.command!r}{tried}")
        await self._learn()
        if gained and not may_read(self.prompt):
            if self._platform.prompt.host(gained) != self.hostname:
                self._fail("privilege", f"fell back from its privileged prompt after {privilege.command!r}")
            self.prompt = gained

    @property
    def _own_secret(self) -> bool:
        return bool(self._credential and self._credential.become_password)

    def _for_more_rights(self, privilege: Privilege) -> str:
        login = self._credential
        if login and login.become_password:
            return login.become_password
        if privilege.otherwise == "empty":
            return ""
        if privilege.otherwise == "refuse" or not login or not login.password:
            self._fail("privilege", f"asks for a password after {privilege.command!r}, and none is set")
        return login.password

    def _type(self, line: str) -> None:
        self._feed.send(f"{line}{self._platform.line_end}")

    async def _until_prompt(self, fault: str) -> None:
        """Wait for a prompt, and answer what stands before it; each question of a second login once."""
        login = self._credential
        answers = {"user": login.user, "login": login.password or ""} if login else {}
        while (found := await self._feed_wait(self._look_login, fault)) != "prompt":
            wanted = _PRESS_KEY.search(self._feed.line)
            self._feed.drop()
            if found == "key":
                self._type((wanted and wanted["key"]) or "")
            elif found in answers:
                self._type(answers.pop(found))
            else:
                self._fail("auth", "asks for user and password again inside the session")

    async def _feed_wait(self, look: Callable[[str], Found | None], fault: str) -> Found:
        try:
            found: Found | None = await self._feed.wait(look, self._silence)
        except TimeoutError:
            self._fail("command_timeout", f"{fault} within {self._silence:g} s")
        if found is None:
            self._fail("unreachable", "closed the session during the login")
        return found

    async def _prompt_back(self, command: str) -> bool:
        """Wait for the learned prompt after ``command``; false when the channel was closed before."""
        while True:
            try:
                found: Found | None = await self._feed.wait(self._look, self._silence)
            except TimeoutError:
                self._fail(
                    "command_timeout", f"was silent for {self._silence:g} s after {command or 'an empty line'!r}"
                )
            if found is None:
                return False
            if found == "pager":
                await self._turn_page()
            elif found == "leftover":
                await self._clear_line()
            elif self._believe(command) or await self._feed.quiet(PROMPT_SETTLE):
                return True

    def _believe(self, command: str) -> bool:
        """Whether a prompt can belong to ``command``: its echo has come, or this device echoes nothing."""
        if not command or self._echoes is False:
            return True
        head = self._feed.head(HEAD)
        seen = squeeze(command) in squeeze(render(head)) or squeeze(command) in squeeze(without_codes(head))
        self._echoes = self._echoes or seen
        return seen

    async def _turn_page(self) -> None:
        if not await self._feed.quiet(PAGER_SETTLE):
            return
        pager = self._platform.pager.search(self._feed.line) if self._platform.pager else None
        if pager:
            self._feed.mark_line(pager.start())
            self._feed.send(" ")

    async def _clear_line(self) -> None:
        """Take away the rejected command that the device typed again behind its prompt."""
        if await self._feed.quiet(PROMPT_SETTLE):
            self._feed.mark_line(0)
            self._type(self._platform.clear_line or "")

    def _look(self, line: str) -> Found | None:
        # Some devices print no line end between the echo and the next prompt.
        if self._is_prompt(line) or self._is_prompt(line.removeprefix(self._command)):
            return "prompt"
        if self._platform.clear_line and self._command and line.rstrip() == f"{self.prompt} {self._command}":
            return "leftover" if self._feed.lines else None
        pager = self._platform.pager
        return "pager" if pager and pager.search(line) else None

    def _look_login(self, line: str) -> Found | None:
        if self._platform.prompt.stands(line):
            return "prompt"
        login = self._platform.login
        if login and login.user.search(line):
            return "user"
        if login and login.password.search(line):
            return "login"
        return "key" if _PRESS_KEY.search(line) else None

    def _look_privilege(self, line: str) -> Found | None:
        privilege = self._platform.privilege
        if privilege and privilege.password.search(line):
            return "password"
        return self._look_login(line)

    def _is_prompt(self, line: str) -> bool:
        """The learned prompt, or another of the same device: with a counter, a mark, or other rights."""
        line = line.rstrip()
        if line == self.prompt:
            return bool(line)
        if self._look_login(line) != "prompt":
            return False
        named = self._platform.prompt.host(line)
        return self.hostname is None or named == self.hostname or _same([line], [self.prompt])

    def _only_prompts(self, text: str) -> bool:
        return all(self._is_prompt(line) or line in self._above or log_line(line) for line in _lines(text))

    def _behind_echo(self, text: str) -> str:
        """The answer without the command that some terminals show once more, behind a prompt."""
        line, end, rest = text.lstrip().partition("\n")
        shown = line.rstrip()
        again = end and shown.endswith(self._command) and self._is_prompt(shown.removesuffix(self._command))
        return rest if again else text

    def _cut(self, text: str) -> str:
        """The answer without the prompt after it, and without the lines above the prompt."""
        lines = text.split("\n")
        if lines and self._is_prompt(lines[-1]):
            lines.pop()
        while lines and (lines[-1].rstrip() in self._above or _same(lines[-1:], [self.prompt])):
            lines.pop()
        return "\n".join(lines)

    def _fail(self, error: ErrorClass, message: str) -> NoReturn:
        raise SessionError(error, f"{self._where} {message}")


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]


def _same(some: list[str], others: list[str]) -> bool:
    """Whether lines are the same but for counters and marks."""
    return [_COUNTERS.sub("", line).strip() for line in some] == [_COUNTERS.sub("", line).strip() for line in others]
