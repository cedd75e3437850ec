"""``cartfuzz completion``: prints what has a shell complete the command line."""

from __future__ import annotations

import click

from . import COMPLETION_VARIABLE
from .shells import SHELLS


@click.command("completion")
@click.argument("shell", type=click.Choice(list(SHELLS)))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion of the command line for SHELL: commands, options, rules and faults.

    \b
    bash:  eval "$(cartfuzz completion bash)"            in ~/.bashrc
    zsh:   eval "$(cartfuzz completion zsh)"             in ~/.zshrc, after compinit
    fish:  cartfuzz completion fish > ~/.config/fish/completions/cartfuzz.fish
    """
    root = context.find_root().command
    click.echo(SHELLS[shell](root, {}, "cartfuzz", COMPLETION_VARIABLE).source(), nl=False)
