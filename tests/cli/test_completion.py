"""Shell completions: commands, options, phases, rules and faults."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from click.shell_completion import ShellComplete

from cartfuzz.cli import cartfuzz, main


def completed(arguments: Sequence[str], incomplete: str) -> list[str]:
    completion = ShellComplete(cartfuzz, {}, "cartfuzz", "_CARTFUZZ_COMPLETE")
    return [item.value for item in completion.get_completions(list(arguments), incomplete)]


@pytest.mark.parametrize(
    ("arguments", "incomplete", "first"),
    [
        ((), "rep", "replay"),
        (("run",), "--pha", "--phase"),
        (("run", "--phase"), "ex", "explore"),
        (("explain",), "cart-0", "CART-01"),
        (("run", "--sandbox-fault"), "closes-c", "closes-cancelled-sessions"),
        (("serve", "--fault"), "closes-c", "closes-cancelled-sessions"),
        (("baseline",), "ac", "accept"),
    ],
)
def test_a_line_is_completed(arguments: Sequence[str], incomplete: str, first: str) -> None:
    """By what the command takes there."""
    assert completed(arguments, incomplete)[0] == first


def test_a_command_that_does_not_exist_raises_no_error() -> None:
    """Into the shell, whose line is not finished."""
    assert "--help" in completed(["rnu"], "--")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_printed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whether or not the shell is installed here."""
    assert main(["completion", shell]) == 0
    assert f"_CARTFUZZ_COMPLETE={shell}_complete" in capsys.readouterr().out
