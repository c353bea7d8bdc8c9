"""Makes the database dump that the demo's Nautobot starts from: ``.venv/bin/python tests/nautobot/make_dump.py``.

It migrates an empty database (about five minutes), which is what the dump saves everyone else.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from pathlib import Path

from netcellar.demo import nautobot, nautobot_server

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Write the dump into the package."""
    venv = nautobot.install(ROOT / ".cache" / "nautobot" / nautobot.VERSION)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        supervisor = nautobot_server.Supervisor(Path(folder), venv)
        try:
            supervisor.start_databases()
            supervisor.manage("migrate", "--no-input")
            sql = supervisor.postgres.dump()
        finally:
            supervisor.down()
    target = Path(nautobot_server.__file__).parent / "data" / nautobot_server.DUMP
    target.write_bytes(gzip.compress(sql, 9, mtime=0))
    sys.stdout.write(f"{target}: {target.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
