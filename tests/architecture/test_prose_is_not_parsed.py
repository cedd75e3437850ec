"""Code that needs a part of a situation or an outcome takes it from a value, not from its text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("oracle", "analysis", "harness", "reports", "cli", "pytest_plugin")
PROSE = frozenset(
    ("situation", "outcome", "expected", "found", "title", "about", "subject", "former_outcome")
)
"""Attributes that hold texts for people, or keys that hold such texts."""
_METHODS = frozenset(
    (
        "endswith",
        "find",
        "index",
        "partition",
        "removeprefix",
        "removesuffix",
        "replace",
        "rpartition",
        "rsplit",
        "split",
        "startswith",
    )
)


def parsed_prose(source: str) -> Iterator[str]:
    """The expressions of ``source`` that take a text apart, or compare it with one."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in _METHODS:
                if _is_prose(value):
                    yield ast.unparse(node)
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[text]) if _is_prose(text):
                yield ast.unparse(node)
            case ast.Compare(left=text, comparators=[ast.Constant(value=str())]) if _is_prose(text):
                if not _is_outcome_of_run(text):
                    yield ast.unparse(node)


def _is_prose(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in PROSE


def _is_outcome_of_run(node: ast.expr) -> bool:
    """``summary.outcome``: a word for how a whole run ended, which holds no prose."""
    return ast.unparse(node) == "summary.outcome"


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_parses_prose(room: str) -> None:
    """`Situation.parse` and `Outcome.parse` are the only readers of keys."""
    found = {
        f"{path.relative_to(ROOT)}: {expression}"
        for path in (ROOT / room).rglob("*.py")
        for expression in parsed_prose(path.read_text("utf-8"))
    }
    assert found == set()


def test_checks_are_not_named_after_functions() -> None:
    """Renaming a function must not rename bugs."""
    named = {
        str(path.relative_to(ROOT))
        for room in ("oracle", "analysis", "record")
        for path in (ROOT / room).rglob("*.py")
        if "__name__" in path.read_text("utf-8")
    }
    assert named == set()


@pytest.mark.parametrize(
    "source",
    [
        "found.situation.removeprefix('dry ')",
        "'session ID' in judged.expectation.situation",
        "repr(code) not in base.discrepancy.expected",
        "entry.expected.startswith('a refusal')",
        "key in (first.outcome.partition(' with ')[2], 'no key')",
        "remark.subject == 'unknown property of the session'",
    ],
)
def test_parsed_prose_is_found(source: str) -> None:
    """The ways in which code used to read texts."""
    assert list(parsed_prose(source))


@pytest.mark.parametrize(
    "source",
    [
        "Situation.parse(found.situation).real",
        "field in found.fields",
        "summary.outcome in ('failed', 'flaky')",
        "summary.outcome == 'failed'",
        "step.target.startswith('/')",
    ],
)
def test_other_expressions_are_not(source: str) -> None:
    """Neither values nor other texts are meant."""
    assert not list(parsed_prose(source))
