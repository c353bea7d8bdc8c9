"""The dialogue over a shell, quirk by quirk, each on a real SSH server."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.dialogue import SessionError
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for

from .scripted import CONFIG, PATIENT, Device, Wire, read, running

BANNER = "Welcome to\nr1#\n(the prompt above is none)\nr1#\n"


@pytest.mark.parametrize("piece", [0, 7, 1])
def test_the_answer_is_the_text_between_echo_and_prompt(piece: int) -> None:
    device = Device()
    device.piece = piece

    reading = read(device.run)

    heard = reading.transcripts["running"]
    assert (heard.prompt, heard.hostname) == ("r1#", "r1")
    assert heard.answers[-1].text == CONFIG.rstrip("\n")
    assert heard.answers[-1].complete


@pytest.mark.parametrize("piece", [0, 7, 3])
def test_a_banner_that_looks_like_the_prompt_does_not_end_the_login(piece: int) -> None:
    device = Device()
    device.login, device.piece = f"\n{BANNER}r1#", piece

    assert running(device.run).text == CONFIG.rstrip("\n")


@pytest.mark.parametrize("piece", [0, 7, 3])
def test_a_line_like_the_prompt_inside_a_configuration_does_not_end_it(piece: int) -> None:
    device = Device()
    device.config = CONFIG.replace("!\n", f"banner motd ^C\n{BANNER}^C\n", 1)
    device.piece = piece

    assert running(device.run).text == device.config.rstrip("\n")


def test_a_line_like_the_prompt_followed_by_a_pause_does_not_end_it() -> None:
    class Pausing(Device):
        async def show(self, wire: Wire) -> None:
            wire.send("version 17.3\nbanner motd ^C\nr1#")
            # The client asks again; only then the rest comes, as from a device that prints before it reads.
            empty = await wire.line()
            wire.send("\n^C\nhostname r1\nend\n")
            wire.send(self.prompt)
            self.echo(wire, empty)

    answer = running(Pausing().run)

    assert answer.text == "version 17.3\nbanner motd ^C\nr1#\n^C\nhostname r1\nend"
    assert answer.complete


def test_a_device_without_echo_is_understood() -> None:
    class Silent(Device):
        def echo(self, wire: Wire, command: str) -> None:
            wire.send("\n")

    assert running(Silent().run).text.strip() == CONFIG.strip()


@pytest.mark.parametrize(
    "echo",
    [
        pytest.param("{0}\r\r\n", id="doubled return"),
        pytest.param("{1} \r{2}\r\n", id="wrapped with a redraw"),
        pytest.param("{4} \r{5}\r\n", id="wrapped where less follows than stood there"),
        pytest.param("{1}\r\n{2}\r\n", id="wrapped with a new line"),
        pytest.param("{0}\r\nr1#{0}\r\n", id="once more behind the prompt"),
        pytest.param("\x1b[1m{0}\x1b[0m\x1b[K\r\n", id="coloured"),
        pytest.param("s\bs{3}\r\n", id="redrawn"),
        pytest.param("r1#{0}\r\n", id="behind the prompt again"),
        pytest.param("{0}{0}\r\n", id="twice"),
        pytest.param("{0}{1}\r\n", id="twice, once cut"),
        pytest.param("{1}\r\n", id="cut"),
        pytest.param("show running-configuration\r\n", id="completed"),
    ],
)
def test_every_form_of_echo_is_taken_off(echo: str) -> None:
    class Odd(Device):
        def echo(self, wire: Wire, command: str) -> None:
            form = echo if command.startswith("show") else "{0}\r\n"
            wire.send(form.format(command, command[:9], command[9:], command[1:], command[:14], command[14:]).encode())

    assert running(Odd().run).text == CONFIG.rstrip("\n")


def test_a_log_message_behind_the_prompt_is_no_part_of_the_answer() -> None:
    class Chatting(Device):
        async def run(self, wire: Wire) -> None:
            self.typed = wire.typed
            wire.send(self.login)
            while True:
                command = await wire.line()
                self.echo(wire, command)
                if command.startswith("show "):
                    await self.show(wire)
                spoken = not command and "show running-config" in self.typed
                wire.send(f"%SYS-5-CONFIG_I: Configured by ann\n{self.prompt}" if spoken else self.prompt)

    assert running(Chatting().run).text == CONFIG.rstrip("\n")


def test_blanks_behind_a_prompt_are_no_part_of_it() -> None:
    device = Device()
    device.prompt, device.login = "r1#   ", "\nr1#   "

    assert running(device.run).text == CONFIG.rstrip("\n")


def test_a_prompt_right_behind_the_echo_is_seen() -> None:
    class Merging(Device):
        def echo(self, wire: Wire, command: str) -> None:
            wire.send(command if command.startswith("terminal") else f"{command}\n")

    device = Merging()

    assert running(device.run).text == CONFIG.rstrip("\n")


@pytest.mark.parametrize(
    "wipe",
    [
        pytest.param(b"\x08" * 10 + b" " * 10 + b"\x08" * 10, id="backspaces"),
        pytest.param(b"\r" + b" " * 12 + b"\r", id="carriage returns"),
        pytest.param(b"\r\x1b[K", id="erase to the end of the line"),
        pytest.param(b"\x1b[10D\x1b[K", id="cursor back"),
        pytest.param(b"\r\n", id="a new line"),
        pytest.param(b"", id="nothing"),
    ],
)
@pytest.mark.parametrize("piece", [0, 7])
def test_pages_are_turned_and_leave_no_trace(wipe: bytes, piece: int) -> None:
    class Paging(Device):
        async def show(self, wire: Wire) -> None:
            lines = CONFIG.split("\n")
            for line in lines[:-1]:
                wire.send(f"{line}\n --More-- ", piece)
                assert await wire.key() == " "
                wire.send(wipe)

    # A blank line behind a pager that is not wiped out cannot be told from a way to leave the pager's line.
    assert _full(running(Paging().run).text) == _full(CONFIG)


def _full(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def test_a_pager_behind_text_eats_none_of_it() -> None:
    class Paging(Device):
        async def show(self, wire: Wire) -> None:
            wire.send("hostname r1 --More-- ")
            await wire.key()
            wire.send(b"\x08 \x08" * 10 + b"\r\nend\r\n")

    platform = replace(platform_for("cisco_ios"), pager=re.compile(" --More-- "))

    assert running(Paging().run, platform=platform).text == "hostname r1\nend"


def test_words_of_a_pager_in_passing_are_text() -> None:
    class Talking(Device):
        async def show(self, wire: Wire) -> None:
            wire.send("description --More--")
            await asyncio.sleep(0)
            wire.send("\nend\n")

    device = Talking()

    assert running(device.run).text == "description --More--\nend"


@pytest.mark.parametrize(
    ("question", "key"),
    [("Press any key to continue", "\n"), ("(Press 'a' to accept): ", "a"), ("Press <Enter>", "\n")],
)
def test_a_key_that_is_asked_for_at_login_is_pressed(question: str, key: str) -> None:
    class Asking(Device):
        async def run(self, wire: Wire) -> None:
            wire.send(f"Copyright\n\n{question}")
            assert await wire.key() == key
            if key != "\n":
                await wire.line()
            wire.send("\x1b[2J")
            await super().run(wire)

    assert running(Asking().run).text == CONFIG.rstrip("\n")


def test_a_counter_in_the_prompt_may_count() -> None:
    class Counting(Device):
        number = 0

        @property
        def prompt(self) -> str:  # type: ignore[override]
            self.number += 1
            return f"r1({self.number})#"

        @property
        def login(self) -> str:  # type: ignore[override]
            return f"\n{self.prompt}"

    known = platform_for("cisco_ios")
    pattern = re.compile(r"(?P<host>\w+)\(\d+\)# ?")
    platform = replace(known, prompt=replace(known.prompt, privileged=pattern))

    assert running(Counting().run, platform=platform).text == CONFIG.rstrip("\n")


def test_a_line_above_each_prompt_belongs_to_no_answer() -> None:
    class Cluster(Device):
        prompt = "\n{primary:node0}\nadmin@r1> "
        login = "\n{primary:node0}\nadmin@r1> "
        config = "version 21.4;\nsystem {\n    host-name r1;\n}\n"

    reading = read(Cluster().run, platform="juniper_junos")

    heard = reading.transcripts["running"]
    assert heard.prompt == "admin@r1>"
    assert heard.answers[-1].text.strip() == Cluster.config.strip()


class Enabling(Device):
    """Starts at the user level; ``secret`` is what it wants, None to ask for nothing."""

    prompt = "r1>"
    login = "\nr1>"
    secret: str | None = "Enable-1"
    reached = "r1#"

    def echo(self, wire: Wire, command: str) -> None:
        wire.send(f"{command}\n" if command != self.secret else "\n")

    async def show(self, wire: Wire) -> None:
        wire.send(CONFIG if self.prompt == "r1#" else "% Invalid input\n")

    async def run(self, wire: Wire) -> None:
        wire.send(self.login)
        while True:
            command = await wire.line()
            self.echo(wire, command)
            if command == "enable":
                await self.enable(wire)
            elif command.startswith("show "):
                await self.show(wire)
            wire.send(self.prompt)

    async def enable(self, wire: Wire) -> None:
        if self.secret is not None:
            wire.send("Password: ")
            if await wire.line() != self.secret:
                return wire.send("\n% Bad secrets\n\n")
            wire.send("\n")
        self.prompt = self.reached
        return None


@pytest.mark.parametrize("secret", ["Enable-1", None])
def test_more_rights_are_gained_and_proved(secret: str | None) -> None:
    device = Enabling()
    device.secret = secret

    assert running(device.run, become="Enable-1").text == CONFIG.rstrip("\n")


@pytest.mark.parametrize(
    ("become", "reached", "message"),
    [
        pytest.param("wrong-1", "r1#", "refused more rights", id="wrong password"),
        pytest.param(None, "r1#", "no ansible_become_password is set", id="no password"),
        pytest.param("Enable-1", "r1>", "refused more rights", id="stays where it was"),
    ],
)
def test_rights_that_are_not_reached_are_an_error(become: str | None, reached: str, message: str) -> None:
    device = Enabling()
    device.reached = reached

    with pytest.raises(SessionError, match=message) as caught:
        read(device.run, become=become)

    assert caught.value.error == "privilege"
    assert "Enable-1" not in str(caught.value)
    assert "wrong-1" not in str(caught.value)


def test_a_line_that_drops_makes_the_answer_incomplete() -> None:
    class Dropping(Device):
        async def show(self, wire: Wire) -> None:
            wire.send(CONFIG[:40])
            await wire.process.stdout.drain()
            wire.hang_up()

    answer = running(Dropping().run)

    assert not answer.complete
    assert answer.text == CONFIG[:40]


def test_a_line_that_drops_right_behind_the_prompt_proves_nothing() -> None:
    class Dropping(Device):
        async def show(self, wire: Wire) -> None:
            wire.send(f"{CONFIG}r1#")
            await wire.process.stdout.drain()
            wire.hang_up()

    assert not running(Dropping().run).complete


@pytest.mark.parametrize("when", ["login", "running"])
def test_silence_ends_at_the_command_limit(when: str) -> None:
    class Silent(Device):
        login = "\nhello, r1 here" if when == "login" else "\nr1#"

        async def show(self, wire: Wire) -> None:
            wire.send(CONFIG[:40])
            await wire.process.stdin.read()

    with pytest.raises(SessionError, match=r"127\.0\.0\.1") as caught:
        read(Silent().run, limits=replace(PATIENT, command=0.3))

    assert caught.value.error == "command_timeout"


def test_a_device_that_never_comes_to_an_end_meets_the_hard_limit() -> None:
    class Endless(Device):
        async def show(self, wire: Wire) -> None:
            while True:
                wire.send("interface Loopback0\n")
                await asyncio.sleep(0.01)

    with pytest.raises(SessionError) as caught:
        read(Endless().run, limits=replace(PATIENT, device=0.7))

    assert caught.value.error == "device_timeout"


def test_an_answer_of_any_size_needs_bounded_memory() -> None:
    class Huge(Device):
        async def show(self, wire: Wire) -> None:
            for _ in range(10_000):
                wire.send(b"x" * 1023 + b"\n")
                await wire.process.stdout.drain()

    answer = running(Huge().run, limits=replace(PATIENT, size=100_000))

    assert not answer.complete
    assert len(answer.text) < 400_000


def test_bytes_that_are_no_text_do_no_harm() -> None:
    device = Device()
    device.config = ""

    class Binary(Device):
        async def show(self, wire: Wire) -> None:
            wire.send(b"hostname r1\r\ndescription caf\xe9 \x00\xff\xfe\xc3\xa9\r\nend\r\n")

    assert running(Binary().run).text == "hostname r1\ndescription caf\u00e9 \u00ff\u00fe\u00e9\nend"
    assert device.config == ""


def test_a_rejected_command_leads_to_the_next_one() -> None:
    class Old(Device):
        config = "/ip address\n"
        login = prompt = "\n[admin@r1] > "

        async def run(self, wire: Wire) -> None:
            commands.append(wire.process.command or "")
            if "show-sensitive" in commands[-1]:
                wire.send("expected end of command (line 1 column 9)\n")
            else:
                wire.send("# by RouterOS 6.49\n/system identity\nset name=r1\n")
            wire.process.exit(0)

    commands: list[str] = []
    answer = running(Old().run, platform="mikrotik_routeros")

    assert answer.text.endswith("set name=r1\n")
    assert answer.complete
    assert len(commands) > 1


@pytest.mark.parametrize("end", ["drop", "signal"])
def test_a_command_without_an_exit_status_is_not_whole(end: str) -> None:
    async def cut(wire: Wire) -> None:
        wire.send("# by RouterOS 7.16\n/system identity\nset name=r1\n")
        await wire.process.stdout.drain()
        if end == "drop":
            wire.hang_up()
        else:
            wire.process.exit_with_signal("KILL")

    assert not running(cut, platform="mikrotik_routeros").complete
