"""Decides which endless phase fills a shard, by the share of the shards that each phase has."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ...record import Phase

Shares = Mapping[Phase, float]
"""The part of all drawn shards that each endless phase gets. Only the ratios count: any positive
numbers do."""

EQUAL_WORK: Shares = MappingProxyType({Phase.EXPLORE: 0.3, Phase.RACE: 0.4, Phase.LOST: 0.3})
"""The shares of a run that knows nothing yet. A shard of `Phase.EXPLORE` sends several times as
many requests as a shard of another phase."""

_GOLDEN_RATIO = (5**0.5 - 1) / 2


def phase_at(draw_index: int, shares: Shares) -> Phase:
    """The phase that fills a drawn shard.

    The result depends on the arguments alone, so that workers agree without messages. Multiples of
    the golden ratio are spread evenly (Weyl), so each phase gets its share of any row of shards,
    and never many in a row.

    Args:
        draw_index: of the shard among the drawn ones, from 0.
        shares: of at least one phase.
    """
    point = ((draw_index + 0.5) * _GOLDEN_RATIO) % 1.0 * sum(shares.values())
    for phase, share in shares.items():
        point -= share
        if point < 0:
            return phase
    return phase  # rounding: the sum of the shares may be a hair too small
