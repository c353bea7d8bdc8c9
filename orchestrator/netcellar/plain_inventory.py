"""Inventories that are Ansible's own (static files, folders, scripts, other plugins): Ansible tells their hosts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from .core import DEVICES, NAUTOBOT, Access, Device, NetcellarError, Preview, collections_path

SAVED_KEYS = frozenset({"plugin", "conditions", "match"})
UNSAFE = "__ansible_unsafe"
SECONDS = 120


def is_saved(path: Path) -> bool:
    """Whether the inventory is a saved one, if perhaps with a mistake, as far as its file can tell."""
    if path.is_dir() or path.suffix not in {".yml", ".yaml"} or os.access(path, os.X_OK):
        return False
    try:
        document = yaml.safe_load(path.read_bytes())
    except (OSError, ValueError, yaml.YAMLError):
        return True
    if not document or not isinstance(document, dict):
        return True
    return not SAVED_KEYS.isdisjoint(document) and _meant(document.get("plugin"))


def _meant(plugin: object) -> bool:
    """Whether one of our plugins is meant, if perhaps misspelt or without its collection."""
    ours = (NAUTOBOT, DEVICES, *(name.rpartition(".")[2] for name in (NAUTOBOT, DEVICES)))
    return plugin is None or bool(get_close_matches(str(plugin).lower(), ours, cutoff=0.8))


def ask_ansible(path: Path) -> Preview:
    """The hosts of a plain inventory, as devices whose identity is their name.

    Raises NetcellarError with what Ansible said, or where the inventory holds no host.
    """
    began = time.monotonic()
    listed = _list(path)
    variables = listed.get("_meta", {}).get("hostvars", {})
    names = dict.fromkeys(name for group in listed.values() for name in group.get("hosts", ()))
    if not names:
        raise NetcellarError(
            f"{path}: the inventory holds no host", remedy="look at it with `ansible-inventory --graph`"
        )
    return Preview(
        name=path.stem,
        description="",
        source=str(path),
        devices=tuple(_device(name, variables.get(name, {})) for name in names),
        hosts={name: name for name in names},
        queries=(),
        warnings=(),
        refused="",
        seconds=time.monotonic() - began,
    )


def hosts_of(path: Path, access: Access) -> dict[str, str]:
    """Device id to host name of a saved inventory, as Ansible names its hosts. Raises NetcellarError."""
    with tempfile.TemporaryDirectory() as state:
        settings = {
            "NETCELLAR_STATE": state,  # its guards have spoken, and what it proposes is nobody's
            "NAUTOBOT_URL": access.url,
            "NAUTOBOT_TOKEN": access.token,
            "NAUTOBOT_VALIDATE_CERTS": str(access.verify),
        }
        listed = _list(path, "-e", "netcellar_min_devices=1", **settings)
    hosts = listed["_meta"]["hostvars"]
    return {variables["netcellar_device"]["id"]: host for host, variables in hosts.items()}


def _device(name: str, variables: Mapping[str, Any]) -> Device:
    network_os = variables.get("ansible_network_os")
    address = str(variables.get("ansible_host", name))
    driver = str(network_os) if network_os else None
    return Device(name, name, platform=driver, network_driver=driver, primary_ip=address)


def _list(path: Path, *arguments: str, **settings: str) -> dict[str, Any]:
    command = [str(Path(sys.executable).parent / "ansible-inventory"), "-i", str(path), "--list", *arguments]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(Path.home()),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(collections_path()),
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        **settings,
    }
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise NetcellarError(f"{path}: Ansible gave no answer in {SECONDS} s") from None
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if line.startswith("[ERROR]")), "it gave no reason")
        message = f"{path}: Ansible cannot read this inventory: {said.removeprefix('[ERROR]: ').rstrip('.')}"
        raise NetcellarError(message, remedy=f"try `ansible-inventory -i {path} --graph`")
    listed: dict[str, Any] = json.loads(done.stdout, object_hook=_unmarked)
    return listed


def _unmarked(value: dict[str, Any]) -> Any:
    """Ansible marks what came from elsewhere, and is never a template, by a mapping around it."""
    return value[UNSAFE] if value.keys() == {UNSAFE} else value
