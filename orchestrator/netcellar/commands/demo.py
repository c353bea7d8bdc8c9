"""``netcellar demo``."""

from __future__ import annotations

import click


@click.command()
def demo() -> None:
    """Show a whole backup on a laboratory of simulated devices."""
