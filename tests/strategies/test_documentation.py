"""The examples of the strategies' page run, and the page names every public strategy."""

from __future__ import annotations

import re
from pathlib import Path

import cartfuzz.strategies

PAGE = Path(__file__).parents[2] / "docs" / "strategies.md"


def test_examples_run() -> None:
    """All examples run in the order of the page, in one namespace."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(blocks) >= 5
    namespace: dict[str, object] = {"__name__": "page"}
    for index, block in enumerate(blocks):
        exec(compile(block, f"strategies.md, example {index}", "exec"), namespace)  # noqa: S102


def test_public_names_exist() -> None:
    """Every name in ``__all__`` exists and is listed once."""
    public = cartfuzz.strategies.__all__
    assert len(set(public)) == len(public)
    assert all(hasattr(cartfuzz.strategies, name) for name in public)


def test_every_public_function_is_on_the_page() -> None:
    """Users find all strategies, sweeps and ways to draw in the documentation."""
    text = PAGE.read_text("utf-8")
    functions = {name for name in cartfuzz.strategies.__all__ if name.islower()}
    assert {name for name in functions if f"`{name}" not in text} <= set()
