"""YAML that remembers its lines, so that a mistake can be named where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from .errors import BadInputError, Fault, ProjectError

WRITTEN_OUT = "write each value out where it belongs: there are no tags here, and no `<<`"


@dataclass(frozen=True, slots=True)
class Located:
    """A YAML value with the line it stands on (from 1).

    ``value`` is a scalar, a ``dict[str, Located]`` or a ``list[Located]``.
    """

    value: Any
    line: int

    @property
    def kind(self) -> str:
        """What a person would call the value."""
        names = {
            dict: "a mapping",
            list: "a list",
            str: "a text",
            bool: "true or false",
            int: "a whole number",
            float: "a number",
            bytes: "binary data",
        }
        return "nothing" if self.value is None else names.get(type(self.value), f"a {type(self.value).__name__}")


def read_located(path: Path) -> Located:
    """Read a YAML file with lines. Faults: not readable, not YAML, a duplicate or non-text key, an unknown tag."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ProjectError([Fault(path, 1, "", "the file is not UTF-8 text", "save it as UTF-8")]) from error
    try:
        return _Reader(path, yaml.SafeLoader(text)).document()
    except RecursionError:
        raise ProjectError([Fault(path, 1, "", "its values stand in each other too deeply", WRITTEN_OUT)]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        tagged = isinstance(error, yaml.constructor.ConstructorError)
        remedy = WRITTEN_OUT if tagged else "look at the indentation and the quotes of this line and the one before it"
        raise ProjectError([Fault(path, line, "", f"not valid YAML: {error.problem}", remedy)]) from error
    except yaml.YAMLError as error:
        remedy = "save it as UTF-8 text without control characters"
        raise ProjectError([Fault(path, 1, "", f"not valid YAML: {error}", remedy)]) from error


class _Reader:
    def __init__(self, path: Path, loader: yaml.SafeLoader) -> None:
        self.path = path
        self.loader = loader

    def document(self) -> Located:
        node = self.loader.get_single_node()
        return Located(None, 1) if node is None else self.read(node)

    def read(self, node: yaml.Node, key: str = "") -> Located:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return Located(self.mapping(node), line)
        if isinstance(node, yaml.SequenceNode):
            return Located([self.read(item, key) for item in node.value], line)
        try:
            return Located(self.loader.construct_object(node, deep=True), line)
        except (ValueError, LookupError, AttributeError):
            kind = node.tag.rpartition(":")[2]
            self.fail(line, key, f"`{node.value}` is read as a {kind}, and is none", "put the value in quotes")

    def mapping(self, node: yaml.MappingNode) -> dict[str, Located]:
        result: dict[str, Located] = {}
        for key_node, value_node in node.value:
            key = self.read(key_node)
            if not isinstance(key.value, str):
                shown = key.kind if isinstance(key.value, dict | list) else str(key.value)
                self.fail(key.line, shown, "a key must be a text", "put the key in quotes")
            if key.value in result:
                first = result[key.value].line
                self.fail(key.line, key.value, f"the key stands twice, first near line {first}", "keep one of the two")
            # The line of the key: what is wrong with a block is best shown where it begins.
            result[key.value] = Located(self.read(value_node, key.value).value, key.line)
        return result

    def fail(self, line: int, key: str, message: str, remedy: str) -> NoReturn:
        raise ProjectError([Fault(self.path, line, key, message, remedy)])
