"""The command line: joins harness, reports and sandbox.

A command's module is imported when the command is called, so that help comes quickly.
"""

from __future__ import annotations

import difflib
import errno
import io
import os
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from importlib import import_module

import click
from click.shell_completion import CompletionItem
from platformdirs import user_cache_path

from ..contract.errors import CartfuzzError
from ..harness.errors import PluginFailedError
from .exit_codes import ExitCode, exit_code_of
from .output_guard import discard_rest

COMPLETION_VARIABLE = "_CARTFUZZ_COMPLETE"
"""Where it is set, the command line completes, and does nothing else."""
_MAX_MESSAGE = 10_000
"""Characters."""
_USERS_ERRORS = frozenset(
    (
        errno.EACCES,
        errno.EEXIST,
        errno.EFBIG,
        errno.EIO,
        errno.EISDIR,
        errno.ENAMETOOLONG,
        errno.ENOENT,
        errno.ENOSPC,
        errno.ENOTDIR,
        errno.EPERM,
        errno.EROFS,
    )
)
"""Of files that the user names: they are missing, not writable, or their disk is full."""
_MODULES = {"import": "import_traffic"}
"""The modules of commands that cannot be the name of a module."""


class _Commands(click.Group):
    """Imports a command's module when the command is called."""

    _summaries = {  # noqa: RUF012 - click offers no better place
        "init": "Write a configuration file.",
        "config": "Show the configuration and where each value comes from.",
        "run": "Fuzz a target, or the embedded sandbox with --sandbox.",
        "check": "Check that a target can be tested with a configuration.",
        "replay": "Send the discrepancies of a run again.",
        "clean": "Cancel the sessions that a run has left.",
        "report": "Make the report of a run from its record.",
        "diff": "Compare two runs, or a run and a target.",
        "ci": "Fuzz a target in a pipeline: run, comparison and all reports.",
        "history": "Show many runs in order, and what became of each discrepancy.",
        "compare": "Send the same requests to two targets, and compare their answers.",
        "baseline": "Keep the file of known failures.",
        "triage": "Decide on each discrepancy of a run.",
        "import": "Make scenarios of recorded traffic.",
        "serve": "Run the sandbox alone.",
        "rules": "Show the rules of the contract.",
        "explain": "Explain one rule, with examples.",
        "completion": "Print what has a shell complete the command line.",
        "schema": "Print the JSON Schema of what programs read.",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._summaries:
            if ctx.resilient_parsing:  # a shell completes a line that is not finished
                return None
            near = difflib.get_close_matches(cmd_name, self._summaries, n=1)
            hint = f' did you mean "{near[0]}"?' if near else " cartfuzz --help lists all."
            raise click.UsageError(f'there is no command "{cmd_name}";{hint}')
        module = _MODULES.get(cmd_name, cmd_name)
        command: click.Command = import_module(f".{module}", __package__).command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin with ``incomplete``; click would import each for its help."""
        return [
            CompletionItem(name, help=summary)
            for name, summary in self._summaries.items()
            if name.startswith(incomplete)
        ] + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(self._summaries.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cartfuzz", message="%(package)s %(version)s")
def cartfuzz() -> None:
    """Property-based fuzzer for the customer-session API of a promotion engine."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line and returns its `ExitCode`.

    An error that the user can put right is one line on standard error.
    """
    if COMPLETION_VARIABLE in os.environ:
        from .shells import serve_shells  # noqa: PLC0415 - for completions alone

        serve_shells()
    try:
        code = cartfuzz.main(arguments, prog_name="cartfuzz", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        code = ExitCode.BAD_USAGE
    except click.ClickException as error:
        code = _report(error.format_message(), ExitCode.BAD_USAGE)
    except (click.Abort, KeyboardInterrupt):
        code = _report("stopped", ExitCode.INTERRUPTED)
    except OSError as error:
        code = _report_file_error(error)
    except Exception as error:  # noqa: BLE001 - an error that nobody foresaw is ours: code 4
        code = _report_error(error)
    return int(code or ExitCode.NOTHING_FOUND)


def _report_file_error(error: OSError) -> ExitCode:
    """Reports that a file, or what the output goes to, cannot be used; other errors are ours."""
    if error.errno not in _USERS_ERRORS:
        return _report_fault(error)
    if error.filename is None:
        discard_rest(sys.stdout)
    reason = (error.strerror or str(error)).lower()
    return _report(f"{error.filename or 'standard output'}: {reason}", ExitCode.BAD_USAGE)


def _report_error(error: Exception) -> ExitCode:
    code = exit_code_of(error) if isinstance(error, CartfuzzError) else ExitCode.INTERNAL
    is_ours = code is ExitCode.INTERNAL and not isinstance(error, PluginFailedError)
    return _report_fault(error) if is_ours else _report(str(error), code)


def _report_fault(error: Exception) -> ExitCode:
    """Reports a fault of Cartfuzz in one line; the traceback goes to a file for a bug report."""
    from ..wire.known_secrets import without_secrets  # noqa: PLC0415 - not for --help

    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="cartfuzz-error-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            # Messages of exceptions may hold anything.
            file.write(without_secrets("".join(traceback.format_exception(error))))
        where = f"the traceback is in {file.name}"
    except OSError as full:
        where = f"its traceback cannot be written: {(full.strerror or str(full)).lower()}"
    return _report(f"internal error ({type(error).__name__}); {where}", ExitCode.INTERNAL)


def _report(text: str, code: ExitCode) -> ExitCode:
    from ..reports.plain import plain  # noqa: PLC0415 - not for --help
    from ..wire.known_secrets import without_secrets  # noqa: PLC0415

    message = plain(without_secrets(" ".join(text.split())), longest=_MAX_MESSAGE)
    with suppress(OSError):  # the exit code is there in any case
        click.echo(f"cartfuzz: {message}", err=True)
    return code


def entry() -> None:
    """The console script."""
    _escape_unencodable()
    _keep_hypothesis_apart()
    code = main()
    if code == ExitCode.INTERRUPTED and threading.active_count() > 1:
        # A thread still waits for a response, and Python would wait for the thread.
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


def _escape_unencodable() -> None:
    """Has standard output and error write what their encoding lacks in a readable form.

    Otherwise an ellipsis could end a command with an error.
    """
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if stream.encoding.lower().replace("-", "") == "utf8":  # it lacks lone surrogates only
            stream.reconfigure(errors="backslashreplace")
        else:
            from ..reports.readable import make_readable  # noqa: PLC0415 - not for --help

            make_readable(stream)


def _keep_hypothesis_apart() -> None:
    """Has Hypothesis keep its cache in the user's folder for caches, not where the command runs.

    Worker processes inherit it.
    """
    os.environ.setdefault(
        "HYPOTHESIS_STORAGE_DIRECTORY", str(user_cache_path("cartfuzz") / "hypothesis")
    )
