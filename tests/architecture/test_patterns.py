"""No regular expression takes super-linear time over the text of a target."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from time import thread_time
from types import ModuleType
from typing import Any

import pytest

import cartfuzz
from cartfuzz.contract import EXAMPLE_ENVIRONMENT, MARK
from cartfuzz.oracle.checks.effects.context import without_code
from cartfuzz.oracle.effects import EffectKind
from cartfuzz.wire import codes, encoding, redaction

from .adversarial import hard_texts

USERS = (
    "cartfuzz.cli.param_types",
    "cartfuzz.contract.releases",
    "cartfuzz.harness.configuration",
    "cartfuzz.pytest_plugin.options",
)
"""Modules whose patterns read options and files of the user, and nothing of a target."""
ELSEWHERE = ("sandbox", "suite", "__main__")
"""What never meets the text of a target: the sandbox is one itself."""
BUILT_IN_CALLS = {
    "cartfuzz.analysis.side_by_side.ignored": "of a path that the user gives; jinja2's compile",
    "cartfuzz.contract.text_formats": "a date of ten characters",
    "cartfuzz.reports.reproduction.runtime.claim_checker": "the pattern of a claim, see `_built`",
    "cartfuzz.strategies.values.drawing_schema": "of the user's schema; only compiled",
    "cartfuzz.wire.codes": "see `_built`",
    "cartfuzz.wire.encoding": "see `_built`",
    "cartfuzz.wire.redaction": "the characters of a short key one by one, see `_built`",
}
"""Modules that make patterns in functions, and what of."""
_SEARCHES = frozenset(("search", "sub", "subn", "finditer", "findall", "split"))
_SHORT, _LONG = 2_000, 8_000
_LEAST_SEC = 0.004
"""Of the longer text: less is too little to compare, and harmless."""


def modules() -> Iterator[ModuleType]:
    """All modules that may see the text of a target."""
    for found in pkgutil.walk_packages(cartfuzz.__path__, "cartfuzz."):
        if not set(found.name.split(".")) & set(ELSEWHERE) and found.name not in USERS:
            yield importlib.import_module(found.name)


def patterns_in(value: object, depth: int = 4) -> Iterator[re.Pattern[Any]]:
    """The patterns in a global, be they in a table."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, tuple | list | set | frozenset | dict):
        for member in value.values() if isinstance(value, dict) else value:
            yield from patterns_in(member, depth - 1)


def _built() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Examples of the patterns that functions make."""
    yield "wire.encoding: a mark", encoding._spellings(MARK)
    for pattern in (*EXAMPLE_ENVIRONMENT.coupons, *EXAMPLE_ENVIRONMENT.referrals):
        if pattern.is_pattern:
            yield f"wire.codes: {pattern.code}", codes._numbered(pattern).regex
            yield f"wire.codes: placeholder of {pattern.code}", codes._placeholder(pattern).regex
    yield "wire.redaction: a short key", redaction._short_pattern(b"a/k\\y")
    for times in (1, 2):
        claim = without_code(EffectKind.ACCEPT_COUPON, "SALE-1", times=times)
        assert claim is not None
        yield f"oracle: without {times} effects", re.compile(claim.pattern)


def _is_searched(module: ModuleType) -> bool:
    """Whether a module looks for its patterns anywhere in a text, not at its beginning alone."""
    tree = ast.parse(_source(module))
    called = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    return bool(called & (_SEARCHES - {"split"})) or not called & {"match", "fullmatch"}


def _source(module: ModuleType) -> str:
    assert module.__file__ is not None
    return Path(module.__file__).read_text("utf-8")


def _cost(use: Callable[[Any], object], text: Any) -> float:
    began = thread_time()
    use(text)
    return thread_time() - began


def slow_texts(pattern: re.Pattern[Any], use: Callable[[Any], object]) -> Iterator[Any]:
    """The texts of which four times as much takes far more than four times as long.

    CPU time of the thread alone counts. A text is named once that was seen three times in a row.
    """
    pairs = zip(hard_texts(pattern, _SHORT), hard_texts(pattern, _LONG), strict=True)
    for short, long in pairs:
        if all(_is_slow(use, short, long) for _ in range(3)):
            yield long


def _is_slow(use: Callable[[Any], object], short: Any, long: Any) -> bool:
    taken = _cost(use, long)
    return taken > _LEAST_SEC and taken > 9 * min(_cost(use, short) for _ in range(3))


def test_no_pattern_is_slow_on_its_worst_texts() -> None:
    """Each pattern is run against repetitions of its own parts, as its module uses it."""
    found = {}
    for module in modules():
        searched = _is_searched(module) if "compile" in _source(module) else True
        for name, value in list(vars(module).items()):
            for pattern in patterns_in(value):
                use = pattern.search if searched else pattern.fullmatch
                found[pattern] = (f"{module.__name__}.{name}", use)
    found.update({pattern: (name, pattern.search) for name, pattern in _built()})
    assert len(found) > 50
    slow = {
        name: next((text[:60] for text in slow_texts(pattern, use)), None)
        for pattern, (name, use) in found.items()
    }
    assert {name: text for name, text in slow.items() if text is not None} == {}


@pytest.mark.parametrize("pattern", [r"(?:a+)+b", r"/\w+(?:/\w+)*\.py", r"\s+$"])
def test_a_slow_pattern_is_noticed(pattern: str) -> None:
    """The texts are hard enough to show quadratic work."""
    bounded = re.compile(pattern.replace("(?:a+)+b", "a+b"))
    assert next(slow_texts(bounded, bounded.search), None) is not None


def test_patterns_are_made_where_they_are_found() -> None:
    """A pattern that a function makes is in a table above, with the reason why it does no harm."""
    making = {
        module.__name__
        for module in modules()
        for function in ast.walk(ast.parse(_source(module)))
        if isinstance(function, ast.FunctionDef | ast.Lambda)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in _SEARCHES | {"compile", "match", "fullmatch"}
    }
    assert making <= BUILT_IN_CALLS.keys()
