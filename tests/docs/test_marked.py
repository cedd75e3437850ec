"""Every block is executed or checked, or a comment beside it gives the reason why not."""

from __future__ import annotations

from .blocks import blocks

CHECKED = frozenset(("console", "json", "python", "toml", "yaml"))
"""Languages whose blocks tests execute or read."""
MOST_NOT_EXECUTED = 20
"""How many blocks may have a reason."""


def test_each_other_block_has_a_reason() -> None:
    """A block of another language says why it is not executed."""
    assert not [one.name for one in blocks() if one.language not in CHECKED and not one.reason]


def test_the_blocks_with_a_reason_are_few() -> None:
    """They are listed where they become too many; ``pytest -rP`` lists them at any time."""
    marked = [f"{one.name}: {one.reason}" for one in blocks() if one.reason]
    print("\n".join(marked))  # noqa: T201 - the list that the docstring promises
    assert len(marked) <= MOST_NOT_EXECUTED
