"""The documentation of the strategies runs as it is printed, and names what there is."""

from __future__ import annotations

import re
from pathlib import Path

import cartfuzz.strategies

PAGE = Path(__file__).parents[2] / "docs" / "strategies.md"


def test_examples_run() -> None:
    """All examples of the page, one after the other, in one namespace."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(blocks) >= 5
    namespace: dict[str, object] = {"__name__": "page"}
    for number, block in enumerate(blocks):
        exec(compile(block, f"strategies.md, example {number}", "exec"), namespace)  # noqa: S102


def test_public_names_exist_and_are_sorted_out() -> None:
    """What the room offers is what it lists."""
    offered = cartfuzz.strategies.__all__
    assert len(set(offered)) == len(offered)
    assert all(hasattr(cartfuzz.strategies, name) for name in offered)


def test_every_strategy_is_on_the_page() -> None:
    """A public strategy that nobody reads about does not exist."""
    text = PAGE.read_text("utf-8")
    functions = [name for name in cartfuzz.strategies.__all__ if name.islower()]
    untold = {name for name in functions if f"`{name}" not in text and f"{name}(" not in text}
    assert untold <= {"draw_examples", "invalid_requests"}
