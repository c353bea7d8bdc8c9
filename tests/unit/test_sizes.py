"""Functions of at most 40 lines, files of at most 300, plugins of at most 60: over it means two ideas in one place.

Documentation does not count: docstrings, comments, blank lines, and the strings that ansible-doc reads. Nor do imports:
a shell is made of them.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUNCTION, FILE, PLUGIN = 40, 300, 60
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}
SHELLS = ("action", "callback", "filter", "inventory", "lookup", "test")
SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def code_lines(source: str) -> set[int]:
    """The numbers of the lines that hold code and not documentation."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in uncounted(ast.parse(source)):
        lines.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def uncounted(tree: ast.Module) -> Iterator[ast.stmt]:
    """Docstrings, the assignments that ansible-doc reads, and imports."""
    bodies = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        for statement in node.body if isinstance(node, bodies) else []:
            docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            read = isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") in DOCUMENTATION
            if docstring or read or isinstance(statement, (ast.Import, ast.ImportFrom)):
                yield statement


def too_long(source: str, ceiling: int = FILE) -> list[str]:
    """What is over its ceiling in a file, in words."""
    lines = code_lines(source)
    faults = [f"the file has {len(lines)} lines of code, the ceiling is {ceiling}"] if len(lines) > ceiling else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            size = len(lines & set(range(node.lineno, (node.end_lineno or node.lineno) + 1)))
            if size > FUNCTION:
                faults.append(f"line {node.lineno}: {node.name} has {size} lines of code, the ceiling is {FUNCTION}")
    return faults


def sources() -> list[Path]:
    """Every Python file of the project."""
    folders = ("plugins", "orchestrator", "tests", "scripts", "benchmarks")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "__pycache__" not in path.parts)


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_sizes(path: Path) -> None:
    room = path.relative_to(ROOT).parts
    ceiling = PLUGIN if room[0] == "plugins" and room[1] in SHELLS else FILE
    assert too_long(path.read_text(encoding="utf-8"), ceiling) == [], "split it by idea, not by length"


def test_checker_counts_code_and_not_documentation() -> None:
    doc = '"""' + "words\n" * 500 + '"""\n'
    assert (
        too_long(
            f'{doc}DOCUMENTATION = r{doc}# a comment\n\ndef f():\n    """\n{"words" * 90}\n    """\n    return 1\n'
        )
        == []
    )
    assert too_long("x = 1\n" * 301)
    assert too_long("x = 1\n" * 61, PLUGIN)
    assert too_long("def f():\n" + "    x = 1\n" * 40)
    assert too_long("class A:\n    async def f(self):\n" + "        x = 1\n" * 40)
    assert too_long("def f():\n    return '''" + "text\n" * 40 + "'''\n"), "a long string is not documentation"
