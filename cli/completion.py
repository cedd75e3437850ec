"""``cartfuzz completion``: prints what has a shell complete the command line."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_VARIABLE = "_CARTFUZZ_COMPLETE"
_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion of the command line for SHELL: commands, options, rules and faults.

    \b
    bash:  eval "$(cartfuzz completion bash)"            in ~/.bashrc
    zsh:   eval "$(cartfuzz completion zsh)"             in ~/.zshrc
    fish:  cartfuzz completion fish > ~/.config/fish/completions/cartfuzz.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"expected one of {', '.join(_SHELLS)}, found {shell!r}")
    root = context.find_root().command
    # Not source(): that of bash asks for the version of bash, which may not be installed here.
    completion = kind(root, {}, "cartfuzz", _VARIABLE)
    click.echo(completion.source_template % completion.source_vars())
