# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Opens an SSH connection, and tells by which error class it failed."""

from __future__ import annotations

import asyncio
import errno
import socket
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..module_utils.errors import NetcellarError
from .dialogue import SessionError
from .hostkeys import HostKeys, fingerprint

try:
    import asyncssh
except ImportError:
    asyncssh = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from asyncssh import SSHClientConnection, SSHKey


@dataclass(frozen=True, slots=True)
class Credential:
    """A way to log in. Only its ``name`` may be told; the rest stays out of every representation."""

    name: str
    user: str = field(repr=False)
    password: str | None = field(default=None, repr=False)
    private_key_file: str | None = field(default=None, repr=False)
    become_password: str | None = field(default=None, repr=False)


def require_asyncssh() -> None:
    """Raises NetcellarError where the library that talks to the devices is not installed; keeps it quiet else."""
    if asyncssh is None:
        raise NetcellarError(
            "the Python package asyncssh is missing", remedy="Install it with: pip install -r requirements.txt"
        )
    # Ansible's log file would otherwise get several lines for every session.
    asyncssh.set_log_level("ERROR")


def place(address: str, port: int) -> str:
    """An address and its port as messages name them."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


async def connect(
    address: str, port: int, credential: Credential, host_keys: HostKeys, seconds: float
) -> SSHClientConnection:
    """Log in within ``seconds``. Raises SessionError.

    Nothing of the user's own SSH set-up is used: no configuration file, no agent, no key but the one that is given.
    """
    where = place(address, port)
    try:
        client = _client_class()(host_keys)
        options = _options(credential, host_keys, client)
        async with asyncio.timeout(seconds):
            connection = await asyncssh.connect(address, port, **options)
    except TimeoutError:
        raise SessionError("connect_timeout", f"{where} did not complete the login within {seconds:g} s") from None
    except asyncssh.HostKeyNotVerifiable:
        raise SessionError("host_key", _host_key_message(where, host_keys, address, port, client.shown)) from None
    except asyncssh.PermissionDenied:
        raise SessionError("auth", f"{where} refused the credential {credential.name!r}") from None
    except (asyncssh.Error, OSError, UnicodeError) as error:
        raise network_fault(where, error, known=host_keys.has(address, port)) from None
    key = connection.get_server_host_key()
    if key is not None and host_keys.may_learn(address, port):
        host_keys.learn(address, port, key)
    return connection


def _options(credential: Credential, host_keys: HostKeys, client: Any) -> dict[str, Any]:
    """asyncssh gives a password once only: no second try over another method that would help to lock an account."""
    return {
        "client_factory": lambda: client,
        "config": None,
        "username": credential.user,
        "password": credential.password,
        "client_keys": [_key(credential)] if credential.private_key_file else None,
        "known_hosts": host_keys.known,
        "agent_path": None,
        "host_based_auth": False,
        "gss_auth": False,
        "gss_kex": False,
        "connect_timeout": None,
        "login_timeout": 0,
        "encryption_algs": _ciphers(),
    }


@cache
def _ciphers() -> list[str]:
    """What asyncssh allows, the ciphers that the processor has commands for first: a third of a session's price."""
    usual = [name.decode() for name in asyncssh.encryption.get_default_encryption_algs()]
    return sorted(usual, key=lambda name: "gcm" not in name)


@cache
def _client_class() -> Any:
    """Made when it is first needed: the import of asyncssh may be missing."""

    class Client(asyncssh.SSHClient):
        def __init__(self, host_keys: HostKeys) -> None:
            self._host_keys = host_keys
            self.shown: SSHKey | None = None

        def validate_host_public_key(self, host: str, addr: str, port: int, key: Any) -> bool:
            del addr
            self.shown = key
            return self._host_keys.may_learn(host, port)

    return Client


def _key(credential: Credential) -> Any:
    path = Path(str(credential.private_key_file)).expanduser()
    try:
        return asyncssh.read_private_key(path)
    except OSError as error:
        reason = error.strerror
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        reason = "it is no private key, or is locked with a passphrase"
    message = f"the key file {path} of the credential {credential.name!r} cannot be used: {reason}"
    raise SessionError("no_credential", message)


def _host_key_message(where: str, host_keys: HostKeys, address: str, port: int, shown: SSHKey | None) -> str:
    if shown is None:
        return f"{where} shows a host key that is revoked"
    known = " or ".join(host_keys.fingerprints(address, port))
    if known:
        return f"{where} shows another host key ({fingerprint(shown)}) than the one that is known ({known})"
    return f"{where} has a host key ({fingerprint(shown)}) that is not in {host_keys.managed}"


def _no_common_algorithm(where: str, known: bool, error: Exception) -> SessionError:
    # Only the kinds of key that are known are asked for.
    if known and "host key" in str(error):
        return SessionError("host_key", f"{where} shows a host key of another kind than the one that is known")
    return SessionError("refused", f"{where} and Netcellar have no SSH algorithm in common")


def network_fault(where: str, error: Exception, *, known: bool = False) -> SessionError:
    """The error of a session for one of asyncssh or of the operating system; ``known``: a host key is."""
    if isinstance(error, OSError | UnicodeError):
        return _system_fault(where, error)
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return _no_common_algorithm(where, known, error)
    if isinstance(error, asyncssh.ProtocolNotSupported | asyncssh.ProtocolError):
        return SessionError("refused", f"{where} does not speak SSH as it should")
    if isinstance(error, asyncssh.ChannelOpenError):
        return SessionError("refused", f"{where} gives this account no session")
    return SessionError("unreachable", f"{where} closed the connection")


def _system_fault(where: str, error: OSError | UnicodeError) -> SessionError:
    if isinstance(error, UnicodeError | socket.gaierror):
        return SessionError("unreachable", f"{where} has no address: its name cannot be resolved")
    # Several addresses of one name fail as one error without a number.
    refused = f"[Errno {errno.ECONNREFUSED}]"
    if error.errno == errno.ECONNREFUSED or (error.errno is None and refused in str(error)):
        return SessionError("refused", f"{where} refused the connection")
    if error.errno == errno.ETIMEDOUT:
        return SessionError("connect_timeout", f"{where} did not answer")
    return SessionError("unreachable", f"{where} cannot be reached: {error.strerror or 'no route'}")
