"""Sending a message over a channel of Apprise, in a process of its own: one that hangs is ended, and nothing waits.

``python -m netcellar.channels`` is that process. It reads the channel's address and the message from its standard
input: the address holds secrets, which no command line, environment or file may show.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from urllib.parse import unquote

from .notice_text import Message

SECONDS = 60.0
LONGEST = 300
PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)
KINDS = {"info": "info", "warning": "warning", "critical": "failure"}
NOT_DELIVERED = 1
NO_ADDRESS = 2
# Words of an address that are no secret: a message about a fault is of no use without them.
_PLAIN = re.compile(r"localhost|\d{1,3}(\.\d{1,3}){3}")


def send(url: str, message: Message, environment: Mapping[str, str], seconds: float = SECONDS) -> str:
    """Send a message. Gives why it was not delivered, or nothing, without what may be secret in the address."""
    command = [sys.executable, "-m", f"{__package__}.channels"]
    given = {name: environment[name] for name in PASSED_ON if name in environment}
    try:
        done = subprocess.run(
            command,
            input=json.dumps({"url": url, **asdict(message)}),
            env=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        # The exception would carry what it was given.
        return f"no answer within {seconds:g} s"
    except OSError as error:
        return f"it cannot be sent: {error.strerror}"
    if done.returncode == 0:
        return ""
    if done.returncode == NO_ADDRESS:
        return "its address is none that Apprise knows"
    said = (done.stdout.strip().splitlines() or ["Apprise gave no reason"])[-1]
    return without_secrets(said, url)[:LONGEST]


def without_secrets(text: str, url: str) -> str:
    """A text without any word of the address that may be a secret."""
    parts = re.split(r"[/:@?&=#]+", url.partition("://")[2])
    words = {*parts, *map(unquote, parts)}
    for word in sorted(words, key=len, reverse=True):
        if len(word) > 3 and not _PLAIN.fullmatch(word):  # noqa: PLR2004 (a shorter one is in every text)
            text = text.replace(word, "***")
    return text


def main() -> int:
    """Send what the standard input says; what Apprise says goes to the standard output."""
    # Only the process that sends needs it, and it takes half a second.
    from apprise import Apprise, LogCapture  # noqa: PLC0415

    given = json.load(sys.stdin)
    apprise = Apprise()
    if not apprise.add(given["url"]):
        return NO_ADDRESS
    with LogCapture(fmt="%(message)s") as log:  # type: ignore[no-untyped-call]
        delivered = apprise.notify(
            title=given["title"], body=given["body"], notify_type=KINDS[given["severity"]], body_format="text"
        )
        said = log.getvalue()
    print(said)
    sys.stdout.flush()
    # Some channels leave threads behind that would keep the process.
    os._exit(0 if delivered else NOT_DELIVERED)


if __name__ == "__main__":
    sys.exit(main())
