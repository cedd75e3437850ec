"""Lists things: for people on a terminal, and one line each for other programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import click
from rich.console import Console
from rich.text import Text

from ..reports.screen import is_terminal, print_lines


@dataclass(frozen=True, slots=True)
class Listed:
    """One thing of a list."""

    name: str
    text: str
    details: tuple[str, ...]
    """Short ones, in an order that is the same for all things of a list."""


def print_list(things: Iterable[Listed], heading: str) -> None:
    """Prints ``things`` to standard output.

    On a terminal each has two or three rows below ``heading``. Elsewhere each is one line: name,
    details and text with tabs between them, and nothing else, so that grep and cut find all of it.
    """
    console = Console(highlight=False)
    if is_terminal(console):
        print_lines(_rows(things, heading), console)
    else:
        click.echo("\n".join(map(_line, things)))  # rich would turn tabs into blanks


def _line(one: Listed) -> str:
    return "\t".join(" ".join(field.split()) for field in (one.name, *one.details, one.text))


def _rows(things: Iterable[Listed], heading: str) -> Iterator[Text]:
    yield Text(heading, style="bold")
    for one in things:
        yield Text.assemble((one.name, "bold"), f"  {one.text}")
        yield Text(f"  {'; '.join(detail for detail in one.details if detail)}", style="dim")
