"""What must work with an extra is known of each that users install."""

from __future__ import annotations

from benchmarks.installing import COMMANDS, MISSING, NO_EXTRA, extras


def test_each_extra_has_commands() -> None:
    """A new one is a matter for users, with commands of its own, or named as none."""
    assert COMMANDS.keys() == {NO_EXTRA, *extras()}
    assert MISSING.keys() <= COMMANDS.keys()
