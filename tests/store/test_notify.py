"""Who is told of which runs, on both databases; over a real SMTP server and a real HTTP endpoint."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from netcellar.channels import send
from netcellar.demo.nautobot_server import held_ports
from netcellar.models import NoticeRow
from netcellar.notice_text import Message
from netcellar.notify import FIRST_WAIT, MOST_TRIES, Teller
from netcellar.project import load_project
from netcellar.project_types import Project
from netcellar.store import Store
from sqlalchemy import select

from tests.waiting import HANG_SECONDS

from .kit import add, run, stored

AT = datetime(2026, 11, 21, 2, 30)
SECRET = "tok3n-of-the-channel"
PROJECT = """\
version: 1
repositories:
  r: {path: cellar.git}
jobs:
  nightly: {inventory: i}
notify:
  channels:
    chat: {url: {env: CHAT}}
    mail: {url: {env: MAIL}}
  rules:
    RULES
"""
CHAT, MAIL = f"json://127.0.0.1/{SECRET}", "mailto://127.0.0.1"


class Sent:
    """A way to send that keeps what it was given; ``broken`` names the channels that fail."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, Message]] = []
        self.broken: set[str] = set()

    def __call__(self, url: str, message: Message, _environment: Mapping[str, str]) -> str:
        if url in self.broken:
            return "no answer"
        self.messages.append((url, message))
        return ""


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], Project]:
    """A project with these rules."""
    (tmp_path / "inventories").mkdir()
    inventory = "plugin: netcellar.backup.devices\ndevices: ../d.yml\nmatch: {all: true}\n"
    (tmp_path / "inventories" / "i.yml").write_text(inventory)

    def made(rules: str) -> Project:
        (tmp_path / "netcellar.yml").write_text(PROJECT.replace("RULES", rules))
        return load_project(tmp_path / "netcellar.yml")

    return made


def ended(store: Store, name: str, at: datetime, *devices: str, **values: Any) -> None:
    """A run that ended, in which these devices failed."""
    status = "partial" if devices else "success"
    add(store, run(name, started=at - timedelta(minutes=5)))
    records = [stored(name, device, outcome="failed", error="auth", commit=None) for device in devices]
    store.finish(
        name, [*records, stored(name, "good")], **({"status": status, "finished": at, "message": "m"} | values)
    )


def rows(store: Store) -> dict[tuple[str, str], NoticeRow]:
    with store.reading() as session:
        return {(row.rule, row.run_id): row for row in session.scalars(select(NoticeRow))}


def teller(project: Project, store: Store, sent: Sent, warned: list[str] | None = None) -> Teller:
    told = [] if warned is None else warned
    return Teller(project, store, {"CHAT": CHAT, "MAIL": MAIL}, told.append, sent)


def test_five_hundred_failures_are_one_message_and_told_once(store: Store, project: Callable[[str], Project]) -> None:
    sent, made = Sent(), project("ops: {channels: [chat], severity: warning}")
    ended(store, "r1", AT, *(f"d{number}" for number in range(500)))
    teller(made, store, sent).tell(AT)
    teller(made, store, sent).tell(AT + timedelta(minutes=1))
    ((url, message),) = sent.messages
    assert url == CHAT
    assert "500 devices not backed up" in message.title
    assert len(message.body.splitlines()) < 10


def test_the_same_news_is_held_back_and_counted(store: Store, project: Callable[[str], Project]) -> None:
    sent, made = Sent(), project("ops: {channels: [chat], severity: warning, cooldown: 4h}")
    for hour in range(6):
        at = AT + timedelta(hours=hour)
        ended(store, f"r{hour}", at, "d1")
        teller(made, store, sent).tell(at)
    assert len(sent.messages) == 2
    assert "held back 3 times" in sent.messages[1][1].body
    ended(store, "r6", at, "d1", "d2")
    teller(made, store, sent).tell(at)
    assert len(sent.messages) == 3
    ended(store, "r7", at)
    teller(made, store, sent).tell(at)
    assert len(sent.messages) == 3


def test_news_of_a_clock_that_was_set_back_holds_nothing_back(store: Store, project: Callable[[str], Project]) -> None:
    sent, made = Sent(), project("ops: {channels: [chat]}")
    for name, at in (("r1", AT + timedelta(days=3650)), ("r2", AT)):
        ended(store, name, at, "d1")
        teller(made, store, sent).tell(at)
    assert len(sent.messages) == 2


def test_a_digest_gathers(store: Store, project: Callable[[str], Project]) -> None:
    sent, made = Sent(), project("ops: {channels: [chat], digest: 1h}")
    for minute in (0, 20, 40):
        ended(store, f"r{minute}", AT + timedelta(minutes=minute), f"d{minute}")
        teller(made, store, sent).tell(AT + timedelta(minutes=minute))
    assert sent.messages == []
    teller(made, store, sent).tell(AT + timedelta(minutes=60))
    ((_url, message),) = sent.messages
    assert message.title.startswith("[warning] 3 runs")


