"""The leak gate finds what masking left, and tells it without its value."""

from __future__ import annotations

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.completeness import Fault
from ansible_collections.netcellar.backup.plugins.module_utils.leak import Credentials, Leak, leak, random_looking
from ansible_collections.netcellar.backup.plugins.module_utils.masking import LeakError, Masking
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for

NOBODY = Credentials()
HASH = "mERr$hx5rVt7rPNoS4wqbXKX7m0"
BASE64 = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (f"username u secret 5 $1${HASH}", "crypt-hash"),
        (f"set x encrypted-password $6${HASH}", "crypt-hash"),
        (f"enable secret 9 $9${HASH}", "crypt-hash"),
        (f"enable secret 8 $8${HASH}", "crypt-hash"),
        (f"hash: $2y$10${HASH}", "crypt-hash"),
        ("username u password 7 094F471A1A0A", "type-7"),
        (" key 7 0822455D0A16", "type-7"),
        ("snmp-server community hush ro", "snmp-community"),
        ("snmp-agent community read hush acl 1", "snmp-community"),
        ('set snmp community "hush" authorization read-only', "snmp-community"),
        (f'set private-key "-----BEGIN ENCRYPTED PRIVATE KEY-----\n{BASE64}', "private-key"),
        ("set vpn psk Xk29fQ1mPz7rT4", "entropy"),
        ('admin password "Tr0ub4dor&3xyz"', "entropy"),
        ("secret = 9fA3kP0zQ2mX71", "entropy"),
    ],
)
def test_a_secret_that_masking_left_is_found(line: str, rule: str) -> None:
    assert leak(f"hostname r1\n!\n{line}\nend\n", NOBODY) == Leak(rule, 3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    [
        "username u secret 5 <masked:9f3a12bc>",
        "username u password 7 <masked>",
        "snmp-server community <masked:00000000> ro 10",
        "snmp-server community '<masked>' view all",
        "snmp delete community-index t0000000",
        "snmp community community-name <masked> source default",
        "policy-options community RT members target:672277L:36867",
        "service password-encryption",
        "aaa authentication login default group tacacs+ local",
        "ip ssh pubkey-chain",
        "key-string ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7",
        " password-policy minimum-length 12 history 5",
        "tacacs-server key 7 <masked:12345678>",
        "-----BEGIN RSA PRIVATE KEY-----\n<masked:12345678>\n-----END RSA PRIVATE KEY-----",
        f"-----BEGIN CERTIFICATE-----\n{BASE64}",
        "ntp authentication-key 1 md5 <masked:12345678> 7",
        "description secret route to 2001:db8:1234:5678::1/64",
    ],
)
def test_what_is_no_secret_passes(line: str) -> None:
    assert leak(f"{line}\n", NOBODY) is None


def test_a_credential_of_the_run_is_found_wherever_it_stands() -> None:
    assert leak("a\nurl ftp://u:kx81-Lantern@h/\n", Credentials(["kx81-Lantern"])) == Leak("credential", 2)
    many = Credentials([f"kx81-Lantern{number}" for number in range(500)])
    assert leak("a\nb\nalias x kx81-Lantern499\n", many) == Leak("credential", 3)


def test_a_credential_that_is_a_common_word_counts_only_where_a_secret_stands() -> None:
    weak = Credentials(["backup"])
    assert leak("description backup link\nusername backup\n", weak) is None
    assert leak("x\nftp password backup\n", weak) == Leak("credential", 2)


def test_no_credential_is_shown() -> None:
    credentials = Credentials(["kx81-Lantern"])
    assert "Lantern" not in repr(Masking(credentials))
    with pytest.raises(LeakError) as caught:
        Masking(credentials).masked(platform_for("cisco_ios"), "hostname r1\nalias x kx81-Lantern\n")
    assert str(caught.value) == "after masking, line 2 still holds a secret (rule credential)"
    assert caught.value.error == "leak"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("% Login of u with kx81-Lantern failed", "% Login of u with <masked> failed"),
        ("% Login of u with backup failed, no backups", "% Login of u with <masked> failed, no backups"),
        ("% Invalid input near: snmp-server community hush RO", "% Invalid input near: snmp-server community <masked>"),
        ("% Bad passwords for user u", "% Bad passwords <masked>"),
        ("% Bad secrets", "% Bad secrets"),
        ("username u password 7 094F471A1A0A", "username u password <masked>"),
        (115 * "x" + " kx81-Lantern", 115 * "x" + " <mas"),
    ],
)
def test_what_a_device_says_of_its_fault_is_told_without_secrets(said: str, shown: str) -> None:
    masking = Masking(Credentials(["kx81-Lantern", "kx81-Lan", "backup"]))
    told = masking.told(platform_for("cisco_ios"), Fault("command_rejected", "the backup failed with", said))
    assert told == f"the backup failed with {shown!r}"
    assert masking.told(platform_for("cisco_ios"), Fault("identity", "it is 'kx81-Lantern'")) == "it is '<masked>'"


@pytest.mark.parametrize(
    "word", ["GigabitEthernet0/0/1", "2001:db8::1234:5678", "flash:/config.text1", "AES256-SHA256"]
)
def test_names_and_addresses_do_not_look_random(word: str) -> None:
    assert not random_looking(word)
