# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads a saved inventory's YAML, of which nothing is believed before it is looked at."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

from ..module_utils.errors import NetcellarError

try:
    import yaml
except ImportError:
    HAVE_YAML = False
else:
    HAVE_YAML = True

MAX_BYTES = 10_000_000


def read_yaml(path: Path) -> Any:
    """The one document of a YAML file as plain data. Raises NetcellarError, with the line where there is one.

    Refused besides what is not YAML: a key given twice (YAML keeps the last, silently), an alias (it can make a small
    file endless), and any tag that would make something else than plain data.
    """
    if not HAVE_YAML:
        raise NetcellarError("the Python package PyYAML is missing", remedy="pip install -r requirements.txt")
    text = _text(path)
    try:
        loader = _loader()(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise NetcellarError(f"{path} is not usable YAML: {_place(error)}", remedy="Correct the file") from None
    except RecursionError:
        raise NetcellarError(f"{path} is nested too deeply", remedy="Correct the file") from None
    except ValueError as error:  # a timestamp like 2026-13-45
        raise NetcellarError(f"{path} is not usable YAML: {error}", remedy="Put the value in quotes") from None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
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

    for tag in ("!vault", "!unsafe"):
        # an option of the plugin may be written so; Ansible's own reading of the file gives its value
        Loader.add_constructor(tag, _as_text)
    return Loader


def _as_text(loader: Any, node: Any) -> str:
    return str(loader.construct_scalar(node))


def _place(error: Any) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be read"
    return f"{problem} (line {mark.line + 1})" if mark else str(problem)
