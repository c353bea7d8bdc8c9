# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Opens an SSH connection, and tells by which error class it failed."""

from __future__ import annotations

import asyncio
import errno
import socket
import warnings
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .algorithms import Algorithms
from .algorithms import algorithms as options_for
from .breaker import Breaker
from .dialogue import SessionError
from .hostkeys import HostKeys, fingerprint
from .login import Login
from .requirements import missing
from .tunnel import Tunnel

try:
    import asyncssh
except ImportError:
    asyncssh = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from asyncssh import SSHClientConnection, SSHKey

_ALLOWS = "netcellar_ssh_algorithms allows"


@dataclass(frozen=True, slots=True)
class Credential:
    """A way to log in. Only its ``name`` may be told; the rest stays out of every representation.

    A certificate is taken along where it lies beside the ``private_key_file``, as ssh-keygen leaves it there. ``agent``
    is the socket of an SSH agent, whose keys are tried too.
    """

    name: str
    user: str = field(repr=False)
    password: str | None = field(default=None, repr=False)
    private_key_file: str | None = field(default=None, repr=False)
    become_password: str | None = field(default=None, repr=False)
    agent: str | None = None


def require_asyncssh() -> None:
    """Raises NetcellarError where the library that talks to the devices is not installed; keeps it quiet else."""
    if asyncssh is None:
        raise missing("asyncssh")
    # Ansible's log file would otherwise get several lines for every session.
    asyncssh.set_log_level("ERROR")
    # Whoever allows an old device its algorithms knows, and nobody else uses them.
    warnings.filterwarnings("ignore", module=r"asyncssh\.")


def place(address: str, port: int) -> str:
    """An address and its port as messages name them."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


async def connect(  # noqa: PLR0913 - where, who, and what to trust
    address: str,
    port: int,
    credential: Credential,
    host_keys: HostKeys,
    seconds: float,
    *,
    breaker: Breaker | None = None,
    algorithms: Algorithms = "modern",
    tunnel: Tunnel | None = None,
) -> SSHClientConnection:
    """Log in within ``seconds``, not counting the time that ``breaker`` makes us wait. Raises SessionError.

    ``tunnel`` is the way there, where it leads through a jump host.

    Nothing of the user's own SSH set-up is used: no configuration file, no agent or key but the one that is given.
    """
    account = breaker.account(credential) if breaker else None
    if account:
        account.check()
    keys = [_key(credential)] if credential.private_key_file else []
    login = Login(credential, host_keys, account, keys, algorithms)
    try:
        connection = await _connected(address, port, login, seconds, tunnel)
    except SessionError as error:
        # A device that hangs up on a password has refused it; one that stays silent may not even have looked.
        login.end(None if login.stopped or error.error == "connect_timeout" else False)
        raise login.stopped or (tunnel and tunnel.lost()) or error from None
    except BaseException:
        login.end(None)
        raise
    login.end(True)
    key = connection.get_server_host_key()
    if key is not None and host_keys.may_learn(address, port):
        host_keys.learn(address, port, key)
    return connection


async def _connected(
    address: str, port: int, login: Login, seconds: float, tunnel: Tunnel | None
) -> SSHClientConnection:
    where, keys, name = place(address, port), login.host_keys, login.credential.name
    try:
        async with asyncio.timeout(seconds) as login.deadline:
            way = {"tunnel": tunnel.connection} if tunnel else {}
            return await asyncssh.connect(address, port, **way, **_options(login))
    except TimeoutError:
        raise SessionError("connect_timeout", f"{where} did not complete the login within {seconds:g} s") from None
    except asyncssh.HostKeyNotVerifiable:
        raise SessionError("host_key", host_key_message(where, keys, address, port, login.shown)) from None
    except asyncssh.PermissionDenied:
        raise SessionError("auth", f"{where} refused the credential {name!r}") from None
    except (asyncssh.Error, OSError, UnicodeError) as error:
        if tunnel and isinstance(error, asyncssh.ChannelOpenError):
            raise tunnel.not_opened(where, error) from None
        if login.offered and isinstance(error, asyncssh.DisconnectError | ConnectionError):
            # So do servers that allow one try only; what they give as the reason is as often "protocol error".
            raise SessionError("auth", f"{where} hung up on the credential {name!r}") from None
        if login.in_key_exchange and isinstance(error, asyncssh.ConnectionLost | ConnectionError):
            # Whether its list of algorithms or its hang-up is read first is a matter of luck.
            message = (
                f"{where} hung up during the key exchange: it has no SSH algorithm that {_ALLOWS}, or too much to do"
            )
            raise SessionError("refused", message) from None
        raise network_fault(where, error) from None


def _options(login: Login) -> dict[str, Any]:
    """asyncssh gives a password once only: no second try over another method that would help to lock an account."""
    return {
        "client_factory": lambda: _client_class()(login),
        "config": None,
        "username": login.credential.user,
        "password": login.password if login.credential.password is not None else None,
        "client_keys": None,
        "known_hosts": login.host_keys.known,
        "agent_path": None,
        "host_based_auth": False,
        "gss_auth": False,
        "gss_kex": False,
        "connect_timeout": None,
        "login_timeout": 0,
        **options_for(login.algorithms),
    }


@cache
def _client_class() -> Any:
    """Made when it is first needed: the import of asyncssh may be missing."""

    class Client(asyncssh.SSHClient):
        def __init__(self, login: Login) -> None:
            self._login = login

        def connection_made(self, conn: SSHClientConnection) -> None:
            self._login.connection = conn

        def validate_host_public_key(self, host: str, addr: str, port: int, key: Any) -> bool:
            del addr
            return self._login.trusts(host, port, key)

        async def public_key_auth_requested(self) -> Any:
            return await self._login.keys()

    return Client


def _key(credential: Credential) -> Any:
    path = Path(str(credential.private_key_file)).expanduser()
    certificate = path.with_name(f"{path.name}-cert.pub")
    try:
        key = asyncssh.read_private_key(path)
        return (key, asyncssh.read_certificate(certificate)) if certificate.exists() else key
    except OSError as error:
        reason = error.strerror
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        reason = "it is no private key, or is locked with a passphrase"
    message = f"the key file {path} of the credential {credential.name!r} cannot be used: {reason}"
    raise SessionError("no_credential", message)


def host_key_message(where: str, host_keys: HostKeys, address: str, port: int, shown: SSHKey | None) -> str:
    """Why a host key is not trusted, with the fingerprints to compare; ``shown`` is None where it is a known one."""
    if shown is None:
        return f"{where} shows a host key that is revoked"
    known = " or ".join(host_keys.fingerprints(address, port))
    if known:
        return f"{where} shows another host key ({fingerprint(shown)}) than the one that is known ({known})"
    return f"{where} has a host key ({fingerprint(shown)}) that is not in {host_keys.managed}"


def network_fault(where: str, error: Exception) -> SessionError:
    """The error of a session for one of asyncssh or of the operating system."""
    if isinstance(error, OSError | UnicodeError):
        return _system_fault(where, error)
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return SessionError("refused", f"{where} offers no SSH algorithm that {_ALLOWS}")
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
