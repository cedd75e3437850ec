"""The commands of console blocks, taken apart, and what is put into them before they run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import click

from cartfuzz.cli import cartfuzz

from .blocks import Block

_OPERATORS = frozenset(("&&", "||", "|", "&", ";"))
_REDIRECTION = ">"
PLACEHOLDERS = {
    "RUN_DIR": "finished",
    "redis://cache:6379/0": "known",
    "auto": "0",
}
"""Words of the pages that stand for something else in a test: a folder, a server, workers."""
CUT_SHORT: Mapping[str, tuple[str, ...]] = {
    "run": ("--requests", "40", "--rps", "5000", "--no-minimise"),
    "ci": ("--requests", "40", "--rps", "5000", "--no-minimise"),
    "init": ("--force",),
    "compare": ("--requests", "40", "--rps", "5000", "--minimise-time", "1s"),
    "check": ("--rps", "5000"),
    "replay": ("--rps", "5000"),
    "clean": ("--rps", "5000"),
    "pytest": ("-k", "STATE-08", "--cartfuzz-rps", "5000", "--cartfuzz-explore", "0"),
}
"""By command of ``cartfuzz``, and pytest, the options that keep its execution in a test short."""
_BOUNDS = frozenset(
    ("--duration", "--requests", "--rps", "--scenarios", "--until", "--until-quiet")
)
"""Options that take a value, and that the options above replace."""
_HOST = re.compile(r"https?://(?:[\w-]+\.example\.com|127\.0\.0\.1:80\d\d)\Z|URL\Z")


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command of a console block, between the operators of the shell."""

    block: Block
    variables: Mapping[str, str]
    """What is set for it alone, before its name."""
    words: tuple[str, ...]
    output: str
    """The file that ``>`` sends its output to; empty: none."""
    background: bool
    """Whether ``&`` follows it."""


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block: what follows ``$ ``, without comments and output."""
    for line in block.text.replace("\\\n", " ").splitlines():
        if not line.startswith("$ "):
            continue
        words: list[str] = []
        for word in (*shlex.split(line[2:], comments=True), ";"):
            if word not in _OPERATORS:
                words.append(word)
            elif words:
                yield _command(block, words, background=word == "&")
                words = []


def _command(block: Block, words: list[str], *, background: bool) -> Command:
    variables = {}
    while match := re.fullmatch(r"([A-Z_]+)=(.*)", words[0]):
        variables[match[1]] = match[2]
        words = words[1:]
    output = ""
    if _REDIRECTION in words:
        place = words.index(_REDIRECTION)
        output = words[place + 1]
        words = words[:place]
    return Command(
        block=block,
        variables=variables,
        words=tuple(words),
        output=output,
        background=background,
    )


def shortened(words: tuple[str, ...]) -> list[str]:
    """The arguments of ``cartfuzz`` with the bounds of a test in place of those of the page."""
    command, *arguments = words
    kept: list[str] = []
    remaining = iter(arguments)
    for word in remaining:
        if word in _BOUNDS and command in CUT_SHORT:
            next(remaining, None)
        else:
            kept.append(PLACEHOLDERS.get(word, word))
    return [command, *CUT_SHORT.get(command, ()), *kept]


def addressed(words: list[str], urls: Mapping[str, str], default: str) -> list[str]:
    """``words`` with the address of each target replaced, by ``default`` if not in ``urls``."""
    return [urls.get(word, default) if _HOST.match(word) else word for word in words]


def unknown_options(words: tuple[str, ...]) -> set[str]:
    """The options of a call of ``cartfuzz`` that its command does not have.

    Raises:
        LookupError: there is no such command.
    """
    command: click.Command = cartfuzz
    arguments = list(words)
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        with click.Context(command) as context:
            name = arguments.pop(0)
            try:
                found = command.get_command(context, name)
            except click.UsageError:
                found = None
        if found is None:
            raise LookupError(f"there is no command {name}")
        command = found
    with click.Context(command, help_option_names=["-h", "--help"]) as context:
        known = {
            option
            for parameter in command.get_params(context)
            for option in (*parameter.opts, *parameter.secondary_opts)
        }
    used = (re.match(r"--?[A-Za-z][\w-]*", word) for word in arguments)
    return {option[0] for option in used if option} - known - {"--version"}
