"""Judges responses: is this one right, given everything that was sent before?

Pure: nothing here opens a socket, a file or a process. ``model`` is the executable contract,
``checks`` compare one response with it, ``attribution`` finds the step to blame, ``fingerprints``
describe what a target does where the contract is silent.
"""

from __future__ import annotations

from .nondeterministic import Oracle

__all__ = ["Oracle"]
