"""Made-up configurations of the six platforms of the laboratory.

Texts have ``\\n`` line ends and hold no volatile line; those are added at every read by ``dialects``. Every secret of a
configuration can be told beforehand (``secrets_of``), so a test can look for it where it must not be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator


def secrets_of(name: str) -> dict[str, str]:
    """The secrets that the configuration of the device ``name`` holds, by their kind."""
    seed = hashlib.sha256(name.encode()).hexdigest()
    return {
        "community": f"Comm{seed[:8]}",
        "password": f"0822455D{seed[8:20].upper()}",
        "hash": f"$1$mERr${seed[20:42]}",
        "sha512": f"$6$salt{seed[:8]}${(seed * 2)[:86]}",
        "key": f"Key{seed[30:44]}",
    }


def config_of(platform: str, name: str, size: int = 4000) -> str:
    """A configuration of about ``size`` bytes that names the device ``name``."""
    return _TEXTS[platform](name, size)


def _blocks(block: Callable[[int], str], size: int) -> str:
    return "".join(_until(block, size))


def _until(block: Callable[[int], str], size: int) -> Iterator[str]:
    number, length = 0, 0
    while not number or length < size:
        text = block(number)
        yield text
        number, length = number + 1, length + len(text)


def _address(number: int) -> str:
    return f"10.{number // 250 % 250}.{number % 250}"


def _cisco_ios_head(name: str) -> str:
    secret = secrets_of(name)
    return f"""\
!
version 17.3
service timestamps debug datetime msec
service password-encryption
!
hostname {name}
!
boot-start-marker
boot-end-marker
!
enable secret 5 {secret["hash"]}
!
aaa new-model
!
username backup privilege 15 secret 5 {secret["hash"]}
!
banner motd ^C
 Property of Example Networks.
{name}# is not a prompt, and the next word is not the
end
^C
!
"""


def _cisco_ios(name: str, size: int) -> str:
    secret, head = secrets_of(name), _cisco_ios_head(name)
    tail = f"""\
router bgp 65001
 bgp log-neighbor-changes
 neighbor 192.0.2.1 remote-as 65002
 neighbor 192.0.2.1 password 7 {secret["password"]}
!
snmp-server community {secret["community"]} RO
tacacs-server key {secret["key"]}
!
line con 0
line vty 0 4
 password 7 {secret["password"]}
 transport input ssh
!
end
"""

    def block(number: int) -> str:
        return (
            f"interface GigabitEthernet0/{number}\n description uplink {number} of {name}\n"
            f" ip address {_address(number)}.1 255.255.255.0\n negotiation auto\n!\n"
        )

    return head + _blocks(block, size - len(head) - len(tail)) + tail


def _cisco_nxos(name: str, size: int) -> str:
    secret = secrets_of(name)
    head = f"""\
version 10.3(4a) Bios:version
hostname {name}
vdc {name} id 1
  limit-resource vlan minimum 16 maximum 4094

feature bgp
feature interface-vlan

no password strength-check
username admin password 5 {secret["hash"]}  role network-admin
snmp-server community {secret["community"]} group network-operator
vlan 1

"""
    tail = f"""\
line console
line vty
router bgp 65010
  neighbor 192.0.2.9
    remote-as 65011
    password 3 {secret["password"].lower()}

"""

    def block(number: int) -> str:
        return (
            f"interface Ethernet1/{number}\n  description server {number}\n  no switchport\n"
            f"  ip address {_address(number)}.1/24\n  no shutdown\n\n"
        )

    return head + _blocks(block, size - len(head) - len(tail)) + tail


def _arista_eos(name: str, size: int) -> str:
    secret = secrets_of(name)
    head = f"""\
!
transceiver qsfp default-mode 4x10G
!
service routing protocols model multi-agent
!
hostname {name}
!
spanning-tree mode mstp
!
enable secret sha512 {secret["sha512"]}
username backup privilege 15 role network-admin secret sha512 {secret["sha512"]}
!
snmp-server community {secret["community"]} ro
!
"""
    tail = f"""\
ip routing
!
router bgp 65020
   neighbor 192.0.2.5 remote-as 65021
   neighbor 192.0.2.5 password 7 {secret["password"]}
!
end
"""

    def block(number: int) -> str:
        return (
            f"interface Ethernet{number}\n   description leaf {number}\n   no switchport\n"
            f"   ip address {_address(number)}.1/24\n!\n"
        )

    return head + _blocks(block, size - len(head) - len(tail)) + tail


def _juniper_junos(name: str, size: int) -> str:
    secret = secrets_of(name)
    head = f"""\
version 21.4R3.15;
system {{
    host-name {name};
    root-authentication {{
        encrypted-password "{secret["sha512"]}"; ## SECRET-DATA
    }}
    services {{
        ssh;
    }}
}}
snmp {{
    community {secret["community"]} {{
        authorization read-only;
    }}
}}
interfaces {{
"""
    tail = f"""\
}}
protocols {{
    bgp {{
        group upstream {{
            authentication-key "$9${secret["key"]}"; ## SECRET-DATA
            neighbor 192.0.2.13;
        }}
    }}
}}
"""

    def block(number: int) -> str:
        return (
            f"    ge-0/0/{number} {{\n        unit 0 {{\n            family inet {{\n"
            f"                address {_address(number)}.1/24;\n            }}\n        }}\n    }}\n"
        )

    return head + _blocks(block, size - len(head) - len(tail)) + tail


def _frr(name: str, size: int) -> str:
    secret = secrets_of(name)
    head = f"""\
frr version 8.4.4
frr defaults traditional
hostname {name}
log syslog informational
no ipv6 forwarding
service integrated-vtysh-config
!
password {secret["key"]}
enable password {secret["key"]}
!
"""
    tail = f"""\
router bgp 65030
 neighbor 192.0.2.21 remote-as 65031
 neighbor 192.0.2.21 password {secret["key"]}
exit
!
end
"""

    def block(number: int) -> str:
        return f"interface eth{number}\n description rack {number}\n ip address {_address(number)}.1/24\nexit\n!\n"

    return head + _blocks(block, size - len(head) - len(tail)) + tail


def _mikrotik_routeros(name: str, size: int) -> str:
    secret = secrets_of(name)
    head = """\
/interface bridge
add admin-mac=48:A9:8A:00:00:01 auto-mac=no comment=defconf name=bridge
/ip address
"""
    tail = f"""\
/ip firewall filter
add action=accept chain=input comment="accept established, related and untracked connections \\
    of every kind" connection-state=established,related,untracked
/snmp community
set [ find default=yes ] name={secret["community"]}
/ppp secret
add name=branch password={secret["key"]} profile=default-encryption
/system identity
set name={name}
"""

    def block(number: int) -> str:
        return f'add address={_address(number)}.1/24 comment="room {number}" interface=bridge\n'

    return head + _blocks(block, size - len(head) - len(tail)) + tail


_TEXTS: dict[str, Callable[[str, int], str]] = {
    "cisco_ios": _cisco_ios,
    "cisco_nxos": _cisco_nxos,
    "arista_eos": _arista_eos,
    "juniper_junos": _juniper_junos,
    "frr": _frr,
    "mikrotik_routeros": _mikrotik_routeros,
}
PLATFORMS: tuple[str, ...] = tuple(_TEXTS)
