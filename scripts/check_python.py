"""Say in one sentence what `make venv` lacks. Runs on any Python 3, so that old ones say it too."""

import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def missing():
    """What this interpreter lacks to build the environment, or an empty string."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return "Netcellar needs Python 3.11 to 3.13, and {} is {}.{}: try `make PYTHON=python3.11`".format(
            sys.executable, *sys.version_info[:2]
        )
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError:
        return "this Python cannot make environments: `apt-get install python3-venv` (Debian, Ubuntu) mends it"
    return ""


if __name__ == "__main__":
    sys.exit(missing() or 0)
