"""The one error that a wrong configuration raises."""

from __future__ import annotations


class ConfigurationError(ValueError):
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
