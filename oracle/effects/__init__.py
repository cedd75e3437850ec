"""The effects of an answer as typed values.

`read_effects` looks at the ``effects`` of a decoded answer once. Kinds of effects that no rule
speaks of are left alone; those without the members that their kind must have are problems, and no
effects for the rest of the oracle.
"""

from __future__ import annotations

from .effect import DISCOUNTS, NO_EFFECTS, Effect, EffectKind, EffectProblem, Effects
from .parsing import read_effects

__all__ = [
    "DISCOUNTS",
    "NO_EFFECTS",
    "Effect",
    "EffectKind",
    "EffectProblem",
    "Effects",
    "read_effects",
]
