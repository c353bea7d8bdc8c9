"""Masking takes secrets and nothing else; the platforms' own forms are in tests/platforms."""

from __future__ import annotations

import re

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.clean import same_as
from ansible_collections.netcellar.backup.plugins.module_utils.mask import MARKER, keyed, mask
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for
from hypothesis import given
from hypothesis import strategies as st

IOS = platform_for("cisco_ios")


def test_secrets_are_counted_and_the_token_is_the_callers() -> None:
    text = "enable secret 5 one\nsnmp-server user u g auth md5 two priv aes 128 three\nhostname r1\n"
    seen: list[str] = []

    def token(secret: str) -> str:
        seen.append(secret)
        return f"[{len(secret)}]"

    masked = mask(IOS, text, token)
    assert masked.text == "enable secret 5 [3]\nsnmp-server user u g auth md5 [3] priv aes 128 [5]\nhostname r1\n"
    assert (seen, masked.count) == (["one", "two", "three"], 3)


def test_a_secret_is_taken_once_though_two_rules_see_it() -> None:
    masked = mask(IOS, "tacacs server T\n key 12345\n!\n", lambda secret: f"<{secret[::-1]}>")
    assert masked == type(masked)("tacacs server T\n key <54321>\n!\n", 1)


@pytest.mark.parametrize(
    "line",
    [
        "service password-encryption",
        "no service password-encryption",
        "password encryption aes",
        "security passwords min-length 10",
        "key chain OSPF",
        " key 1",
        "aaa new-model",
        "ip authentication key-chain eigrp 1 K",
        " authentication pre-share",
        " authentication key-management wpa version 2",
        "mka pre-shared-key key-chain K",
        "crypto key pubkey-chain rsa",
        "  key-string",
        "standby 1 authentication md5 key-chain K",
        "ntp server 192.0.2.1 key 1",
        "ip ospf authentication message-digest",
        "snmp-server enable traps snmp authentication",
        "snmp-server group G v3 auth read V",
        "enable algorithm-type scrypt",
        "aaa authentication password-prompt Word:",
        "ip ssh pubkey-chain",
        "interface Tunnel1",
    ],
)
def test_lines_about_secrets_that_hold_none_stay(line: str) -> None:
    assert mask(IOS, f"!\n{line}\n!\n").text == f"!\n{line}\n!\n"


def test_private_keys_go_and_certificates_stay() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\ndef==\n-----END RSA PRIVATE KEY-----\n"
    certificate = "-----BEGIN CERTIFICATE-----\nMIIDabc\n-----END CERTIFICATE-----\n"
    assert mask(IOS, key + certificate).text == (
        f"-----BEGIN RSA PRIVATE KEY-----\n{MARKER}\n-----END RSA PRIVATE KEY-----\n{certificate}"
    )


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"], exclude_characters='"'), min_size=1
    )
)
def test_any_word_is_taken_whole(secret: str) -> None:
    masked = mask(IOS, f"!\nenable secret 5 {secret}\nhostname r1\n")
    assert masked.text == f"!\nenable secret 5 {MARKER}\nhostname r1\n"


@given(st.text())
def test_lines_are_neither_lost_nor_made(text: str) -> None:
    assert mask(IOS, text).text.count("\n") == text.count("\n")


def test_a_token_tells_a_changed_secret_and_nothing_else() -> None:
    def masked(secret: str, key: str = "k" * 16) -> str:
        return mask(IOS, f"enable secret 5 {secret}\nhostname r1\n", keyed(key)).text

    assert re.fullmatch(r"enable secret 5 <masked:[0-9a-f]{8}>\nhostname r1\n", masked("one"))
    assert masked("one") == masked("one")
    assert masked("one") != masked("two")
    assert masked("one") != masked("one", "another key of the user")
    assert mask(IOS, masked("one"), keyed("k" * 16)).text == masked("one")


def test_what_a_device_encrypts_anew_each_time_makes_no_difference() -> None:
    fortios = platform_for("fortinet_fortios")
    block = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nSALT\n-----END ENCRYPTED PRIVATE KEY-----"
    text = f'    set password ENC SALT==\n    set private-key "{block}"\n'
    one, other = text.replace("SALT", "SH2abcdefgh"), text.replace("SALT", "SH2zyxwvuts")
    assert mask(fortios, one, keyed("k" * 16)).text == mask(fortios, other, keyed("k" * 16)).text
    assert "SH2" not in mask(fortios, one, keyed("k" * 16)).text
    assert same_as(fortios, one) == same_as(fortios, other)
    assert same_as(fortios, one) != same_as(fortios, one.replace("password", "passwd"))
