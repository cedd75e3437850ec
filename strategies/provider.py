"""Draws that depend on the seed alone.

Hypothesis now and then takes a value from the source code of the modules that happen to be
imported, which helps a single test and harms a campaign: one seed would make other scenarios in
another process. `SeededProvider` is Hypothesis' own way of drawing without that.
"""

from __future__ import annotations

from typing import Any

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

BACKEND = "cartfuzz-seeded"
"""The name under which Hypothesis knows `SeededProvider`."""


class SeededProvider(HypothesisProvider):
    """Hypothesis' choices without constants from the modules around."""

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        return None


# A registry that Hypothesis offers for this; the name is ours alone, so nobody else is affected.
AVAILABLE_PROVIDERS[BACKEND] = f"{__name__}.{SeededProvider.__name__}"
