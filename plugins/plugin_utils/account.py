# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An account at a remote, told to git by a credential helper: never by URL, argument, environment or file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..module_utils.errors import NetcellarError


@dataclass(frozen=True, slots=True)
class Told:
    """``settings`` are arguments of git; its processes must inherit ``descriptor``."""

    settings: tuple[str, ...]
    descriptor: int


@dataclass(frozen=True, slots=True)
class Account:
    """A user (where the server takes any with a token: any) and a token or password, for the server of ``url`` alone.

    A server may send git on to another one, which then asks for an account too.
    """

    user: str
    token: str = field(repr=False)
    url: str = ""

    @contextmanager
    def told(self) -> Iterator[Told]:
        """The account in a file that exists in memory only, and a helper that prints it when git asks.

        Raises NetcellarError for values that git's way of telling cannot carry, and on systems without such files.
        """
        if not (self.user + self.token).isprintable():
            raise NetcellarError("the token or user for the remote holds a line end or control character", error="push")
        if not hasattr(os, "memfd_create"):
            remedy = "Use ssh, or a credential helper of Git"
            raise NetcellarError("a token for the remote works on Linux only", remedy=remedy, error="push")
        descriptor = os.memfd_create("account")
        try:
            os.write(descriptor, f"username={self.user}\npassword={self.token}\n".encode())
            # Opened anew by each process, so that each reads from the beginning.
            helper = f'!f() {{ test "$1" != get || cat /proc/self/fd/{descriptor}; }}; f'
            server = "://".join(urlsplit(self.url)[:2])
            yield Told(("-c", "credential.helper=", "-c", f"credential.{server}.helper={helper}"), descriptor)
        finally:
            os.close(descriptor)
