# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Git's name of a text, computed without asking Git."""

from __future__ import annotations

import hashlib


def blob_id(text: bytes, algorithm: str = "sha1") -> str:
    """The object id of a blob with this content; ``algorithm`` is the repository's object format, sha1 or sha256."""
    # Git's object names are no defence here (TLS, ssh and fsck are); where SHA-1 is switched off for security it works.
    digest = hashlib.new(algorithm, b"blob %d\0" % len(text), usedforsecurity=False)
    digest.update(text)
    return digest.hexdigest()
