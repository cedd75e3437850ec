"""Values out of a strategy without a test around them: the same ones for the same seed."""

from __future__ import annotations

import itertools
from hashlib import blake2b
from typing import TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from ..contract import Scenario
from .provider import BACKEND

_Drawn = TypeVar("_Drawn")


_FIRST_BLOCK = 20
"""As many as a shard of a campaign asks for: what a block draws beyond `count` is thrown away."""
_LARGEST_BLOCK = 160


def draw_examples(strategy: st.SearchStrategy[_Drawn], *, seed: int, count: int) -> list[_Drawn]:
    """At most ``count`` examples of ``strategy``, the same for the same seed.

    Asking for more with the same seed gives the same ones and others behind them. Nothing is
    stored, shrunk or printed, and neither earlier calls nor imported modules have any influence.
    A strategy with few examples repeats them; fewer than ``count`` come back only where Hypothesis
    gives up because a filter discards too many.

    Args:
        strategy: what to draw from.
        seed: any whole number.
        count: how many examples; at least 1.

    Raises:
        hypothesis.errors.InvalidArgument: ``count`` is below 1.
        hypothesis.errors.Unsatisfiable: the strategy has no example at all.
    """
    if count < 1:
        raise InvalidArgument(f"Expected count >= 1, got {count!r}")
    drawn: list[_Drawn] = []
    size = _FIRST_BLOCK
    # Hypothesis plans a run by its number of examples, so runs of other lengths differ from the
    # start. Blocks of fixed lengths, each with its own seed, keep the beginning in common.
    for block in itertools.count():
        before = len(drawn)
        _collect(strategy, drawn, _block_seed(seed, block), size)
        if len(drawn) >= count or len(drawn) - before < size:
            return drawn[:count]
        size = min(size * 2, _LARGEST_BLOCK)
    raise AssertionError("itertools.count() has no end")  # pragma: no cover


def _block_seed(seed: int, block: int) -> int:
    text = f"{seed}/{block}".encode("ascii")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def _collect(
    strategy: st.SearchStrategy[_Drawn], drawn: list[_Drawn], number: int, count: int
) -> None:
    @seed(number)
    @settings(
        max_examples=count,
        backend=BACKEND,
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
    """At most ``count`` scenarios; see `draw_examples`."""
    return draw_examples(strategy, seed=seed, count=count)
