"""``--json [FILE]``: the result of a command for programs, in one form for all commands.

Without FILE, or with ``-``, standard output holds one JSON document and nothing else; what people
read goes to standard error. With FILE it is the other way round.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext, redirect_stdout, suppress
from functools import wraps
from os import PathLike
from pathlib import Path
from typing import Any

import click

from ..contract import ConfigurationError
from ..reports.clean_file import write_clean_named
from ..reports.json_text import json_text
from ..reports.run_folder import RECORD_FILE, SUMMARY_FILE
from ..wire.known_secrets import line_without_secrets
from .output_guard import discard_rest

STANDARD_OUTPUT = Path("-")
_PARAMETER = "json_file"


class JsonFile(click.Path):
    """A file that ends in ``.json``, a device, or ``-`` for standard output.

    FILE may be left out, so the next argument could be taken for it: only what can be meant is.
    """

    name = "file"

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self,
        value: str | PathLike[str],
        param: click.Parameter | None,  # noqa: ARG002 - click's signature
        ctx: click.Context | None,  # noqa: ARG002
    ) -> Path:
        path = Path(value)
        is_device = path.exists() and not path.is_file() and not path.is_dir()
        is_of_run = path.name in (SUMMARY_FILE, RECORD_FILE)
        if path != STANDARD_OUTPUT and not is_device and (path.suffix != ".json" or is_of_run):
            self.fail(
                f"expected FILE.json, or - for standard output, found {str(value)!r}; without FILE "
                "write --json behind all arguments"
            )
        return path


class JsonOption(click.Option):
    """``--json`` of a command.

    Args:
        schema: the name of the JSON Schema of what the command writes.
    """

    def __init__(self, *names: Any, schema: str, **attributes: Any) -> None:
        super().__init__(*names, **attributes)
        self.schema = schema


class JsonOutput:
    """Where the result of a command goes as JSON, if anywhere."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._text: str | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether the user asked for JSON."""
        return self._path is not None

    @property
    def is_all(self) -> bool:
        """Whether standard output is for JSON alone."""
        return self._path == STANDARD_OUTPUT

    def publish(self, result: object) -> None:
        """Keeps ``result``, which `msgspec` can encode, for the end of the command."""
        if self.is_wanted:
            self._text = json_text(result)

    def write(self) -> None:
        """Writes what was published.

        Raises:
            ConfigurationError: the file cannot be written.
            OSError: standard output cannot be written.
        """
        if self._path is None or self._text is None:
            return
        if self.is_all:
            click.echo(line_without_secrets(self._text.encode("ascii")))
            return
        try:
            write_clean_named(self._path, f"{self._text}\n".encode("ascii"))
        except OSError as error:
            reason = (error.strerror or "not writable").lower()
            raise ConfigurationError(
                "--json", expected="a file that can be written", found=f"{self._path}: {reason}"
            ) from None


def json_option(what: str, schema: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds ``--json [FILE]`` to a command, which gets a `JsonOutput` as ``json_output``.

    What the command prints while it runs goes to standard error where standard output is for JSON.

    Args:
        what: the result, for the help: ``"the rules"``.
        schema: the name of its JSON Schema, which ``cartfuzz schema`` prints.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_json(*arguments: Any, **options: Any) -> Any:
            output = JsonOutput(options.pop(_PARAMETER))
            aside = redirect_stdout(sys.stderr) if output.is_all else nullcontext()
            try:
                with aside:
                    code = command(*arguments, json_output=output, **options)
            except BaseException:  # a stop too: what was published by then is written
                with suppress(OSError, ConfigurationError):  # there is a worse one
                    output.write()
                raise
            try:
                output.write()
            except OSError as error:
                if not code:
                    raise
                # What a run has found counts for more than where it cannot be written.
                reason = (error.strerror or str(error)).lower()
                click.echo(f"cartfuzz: --json: standard output: {reason}", err=True)
                discard_rest(sys.stdout)
            return code

        return click.option(
            "--json",
            _PARAMETER,
            cls=JsonOption,
            schema=schema,
            is_flag=False,
            flag_value=str(STANDARD_OUTPUT),
            type=JsonFile(),
            metavar="[FILE]",
            help=f"Write {what} as JSON, into FILE.json or to standard output, which then holds "
            f"nothing else. Without FILE it comes behind all arguments. cartfuzz schema "
            f"{schema} describes it.",
        )(with_json)

    return decorate
