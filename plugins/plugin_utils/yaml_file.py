# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads a saved inventory's YAML, of which nothing is believed before it is looked at, and finds lines in it."""

from __future__ import annotations

import re
import stat
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from ..module_utils.errors import NetcellarError
from .yaml_fault import fault_of

MAX_BYTES = 10_000_000
_INDEX = re.compile(r"\[(\d+)\]")


def read_yaml(path: Path) -> Any:
    """The one document of a YAML file as plain data. Raises NetcellarError, with the line where there is one.

    Refused besides what is not YAML: a key given twice (YAML keeps the last, silently), an alias (it can make a small
    file endless), and any tag that would make something else than plain data.
    """
    text = _text(path)
    try:
        loader = _loader()(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        fault = fault_of(error)
        line = f":{fault.line}" if fault.line else ""
        raise NetcellarError(f"{path}{line}: {fault.message}", remedy=fault.remedy) from None
    except RecursionError:
        raise NetcellarError(f"{path} is nested too deeply", remedy="Correct the file") from None


def yaml_text(document: Any) -> str:
    """Plain data as YAML, keys in their order."""
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110))


def place_of(path: Path, error: NetcellarError) -> str:
    """``FILE:LINE`` of an error that names its position in the document (its ``where``), else ``FILE``."""
    return place(path, getattr(error, "where", ""))


def place(path: Path, where: str) -> str:
    """``FILE:LINE`` of a position in the document (see ``line_of``), ``FILE`` where it has no line."""
    line = line_of(path, where) if where else None
    return f"{path}:{line}" if line else str(path)


def line_of(path: Path, where: str) -> int | None:
    """The line, from 1 on, of a position like ``match.all[1].operator``: of the deepest part of it that is there.

    None where the file cannot be read as YAML, or has not even the first part.
    """
    try:
        loader = _loader()(_text(path))
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except (NetcellarError, yaml.YAMLError, RecursionError):
        return None
    line = None
    rest = where
    while rest:
        found = _step(node, rest)
        if found is None:
            break
        node, line, rest = found
    return line


def _step(node: Any, where: str) -> tuple[Any, int, str] | None:
    """The node and line of the first part of a position, and the rest of the position."""
    index = _INDEX.match(where)
    if index and isinstance(node, yaml.SequenceNode) and int(index[1]) < len(node.value):
        item = node.value[int(index[1])]
        return item, item.start_mark.line + 1, where[index.end() :]
    if not isinstance(node, yaml.MappingNode):
        return None
    for key, value in node.value:
        # a key may have dots of its own
        if isinstance(key, yaml.ScalarNode) and re.match(rf"\.?{re.escape(key.value)}(?=[.\[]|\Z)", where):
            return value, key.start_mark.line + 1, where.removeprefix(".")[len(key.value) :]
    return None


def _text(path: Path) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise NetcellarError(f"{path} is no file", remedy="Check the path")
        if status.st_size > MAX_BYTES:
            raise NetcellarError(f"{path} is larger than {MAX_BYTES} bytes", remedy="Is it the right file?")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise NetcellarError(f"cannot read {path}: {error.strerror}", remedy="Check the path and its rights") from None
    except UnicodeDecodeError:
        raise NetcellarError(f"{path} is not UTF-8 text", remedy="Is it the right file?") from None


def _loader() -> type[Any]:
    class Loader(yaml.SafeLoader):
        """Plain data, each key once, no aliases."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.events.AliasEvent):
                event = self.get_event()  # type: ignore[no-untyped-call]
                raise yaml.composer.ComposerError(None, None, "aliases are not used here", event.start_mark)
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[Hashable] = set()
            for key_node, __ in node.value:
                key = self.construct_object(key_node, deep=True)
                if not isinstance(key, Hashable):
                    continue  # which is said below
                if key in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key!r} is given twice", key_node.start_mark
                    )
                seen.add(key)
            return super().construct_mapping(node, deep)

        def construct_yaml_timestamp(self, node: Any) -> Any:
            try:
                return super().construct_yaml_timestamp(node)
            except ValueError as error:
                message = f"{node.value} looks like a date and is none: {error}"
                raise yaml.constructor.ConstructorError(None, None, message, node.start_mark) from None

    Loader.add_constructor("tag:yaml.org,2002:timestamp", Loader.construct_yaml_timestamp)
    # YAML keeps a lone `=` for a use that nobody makes of it
    Loader.add_constructor("tag:yaml.org,2002:value", _as_text)
    for tag in ("!vault", "!unsafe"):
        # an option of the plugin may be written so; Ansible's own reading of the file gives its value
        Loader.add_constructor(tag, _as_text)
    return Loader


def _as_text(loader: Any, node: Any) -> str:
    return str(loader.construct_scalar(node))
