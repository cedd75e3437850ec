"""What a target does where the contract is silent, as pairs of a situation and an outcome.

A situation says what was asked of what, in classes fine enough that a target which keeps to one
behaviour has one outcome for each; `cartfuzz.record` finds those that had two. Pure: `Fingerprints`
is told each judged answer of one execution and says what it shows.
"""

from __future__ import annotations

from .follower import Fingerprints

__all__ = ["Fingerprints"]
