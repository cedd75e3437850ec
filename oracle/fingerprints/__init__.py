"""Observes what a target does where the contract is silent, as pairs of situation and outcome.

A situation names what was asked of what, in classes fine enough that a target which keeps to one
behaviour has one outcome for each; `cartfuzz.analysis` finds those that had two. Pure:
`Fingerprints` takes each judged response of one execution and yields what it shows.
"""

from __future__ import annotations

from .follower import Fingerprints

__all__ = ["Fingerprints"]
