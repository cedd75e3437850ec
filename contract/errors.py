"""The errors that Cartfuzz raises for its users, all below `CartfuzzError`.

::

    CartfuzzError
    ├── UsageError                    something that the user named cannot be used
    │   ├── ConfigurationError        an option or a key of a file; also a ValueError
    │   ├── BadRecordError            cartfuzz.record; also a ValueError
    │   ├── UnknownFaultError         cartfuzz.sandbox; also a ValueError
    │   ├── SandboxError              cartfuzz.sandbox
    │   ├── DeclarationRefusedError   cartfuzz.harness.errors
    │   ├── SharedSessionsError       cartfuzz.harness.errors
    │   ├── ClusterError              cartfuzz.harness.errors
    │   ├── FolderInUseError          cartfuzz.harness
    │   └── CorpusError               cartfuzz.harness.errors
    ├── TargetError                   cartfuzz.harness.errors: the target cannot be tested
    │   ├── TargetUnreachableError
    │   ├── CredentialsRefusedError
    │   ├── NotSessionAPIError
    │   ├── TargetLostError
    │   ├── NoAnswerError             cartfuzz.pytest_plugin
    │   └── NothingAcceptedError      cartfuzz.pytest_plugin
    ├── ContractBrokenError           cartfuzz.pytest_plugin; also an AssertionError
    ├── WorkerFailedError             cartfuzz.harness: a fault of Cartfuzz itself
    ├── JudgingFailedError            cartfuzz.harness: the same, while a response was judged
    ├── PluginFailedError             cartfuzz.harness: a plugin's check raised
    └── ArtefactsFailedError          cartfuzz.reports: the same, while a report was written

Each text is one line for people: where, what was expected, what was found, what to do. It shows the
value that it is about, but never a secret. The command line ends with an exit code for each branch
(`cartfuzz.cli.exit_codes`).
"""

from __future__ import annotations


class CartfuzzError(Exception):
    """Base of all errors that a user of Cartfuzz can meet."""


class UsageError(CartfuzzError):
    """Something that the user named cannot be used: an option, a file, a server."""


class ConfigurationError(UsageError, ValueError):
    """A configuration value is not what it must be.

    ``str(error)`` is one line that names the file, the key, what was expected and what was found.

    Args:
        where: the file and key, for example ``"cartfuzz.toml: environment.contract"``.
        expected: what would have been right, for example ``"one of 2.5.1, current"``.
        found: what was there, in the form in which the user wrote it.
    """

    def __init__(self, where: str, *, expected: str, found: str) -> None:
        super().__init__(f"{where}: expected {expected}, found {found}")
        self.where = where
        self.expected = expected
        self.found = found

    def within(self, outer: str) -> ConfigurationError:
        """The same error, seen from a place further out (a file around a key)."""
        return ConfigurationError(
            f"{outer}: {self.where}", expected=self.expected, found=self.found
        )
