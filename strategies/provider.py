"""A Hypothesis backend whose draws depend on the seed alone.

Hypothesis sometimes draws a constant from the source code of the imported modules. That helps a
single test and harms a campaign: one seed would draw different scenarios in different processes.
`SeededProvider` draws as Hypothesis does, without these constants.
"""

from __future__ import annotations

from typing import Any

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

_NAME = "cartfuzz-seeded"


class SeededProvider(HypothesisProvider):
    """Hypothesis' choices without constants from imported modules."""

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        return None


def seeded_backend() -> str:
    """The name of the backend for Hypothesis' ``settings``; the first call registers it.

    It is not registered on import, so that a process that only imports this package is unchanged.
    """
    # Hypothesis offers this registry to other packages. No other one uses the name.
    AVAILABLE_PROVIDERS.setdefault(_NAME, f"{__name__}.{SeededProvider.__name__}")
    return _NAME
