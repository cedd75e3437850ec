"""What must work with an extra is known of each that users install."""

from __future__ import annotations

from .script import script

INSTALLING = script("installing")


def test_each_extra_has_commands() -> None:
    """A new one is a matter for users, with commands of its own, or named as none."""
    assert INSTALLING.COMMANDS.keys() == {INSTALLING.NO_EXTRA, *INSTALLING.extras()}
    assert INSTALLING.MISSING.keys() <= INSTALLING.COMMANDS.keys()
