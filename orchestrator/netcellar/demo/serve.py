"""Serve a laboratory as a process of its own: ``python -m netcellar.demo.serve --write-inventory lab.yml``."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterable
from pathlib import Path

from .configs import PLATFORMS
from .devices import Lab, demo_devices
from .terminal import LabDevice


def main(arguments: Iterable[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT. The inventory file is written last, when every server listens."""
    options = _parser().parse_args(None if arguments is None else list(arguments))
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    with Lab(_devices(options), port_base=options.port_base) as lab:
        _replace(options.write_inventory.with_suffix(".known_hosts"), lab.known_hosts())
        _replace(options.write_inventory, lab.inventory())
        print(f"READY {len(lab.devices)} {options.write_inventory}", flush=True)
        signal.sigwait(stop)


def _devices(options: argparse.Namespace) -> Iterable[LabDevice]:
    if not options.count:
        return demo_devices()
    platforms = options.platform or PLATFORMS
    return [
        LabDevice(f"device-{number:05d}", platforms[number % len(platforms)], size=options.size, delay=options.delay)
        for number in range(options.count)
    ]


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write-inventory", type=Path, required=True, help="where to write the Ansible inventory")
    parser.add_argument("--port-base", type=int, default=0, help="the first port; 0: the operating system chooses")
    parser.add_argument("--count", type=int, default=0, help="that many sound devices; 0: those of the demonstration")
    parser.add_argument("--platform", action="append", choices=PLATFORMS, help="a platform of the devices")
    parser.add_argument("--size", type=int, default=4000, help="bytes of a configuration")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    return parser


if __name__ == "__main__":
    main()
