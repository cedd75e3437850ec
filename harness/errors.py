"""What can go wrong with a target, a cluster or a corpus.

Each error's text is one line for people: what happened, and what to do.
"""

from __future__ import annotations


class TargetError(Exception):
    """The target cannot be tested."""


class TargetUnreachableError(TargetError):
    """Nothing answers at the target's address."""


class CredentialsRefusedError(TargetError):
    """The target answers, but does not take the key."""


class ClusterError(Exception):
    """The cluster that was named cannot be used."""


class CorpusError(Exception):
    """The corpus does not take or give scenarios any more."""
