"""The command line: a thin joint over engine, reports and sandbox."""

from __future__ import annotations

import sys
import tempfile
import traceback
from importlib import import_module

import click

from ..contract import ConfigurationError
from ..harness.errors import ClusterError, CorpusError, TargetError

_BAD_USAGE = 2
_TARGET = 3
_INTERNAL = 4
_INTERRUPTED = 130


_LONGEST_COMPLAINT = 10_000
"""Characters."""
_KEYWORDS = {"import": "imports"}
"""Commands that are words of Python, with the modules that hold them."""


class _Commands(click.Group):
    """Loads a command's module when it is called, so that help comes quickly."""

    _modules = {  # noqa: RUF012 - click offers no better place
        "run": "Fuzz a target, or the embedded sandbox.",
        "replay": "Send the discrepancies of a run again.",
        "diff": "Compare two runs, or a run and a target.",
        "import": "Turn recorded traffic into scenarios.",
        "serve": "Run the sandbox alone.",
        "rules": "Show the rules of the contract.",
        "explain": "Explain one rule, with examples.",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self._modules:
            return None
        module = _KEYWORDS.get(cmd_name, cmd_name)
        command: click.Command = import_module(f".{module}", __package__).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(self._modules.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cartfuzz", message="%(package)s %(version)s")
def cartfuzz() -> None:
    """Property-based fuzzer for the customer-session API of a promotion engine."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; the exit code is also returned, for tests.

    Whatever the user can put right is answered with one line on standard error.
    """
    try:
        code = cartfuzz.main(arguments, prog_name="cartfuzz", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        code = _BAD_USAGE
    except click.ClickException as error:
        code = _complain(error.format_message(), _BAD_USAGE)
    except (ConfigurationError, ClusterError, CorpusError) as error:
        code = _complain(str(error), _BAD_USAGE)
    except TargetError as error:
        code = _complain(str(error), _TARGET)
    except (click.Abort, KeyboardInterrupt):
        code = _complain("stopped", _INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is ours: code 4, no traceback
        code = _confess(error)
    return int(code or 0)


def _confess(error: Exception) -> int:
    """One line for a fault of our own; the traceback goes to a file that can be sent to us."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="cartfuzz-error-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exception(error, file=file)
    kind = type(error).__name__
    return _complain(f"internal error ({kind}); the traceback is in {file.name}", _INTERNAL)


def _complain(text: str, code: int) -> int:
    from ..reports.plain import plain  # noqa: PLC0415 - not for --help

    said = plain(" ".join(text.split()), longest=_LONGEST_COMPLAINT)
    click.echo(f"cartfuzz: {said}", err=True)
    return code


def entry() -> None:
    """The console script."""
    sys.exit(main())
