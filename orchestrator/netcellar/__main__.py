"""``python -m netcellar`` is the command line."""

from .cli import main

main()
