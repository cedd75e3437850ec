"""Whose turn it is to fill a shard: the phases without an end, by the shares that each is given."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..plan import Phase

Shares = Mapping[Phase, float]
"""Of all shards of phases without an end, the part that is each one's. Any positive numbers do:
only their ratios count."""

EQUAL_WORK: Shares = MappingProxyType({Phase.RACE: 0.4, Phase.LOST: 0.3, Phase.EXPLORE: 0.3})
"""Before anything is known: a shard of `Phase.EXPLORE` sends several times as many requests as one
of the others."""

_GOLDEN = (5**0.5 - 1) / 2


def phase_at(turn: int, shares: Shares) -> Phase:
    """The phase that fills the shard number ``turn``, counted after the sweeps.

    Depends on its arguments alone, so workers agree without talking. Multiples of the golden ratio
    spread evenly (Weyl), so each phase gets its share of any row of turns, never many at once.

    Args:
        turn: from 0.
        shares: of at least one phase.
    """
    place = ((turn + 0.5) * _GOLDEN) % 1.0 * sum(shares.values())
    for phase, share in shares.items():
        place -= share
        if place < 0:
            return phase
    return phase  # the sum of floats may fall short by a hair
