"""What can go wrong with a target, a cluster, a corpus or a worker.

`cartfuzz.contract.errors` shows the tree of all errors.
"""

from __future__ import annotations

from ..contract.errors import CartfuzzError, UsageError


class TargetError(CartfuzzError):
    """The target cannot be tested."""


class TargetUnreachableError(TargetError):
    """Nothing answers at the target's address."""


class TargetLostError(TargetError):
    """The target gives no usable responses any more."""


class CredentialsRefusedError(TargetError):
    """The target answers, but does not take the key."""


class NotSessionAPIError(TargetError):
    """The target answers, but not as the session API does."""


class DeclarationRefusedError(UsageError):
    """The target does not take something that the configuration declares."""


class SharedSessionsError(UsageError):
    """Two targets that are to be compared have the same sessions."""


class ClusterError(UsageError):
    """The cluster that was named cannot be used."""


class CorpusError(UsageError):
    """The corpus cannot be read or written. The text holds its place without any password."""


class WorkerFailedError(CartfuzzError, RuntimeError):
    """A worker ended by an error of Cartfuzz itself; the text is its traceback."""


class PluginFailedError(CartfuzzError, RuntimeError):
    """Checks of plugins raised while a run judged responses; the text names the first."""


class JudgingFailedError(CartfuzzError, RuntimeError):
    """Some responses of a run could not be judged by an error of Cartfuzz itself; the text names
    each error with its traceback, and the scenario in the record that holds the response."""
