"""What only some platforms need of the dialogue: each general mechanism of a platform file, on a real SSH server."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.platform import Part, Privilege, Way
from ansible_collections.netcellar.backup.plugins.plugin_utils.dialogue import SessionError
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for

from .scripted import CONFIG, Device, Wire, read, running

IOS = platform_for("cisco_ios")


class Enabling(Device):
    """A device that asks for a password, and takes only ``secret``."""

    prompt = "r1>"
    login = "\nr1>"
    secret = ""

    async def run(self, wire: Wire) -> None:
        self.typed = wire.typed
        wire.send(self.login)
        while True:
            command = await wire.line()
            self.echo(wire, command)
            if command == "enable":
                wire.send("Password: ")
                self.prompt = "r1#" if await wire.line() == self.secret else "% no\nr1>"
                wire.send("\n")
            elif command.startswith("show "):
                await self.show(wire)
            wire.send(self.prompt)
            self.prompt = self.prompt.removeprefix("% no\n")


@pytest.mark.parametrize(("otherwise", "secret"), [("empty", ""), ("login", "Pass-word1")])
def test_a_password_for_more_rights_may_be_empty_or_that_of_the_login(otherwise: str, secret: str) -> None:
    device = Enabling()
    device.secret = secret
    assert IOS.privilege
    platform = replace(IOS, privilege=replace(IOS.privilege, otherwise=otherwise))  # type: ignore[arg-type]

    assert running(device.run, platform=platform).text == CONFIG.rstrip("\n")


def test_no_password_is_tried_for_more_rights_where_a_platform_forbids_it() -> None:
    assert IOS.privilege
    device = Enabling()
    with pytest.raises(SessionError, match="none is set"):
        read(device.run, platform=replace(IOS, privilege=replace(IOS.privilege, otherwise="refuse")))
    assert device.typed == ["", "enable"]


def test_rights_that_are_optional_may_be_refused() -> None:
    device = Enabling()
    device.secret = "not-this-1"
    privilege = Privilege("enable", IOS.privilege.password if IOS.privilege else IOS.errors, "login", optional=True)

    heard = read(device.run, platform=replace(IOS, privilege=privilege)).transcripts["running"]

    assert heard.prompt == "r1>"
    assert heard.answers[-1].text == CONFIG.rstrip("\n")


def test_a_command_that_needs_another_mode_is_asked_there() -> None:
    class Configuring(Device):
        async def show(self, wire: Wire) -> None:
            wire.send(CONFIG if "configure terminal" in self.typed else "% Invalid input\n")

    device = Configuring()
    running_config = replace(IOS.artifacts["running"], ways={"show running-config": Way(enter=("configure terminal",))})
    platform = replace(IOS, artifacts={"running": running_config})

    assert running(device.run, platform=platform).text == CONFIG.rstrip("\n")
    assert device.typed.index("configure terminal") < device.typed.index("show running-config")


class Files(Device):
    """A device whose configuration is in files."""

    def __init__(self, other: str = "") -> None:
        super().__init__()
        self.files = {"show a": "one\n", "show b": other, "show c": "three\n"}

    async def show(self, wire: Wire) -> None:
        wire.send(self.files[self.typed[-1]])


def in_parts(*commands: str) -> object:
    parts = tuple(Part(f"## {command[-1]}", command) for command in commands)
    running_config = replace(
        IOS.artifacts["running"],
        commands=(commands[0],),
        ways={commands[0]: Way(parts=parts)},
        absent=platform_for("arista_eos").artifacts["startup"].absent,
    )
    return replace(IOS, artifacts={"running": running_config})


def test_parts_stand_below_their_titles() -> None:
    answer = running(Files().run, platform=in_parts("show a", "show c"))

    assert (answer.command, answer.complete) == ("show a", True)
    assert answer.text == "## a\none\n\n## c\nthree\n"


def test_a_part_that_a_device_has_not_is_left_out_and_one_that_is_refused_is_not() -> None:
    platform = in_parts("show a", "show b", "show c")

    assert "access denied" in running(Files("Unknown guests: access denied\n").run, platform=platform).text
    assert running(Files("% File not found\n").run, platform=platform).text == "## a\none\n\n## c\nthree\n"
    assert running(Files("% Permission denied\n").run, platform=platform).text == "% Permission denied"


def test_a_part_that_breaks_off_leaves_the_whole_incomplete() -> None:
    class Dropping(Files):
        async def show(self, wire: Wire) -> None:
            wire.send("one\n")
            if self.typed[-1] == "show c":
                wire.hang_up()

    assert not running(Dropping().run, platform=in_parts("show a", "show c")).complete


def test_a_rejected_command_that_stays_on_the_line_is_cleared() -> None:
    class Sticky(Device):
        prompt = "> "
        login = "\n> "

        async def run(self, wire: Wire) -> None:
            self.typed = wire.typed
            wire.send(self.login)
            while True:
                command = await wire.line()
                if command == "show running-config all":
                    wire.send(f"{command}\nSyntax error: Illegal parameter\n> {command}\x07")
                    assert await wire.line() == "\x15"
                    wire.send(b"\x1b[26D\x1b[J\r\n> ")
                    continue
                self.echo(wire, command)
                if command.startswith("show "):
                    wire.send(": Saved\nNGFW Version 7\nhostname f1\n: end\n")
                wire.send(self.prompt)

    device = Sticky()
    answer = running(device.run, platform="cisco_ftd")

    assert answer.command == "show running-config"
    assert answer.text == ": Saved\nNGFW Version 7\nhostname f1\n: end"


class Asking(Device):
    """A device that asks for user and password inside the session."""

    prompt = "(Cisco Controller) >"
    asks = 1

    async def run(self, wire: Wire) -> None:
        self.typed = wire.typed
        for __ in range(self.asks):
            wire.send("\nUser: ")
            wire.send(f"{await wire.line()}\n")
            wire.send("Password: ")
            await wire.line()
            wire.send("*********\n")
        self.login = f"\n{self.prompt}"
        await super().run(wire)


def test_a_second_login_inside_the_session_is_answered_once() -> None:
    device = Asking()
    assert running(device.run, platform="cisco_aireos").text == CONFIG.rstrip("\n")
    assert device.typed[:2] == ["somebody", "Pass-word1"]

    device = Asking()
    device.asks = 2
    with pytest.raises(SessionError) as caught:
        read(device.run, platform="cisco_aireos")
    assert caught.value.error == "auth"


def test_lines_end_as_the_platform_wants() -> None:
    device = Device()
    device.prompt, device.login = "tp#", "\n\rtp#"

    running(device.run, platform="tplink")

    assert {line[-1:] for line in device.typed} == {"\r"}


@pytest.mark.parametrize(
    "move", [b"\x1b[24;0H\x1bE", b"\x1b[1;0H\x1b[1M\x1b[24;1H\x1b[1L"], ids=["next line", "scroll"]
)
@pytest.mark.parametrize("piece", [0, 7, 1])
def test_a_terminal_that_is_painted_instead_of_written_is_understood(piece: int, move: bytes) -> None:
    down = move + b"\x1b[24;1H\x1b[2K\x1b[?25h\x1b[1;24r\x1b[24;1H"
    config = '; J9773A Configuration Editor\nhostname "sw-1"\nvlan 1\n   exit\n'

    class Painting(Device):
        async def run(self, wire: Wire) -> None:
            wire.send(b"Software revision 16\r\n\x1b[24;1HPress any key to continue", piece)
            await wire.key()
            wire.send(b"\x1b[2J\x1b[24;1HYour previous login was on a Monday\x1b[24;1H" + down, piece)
            while True:
                wire.send(b"sw-1# \x1b[24;1H\x1b[24;7H\x1b[24;1H\x1b[?25h\x1b[24;7H", piece)
                command = await wire.line()
                wire.send(b"\x1b[24;7H" + command.encode() + b"\x1b[24;7H" + down, piece)
                if command.startswith("show "):
                    wire.send(config.replace("\n", "\r\n").encode().replace(b"\r\n", down), piece)

    assert running(Painting().run, platform="hp_procurve").text == config.rstrip("\n")


def test_a_prompt_may_lose_its_mark_or_its_rights_on_the_way() -> None:
    class Changing(Device):
        prompt = login = "*A:r1# "

        async def show(self, wire: Wire) -> None:
            wire.send("# TiMOS-B\nexit all\n# Finished SAT JAN 10 2026 UTC\n")
            self.prompt = "A:r1# "

    platform = platform_for("nokia_sros")
    artifact = replace(platform.artifacts["running"], commands=("show it",))
    heard = read(Changing().run, platform=replace(platform, artifacts={"running": artifact})).transcripts["running"]

    assert heard.prompt == "*A:r1#"
    assert heard.answers[-1].text.endswith("2026 UTC")
