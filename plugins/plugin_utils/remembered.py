# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which credential each device accepted the last time, by name: it is tried first, so no other is refused again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..module_utils.errors import NetcellarError
from ..module_utils.record import Record
from .connect import Credential
from .durable import make_private, write_whole

FILE = "accepted.json"


class Remembered:
    """``<state>/accepted.json``: device id → name of the credential. A hint: a lost or damaged file costs logins."""

    def __init__(self, state: Path) -> None:
        self._file = state / FILE
        self._names = self._read()

    def in_order(self, device_id: str, credentials: Iterable[Credential]) -> tuple[Credential, ...]:
        """The credentials, the one that the device accepted the last time first."""
        return tuple(sorted(credentials, key=lambda credential: credential.name != self._names.get(device_id)))

    def knows(self, device_id: str, credentials: tuple[Credential, ...]) -> bool:
        """Whether the first of the credentials is the one that the device accepted the last time."""
        return bool(credentials) and credentials[0].name == self._names.get(device_id)

    def keep(self, records: Iterable[Record]) -> None:
        """Remember what these records tell. What another run has learned meanwhile stays. Raises NetcellarError."""
        news = {record.device_id: record.credential for record in records if record.credential}
        if any(self._names.get(device_id) != name for device_id, name in news.items()):
            try:
                make_private(self._file.parent)
                write_whole(self._file, json.dumps({**self._read(), **news}, separators=(",", ":")).encode())
            except OSError as error:
                raise NetcellarError(f"cannot write {self._file}: {error.strerror}") from error

    def _read(self) -> Mapping[str, str]:
        try:
            names = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        return names if isinstance(names, dict) else {}
