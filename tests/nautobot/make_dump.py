"""Makes the dump that a Nautobot of the tests starts from: ``.venv/bin/python tests/nautobot/make_dump.py VERSION``.

It migrates an empty database (about five minutes), which is what the dump saves everyone else.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from pathlib import Path

from netcellar.demo import nautobot, nautobot_server

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.nautobot.releases import RELEASES, cache_of  # noqa: E402 (a script finds the tests only now)


def main() -> None:
    """Write the dump to its place."""
    release = RELEASES[sys.argv[1]]
    venv = nautobot.install(cache_of(release), version=release.version)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        supervisor = nautobot_server.Supervisor(Path(folder), venv)
        try:
            supervisor.start_databases()
            supervisor.manage("migrate", "--no-input")
            sql = supervisor.postgres.dump()
        finally:
            supervisor.down()
    release.dump.write_bytes(gzip.compress(sql, 9, mtime=0))
    sys.stdout.write(f"{release.dump}: {release.dump.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
