"""Whatever goes wrong on the wire is one clear error, and never shows the token."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils import nautobot_answer, nautobot_wire
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot_wire import (
    WAITS,
    ForbiddenError,
    NautobotError,
    RefusedError,
    Wire,
    checked_url,
)

from .nautobot_stub import Stub, stub_server

TOKEN = "7e57" * 10
QUERY = "{ devices { id } }"
MOST = 1_000_000
FINE = (200, {"data": {"devices": [{"id": "1"}]}})


def wire(stub: Stub, waited: list[float] | None = None, timeout: float = 60.0) -> Wire:
    return Wire(stub.url, TOKEN, timeout=timeout, sleep=(waited if waited is not None else []).append)


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        ((403, {"detail": "Invalid token"}), NautobotError, "does not accept the token"),
        ((401, {"detail": "Invalid token"}), NautobotError, "does not accept the token"),
        ((403, {"detail": "You do not have permission to perform this action."}), ForbiddenError, "does not permit"),
        ((400, {"errors": [{"message": "Unknown argument 'x'"}]}), RefusedError, "Unknown argument 'x'"),
        ((200, {"errors": [{"message": "no choice"}], "data": {"devices": None}}), RefusedError, "no choice"),
        ((200, {"data": {"devices": None}}), RefusedError, "without data"),
        ((200, {"data": None}), RefusedError, "without data"),
        ((200, "<html>log in</html>"), NautobotError, "not with JSON"),
        ((302, "", ("Location", "https://sso.example/")), NautobotError, "moved to https://sso.example/"),
        ((404, "nothing here"), NautobotError, "no Nautobot API"),
        ((200, ["a list"]), NautobotError, "not with JSON as Nautobot does"),
        ((200, "[" * 200_000), NautobotError, "not with JSON as Nautobot does"),
        ((403, {"detail": f"Invalid token {TOKEN}"}), NautobotError, r"Invalid token \*\*\*"),
        ((302, "", ("Location", f"/login?was={TOKEN}")), NautobotError, r"moved to /login\?was=\*\*\*"),
        ((400, {"detail": "\x1b[2J"}), RefusedError, r"\\x1b\[2J"),
        ((200, gzip.compress(bytes(MOST)), ("Content-Encoding", "gzip")), NautobotError, "without an end"),
        ((500, "oops"), NautobotError, "HTTP 500"),
        ((502, "bad gateway"), NautobotError, "HTTP 502"),
    ],
)
def test_faults(answer: Any, kind: type[NetcellarError], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nautobot_answer, "MOST_BYTES", MOST - 1)
    with stub_server(answer) as stub, pytest.raises(kind, match=says) as caught:
        wire(stub).graphql(QUERY)
    assert TOKEN not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("fault", [(502, ""), (503, ""), (504, ""), (429, ""), "drop"])
def test_a_passing_fault_is_tried_again(fault: Any) -> None:
    waited: list[float] = []
    with stub_server(fault, fault, FINE) as stub:
        assert wire(stub, waited).graphql(QUERY) == {"devices": [{"id": "1"}]}
    assert waited == list(WAITS[:2])


def test_it_gives_up_after_all_waits() -> None:
    waited: list[float] = []
    with stub_server("drop") as stub, pytest.raises(NautobotError, match="cannot be reached"):
        wire(stub, waited).graphql(QUERY)
    assert waited == list(WAITS)
    assert len(stub.asked) == len(WAITS) + 1


def test_a_lasting_fault_is_not_tried_again() -> None:
    with stub_server((403, {"detail": "Invalid token"})) as stub, pytest.raises(NautobotError):
        wire(stub).graphql(QUERY)
    assert len(stub.asked) == 1


def test_silence_ends_in_time() -> None:
    with stub_server("hang") as stub, pytest.raises(NautobotError, match=r"did not answer within 0\.2 s"):
        wire(stub, timeout=0.2).graphql(QUERY)


def test_an_answer_that_never_ends_is_left() -> None:
    with stub_server("drip") as stub, pytest.raises(NautobotError, match="an answer without an end"):
        wire(stub, timeout=0.2).graphql(QUERY)
    assert len(stub.asked) == 1


def test_a_list_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nautobot_wire, "MOST_ROWS", 5)
    with stub_server((200, {"next": "more", "results": [1, 2]})) as stub:
        with pytest.raises(NautobotError, match="lists tags without an end"):
            wire(stub).results("extras/tags/", "tags")
        assert len(stub.asked) == 3
    with stub_server((200, {"rows": []})) as stub, pytest.raises(NautobotError, match="not with JSON as Nautobot"):
        wire(stub).results("extras/tags/", "tags")


def test_a_server_that_proves_nothing_gets_no_token(tmp_path: Path) -> None:
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run(["openssl", "req", "-x509", *kind, *names, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with stub_server(FINE, tls=context) as stub:
        with pytest.raises(NautobotError, match=r"certificate .* is not trusted"):
            wire(stub).graphql(QUERY)
        assert stub.asked == []
        trusting = Wire(stub.url, TOKEN, verify=str(tmp_path / "cert.pem"))
        assert trusting.graphql(QUERY) == {"devices": [{"id": "1"}]}


def test_the_token_goes_to_no_other_server() -> None:
    with stub_server(FINE) as other, stub_server((302, "", ("Location", f"{other.url}/api/graphql/"))) as stub:
        with pytest.raises(NautobotError, match="moved to"):
            wire(stub).graphql(QUERY)
        assert (len(stub.asked), other.asked) == (1, [])


def test_nobody_there() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(NautobotError, match="cannot be reached"):
            Wire(f"http://127.0.0.1:{closed.getsockname()[1]}", TOKEN, sleep=lambda _: None).graphql(QUERY)


def test_values_travel_as_variables() -> None:
    with stub_server(FINE) as stub:
        wire(stub).graphql("query ($v: [String]) { devices(role: $v) { id } }", {"v": ['"}) { evil']})
    assert stub.asked[0]["body"]["variables"] == {"v": ['"}) { evil']}
    assert "evil" not in stub.asked[0]["body"]["query"]


def test_the_token_wins_over_netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with stub_server(FINE) as stub:
        wire(stub).graphql(QUERY)
    assert stub.asked[0]["authorization"] == f"Token {TOKEN}"


def test_a_list_is_read_to_its_end() -> None:
    pages = [
        (200, {"count": 3, "next": "more", "results": [{"id": 1}, {"id": 2}]}),
        (200, {"count": 3, "next": None, "results": [{"id": 3}]}),
    ]
    with stub_server(*pages) as stub:
        assert [row["id"] for row in wire(stub).results("extras/tags/", "tags")] == [1, 2, 3]
    assert "offset=2" in stub.asked[1]["path"]


def test_no_permission_says_for_what() -> None:
    refused = (403, {"detail": "You do not have permission to perform this action."})
    with stub_server(refused) as stub, pytest.raises(ForbiddenError, match="no permission to view racks"):
        wire(stub).prove("dcim/racks/", "racks")


@pytest.mark.parametrize("url", ["", "nautobot", "ftp://x", "http://", "https://me:pw@nautobot"])
def test_an_address_that_cannot_be_one(url: str) -> None:
    with pytest.raises(NetcellarError, match="address of Nautobot") as caught:
        Wire(url, TOKEN)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://n.example", "https://n.example/", " https://n.example/api/ "])
def test_the_address_in_one_form(url: str) -> None:
    assert Wire(url, TOKEN).url == "https://n.example"


@pytest.mark.parametrize("token", ["", " ", "secret\nX-Header: y", "two words", "schlüssel"])
def test_a_token_that_cannot_be_one(token: str) -> None:
    with pytest.raises(NetcellarError, match="no usable Nautobot token") as caught:
        Wire("http://n.example", token)
    assert not token.strip() or token not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "address of Nautobot is set. Set NAUTOBOT_URL"),
        ("nautobot.example.com", "is set: 'nautobot.example.com'. Set NAUTOBOT_URL"),
        ("http://[nautobot", "is set: 'http://[nautobot' (Invalid IPv6 URL)"),
        ("ftp://nautobot/?token=abcdef", "is set: 'ftp://nautobot/'."),
        ("//me:abcdef@nautobot", "is set. Set"),
        ("http://me:abcdef@nautobot", "has a user or password in it"),
    ],
)
def test_an_address_that_cannot_be_used_is_shown_without_a_secret(url: str, says: str) -> None:
    with pytest.raises(NetcellarError) as caught:
        checked_url(url)
    assert says in str(caught.value)
    assert "abcdef" not in str(caught.value)
