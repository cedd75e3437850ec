"""Commands and options that the pages name exist, in blocks and in running text."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from cartfuzz.cli import cartfuzz

from .blocks import DOCS, blocks, inline_code
from .commands import commands, unknown_options

IN_BLOCKS = [
    (command.block.name, command.words[1:])
    for block in blocks()
    if block.language == "console"
    for command in commands(block)
    if command.words[0] == "cartfuzz"
]


def in_text() -> list[tuple[str, tuple[str, ...]]]:
    """The page and the words of each call in running text; ``a|b`` counts as two calls."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for page, code in inline_code():
        if not re.match(r"cartfuzz [a-z-]", code):
            continue
        words = shlex.split(code.replace("\\|", "|"))[1:]
        choices = words[1].split("|") if len(words) == 2 else [None]
        found.extend((page, (words[0], one) if one else tuple(words)) for one in choices)
    return found


@pytest.mark.parametrize("where", ["blocks", "text"])
def test_commands_and_options_exist(where: str) -> None:
    """Each call of ``cartfuzz`` names a command, and only options that it has."""
    calls = IN_BLOCKS if where == "blocks" else in_text()
    assert len(calls) > 30
    wrong = []
    for page, words in calls:
        try:
            unknown = unknown_options(words)
        except LookupError as error:
            unknown = {str(error)}
        if unknown:
            wrong.append((page, " ".join(words), sorted(unknown)))
    assert not wrong


def test_unknown_options_are_found() -> None:
    """The test itself tells a wrong option from a right one, in nested commands too."""
    assert unknown_options(("run", "URL", "--duratoin", "5m")) == {"--duratoin"}
    assert unknown_options(("baseline", "accept", "--reasn", "x")) == {"--reasn"}
    assert not unknown_options(("run", "URL", "--duration=5m", "-v", "--no-minimise"))
    with pytest.raises(LookupError, match="no command rnu"):
        unknown_options(("rnu",))


def test_every_command_has_a_row() -> None:
    """The page on the commands has each command of ``cartfuzz``."""
    with click.Context(cartfuzz) as context:
        commands = set(cartfuzz.list_commands(context))
    page = (DOCS / "commands.md").read_text("utf-8")
    assert commands == set(re.findall(r"^\| `cartfuzz ([a-z]+)", page, re.MULTILINE))
