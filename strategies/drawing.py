"""Draws examples from a strategy outside a test: the same seed gives the same examples."""

from __future__ import annotations

from hashlib import blake2b
from typing import TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from ..contract import Scenario
from .provider import seeded_backend

_Drawn = TypeVar("_Drawn")

_FIRST_BLOCK_SIZE = 20
"""The size of a shard of a campaign, since what a block draws beyond ``count`` is discarded."""
_MAX_BLOCK_SIZE = 160


def draw_examples(strategy: st.SearchStrategy[_Drawn], *, seed: int, count: int) -> list[_Drawn]:
    """Up to ``count`` examples of ``strategy``, the same for the same seed.

    A greater ``count`` with the same seed gives the same examples and appends others. Nothing is
    stored, shrunk or printed. Neither earlier calls nor imported modules influence the examples. A
    strategy with few examples repeats them; the list is shorter than ``count`` only if Hypothesis
    gives up because a filter rejects too much.

    Args:
        strategy: what to draw from.
        seed: any whole number.
        count: the number of examples; at least 1.

    Raises:
        hypothesis.errors.InvalidArgument: ``count`` is below 1.
        hypothesis.errors.Unsatisfiable: the strategy has no example.
    """
    if count < 1:
        raise InvalidArgument(f"Expected count >= 1, got {count!r}")
    drawn: list[_Drawn] = []
    size = _FIRST_BLOCK_SIZE
    # Hypothesis plans a run by its number of examples, so that runs of different lengths differ
    # from the start. Blocks of fixed lengths, each with its own seed, have a common beginning.
    block = 0
    while True:
        before = len(drawn)
        _collect(strategy, drawn, _block_seed(seed, block), size)
        if len(drawn) >= count or len(drawn) - before < size:
            return drawn[:count]
        size = min(size * 2, _MAX_BLOCK_SIZE)
        block += 1


def _block_seed(seed: int, block: int) -> int:
    text = f"{seed}/{block}".encode("ascii")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def _collect(
    strategy: st.SearchStrategy[_Drawn], drawn: list[_Drawn], block_seed: int, count: int
) -> None:
    @seed(block_seed)
    @settings(
        max_examples=count,
        backend=seeded_backend(),
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(strategy)
    def collect(example: _Drawn) -> None:
        drawn.append(example)

    collect()


def draw_scenarios(
    strategy: st.SearchStrategy[Scenario], *, seed: int, count: int
) -> list[Scenario]:
    """As `draw_examples`, for scenarios."""
    return draw_examples(strategy, seed=seed, count=count)