def test_a_channel_that_fails_is_tried_again_alone(store: Store, project: Callable[[str], Project]) -> None:
    sent, made, warned = Sent(), project("ops: {channels: [mail, chat]}"), list[str]()
    sent.broken = {MAIL}
    ended(store, "r1", AT, "d1")
    teller(made, store, sent, warned).tell(AT)
    assert [url for url, _message in sent.messages] == [CHAT]
    assert warned == ["notice `ops`: channel mail: no answer; it is tried again"]
    teller(made, store, sent).tell(AT + FIRST_WAIT / 2)
    sent.broken = set()
    teller(made, store, sent).tell(AT + FIRST_WAIT)
    assert [url for url, _message in sent.messages] == [CHAT, MAIL]
    assert rows(store)["ops", "r1"].state == "sent"


def test_a_channel_that_always_fails_is_given_up(store: Store, project: Callable[[str], Project]) -> None:
    sent, made, at = Sent(), project("ops: {channels: [mail]}"), AT
    sent.broken = {MAIL}
    ended(store, "r1", AT, "d1")
    for _ in range(MOST_TRIES + 2):
        teller(made, store, sent).tell(at)
        at = max(at, rows(store)["ops", "r1"].due)
    row = rows(store)["ops", "r1"]
    assert (row.state, row.tries, row.reason) == ("failed", MOST_TRIES, "mail: no answer")


def test_who_died_while_sending_is_followed_by_another(store: Store, project: Callable[[str], Project]) -> None:
    made = project("ops: {channels: [chat]}")
    ended(store, "r1", AT, "d1")

    def killed(*_words: object) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Teller(made, store, {"CHAT": CHAT}, [].append, killed).tell(AT)
    sent = Sent()
    teller(made, store, sent).tell(AT + timedelta(minutes=1))
    assert sent.messages == []
    teller(made, store, sent).tell(AT + timedelta(minutes=6))
    assert len(sent.messages) == 1


def test_old_runs_and_looks_are_no_news(store: Store, project: Callable[[str], Project]) -> None:
    sent, made = Sent(), project("ops: {channels: [chat]}")
    ended(store, "r1", AT - timedelta(hours=2), "d1")
    add(store, run("r2", started=AT, check=True))
    store.finish("r2", [], status="failed", finished=AT)
    add(store, run("r3", started=AT))
    teller(made, store, sent).tell(AT)
    assert (sent.messages, rows(store)) == ([], {})


def test_a_missed_target_is_told_and_so_is_one_that_nobody_knows(
    store: Store, project: Callable[[str], Project], tmp_path: Path
) -> None:
    sent, made = Sent(), project("ops: {channels: [chat], coverage: true}")
    (tmp_path / "d.yml").write_text("devices: [{name: d1, platform: cisco_ios, address: 192.0.2.1}]\n")
    ended(store, "r1", AT)
    teller(made, store, sent).tell(AT)
    (tmp_path / "d.yml").write_text("devices: [{nam: d1}]\n")
    ended(store, "r2", AT, "d9")
    warned: list[str] = []
    teller(made, store, sent, warned).tell(AT)
    assert ["target of i missed" in message.body for _url, message in sent.messages] == [True, True]
    assert any("the coverage is not known" in line for line in warned)


MESSAGE = Message("[critical] nightly: failed", "auth: core-1\n", "critical")


def test_a_real_endpoint_gets_the_message(endpoint: Any) -> None:
    assert send(f"json://127.0.0.1:{endpoint.server_port}/{SECRET}", MESSAGE, os.environ) == ""
    ((path, body),) = endpoint.bodies
    assert path == f"/{SECRET}"
    assert (body["title"], body["message"].strip(), body["type"]) == (MESSAGE.title, "auth: core-1", "failure")


def test_a_real_endpoint_that_refuses_is_told_without_its_address(endpoint: Any) -> None:
    endpoint.answer = 403
    fault = send(f"json://joe:{SECRET}@127.0.0.1:{endpoint.server_port}/{SECRET}", MESSAGE, os.environ)
    assert "403" in fault
    assert SECRET not in fault


def test_a_channel_that_hangs_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        fault = send(f"json://127.0.0.1:{silent.getsockname()[1]}/{SECRET}", MESSAGE, os.environ, seconds=2.0)
    assert fault == "no answer within 2 s"


def test_an_address_that_is_none() -> None:
    assert send(f"nosuch://{SECRET}", MESSAGE, os.environ) == "its address is none that Apprise knows"


class _Mailbox:
    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 (its own name)
        self.mails.append(envelope.content)
        return "250 OK"


def test_a_real_mail_server_gets_the_message() -> None:
    [held] = held_ports(1)
    port = held.getsockname()[1]
    mailbox = _Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=HANG_SECONDS)
    controller.start()
    try:
        url = f"mailto://127.0.0.1:{port}?from=netcellar@example.com&to=oncall@example.com&mode=insecure"
        assert send(url, MESSAGE, os.environ) == ""
    finally:
        controller.stop()
        held.close()
    mail = message_from_bytes(mailbox.mails[0])
    assert mail["Subject"] == MESSAGE.title
    assert "oncall@example.com" in mail["To"]
    assert "auth: core-1" in mail.as_string()


def test_an_address_is_in_no_command_line_or_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[list[str], dict[str, str]]] = []

    def spied(command: list[str], *, env: dict[str, str], **_words: Any) -> Any:
        seen.append((command, env))
        raise FileNotFoundError(2, "gone")

    monkeypatch.setattr("netcellar.channels.subprocess.run", spied)
    assert send(CHAT, MESSAGE, {"CHAT": CHAT, "PATH": "/bin"}) == "it cannot be sent: gone"
    assert SECRET not in str(seen)
