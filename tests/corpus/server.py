"""Serves recorded sessions with the corpus's own replayer, all in one process, on ports that the system chooses.

    server.py CORPUS '{"chunk": 7, "pager": 24}' SESSION...

Prints one JSON object: session → port. The user ``cut:F`` has the line dropped after the share F of the bytes that the
last whole session of that device had; any other user may pass.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Counted:
    """The output of a session: counts, and drops the line where it must."""

    def __init__(self, process: Any, totals: dict[str, int], key: str) -> None:
        self.process, self.totals, self.key = process, totals, key
        self.sent = 0
        user = process.get_extra_info("username")
        self.limit = int(float(user[4:]) * totals[key]) if user.startswith("cut:") else None

    def write(self, data: bytes) -> None:
        if self.limit is not None and self.sent + len(data) >= self.limit:
            self.process.stdout.write(data[: max(0, self.limit - self.sent)])
            self.process.get_extra_info("connection").abort()
            raise BrokenPipeError
        self.process.stdout.write(data)
        self.sent += len(data)
        if self.limit is None:
            self.totals[self.key] = self.sent

    async def drain(self) -> None:
        await self.process.stdout.drain()


class Proxied:
    """A server process whose output is counted."""

    def __init__(self, process: Any, totals: dict[str, int], key: str) -> None:
        self._process = process
        self.stdout = Counted(process, totals, key)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._process, name)


async def main(corpus: Path, options: dict[str, Any], files: list[str]) -> None:
    replay = load(corpus / "replay.py")
    create = replay.asyncssh.create_server
    ports: dict[str, int] = {}
    totals: dict[str, int] = {}
    current = ""

    async def counted(server: Any, host: str, port: int, **settings: Any) -> Any:
        handle, key = settings.pop("process_factory"), current

        async def start(process: Any) -> None:
            await handle(Proxied(process, totals, key))

        listener = await create(server, host, 0, process_factory=start, **settings)
        ports[key] = listener.get_port()
        return listener

    replay.asyncssh.create_server = counted
    replay.print = lambda *_, **__: None
    key = replay.asyncssh.generate_private_key("ssh-ed25519")
    settings = {"user": "backup", "password": "backup", "any_login": True, "delay": 0, "echo": True, "key": key}
    for file in files:
        current = Path(file).stem
        await replay.serve(file, 0, SimpleNamespace(**{"chunk": 0, "pager": 0, **settings, **options}))
    print(json.dumps(ports), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]))
